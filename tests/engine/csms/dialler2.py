"""A charging station of OCPP 2.0.1 or 2.1 of a few lines, with a device model, that says exactly what a test wants."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
import json
from typing import Any

from tests.engine.csms.dialler import ASIDE, Dialler, Payload

# What the station shows of itself: (value, mutability, list of values). Nothing differs from what the house wants.
MEASURANDS = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered"
DEVICE_MODEL: dict[str, tuple[str | None, str, str]] = {
    "ChargingStation/SupplyPhases": ("3", "ReadOnly", ""),
    "EVSE@1/AvailabilityState": ("Available", "ReadOnly", ""),
    "EVSE@1/SupplyPhases": ("3", "ReadOnly", ""),
    "Connector@1.1/ConnectorType": ("cType2", "ReadOnly", ""),
    "SmartChargingCtrlr/Enabled": ("true", "ReadWrite", ""),
    "SmartChargingCtrlr/RateUnit": ("A,W", "ReadOnly", "A,W"),
    "SmartChargingCtrlr/ProfileStackLevel": ("8", "ReadOnly", ""),
    "SampledDataCtrlr/Enabled": ("true", "ReadWrite", ""),
    "SampledDataCtrlr/TxUpdatedInterval": ("10", "ReadWrite", ""),
    "SampledDataCtrlr/TxUpdatedMeasurands": (MEASURANDS, "ReadWrite", ""),
    "SampledDataCtrlr/TxStartedMeasurands": (MEASURANDS, "ReadWrite", ""),
    "SampledDataCtrlr/TxEndedMeasurands": (MEASURANDS, "ReadWrite", ""),
    "AlignedDataCtrlr/Measurands": (MEASURANDS, "ReadWrite", ""),
    "OCPPCommCtrlr/HeartbeatInterval": ("60", "ReadWrite", ""),
    "DeviceDataCtrlr/ItemsPerMessage[GetVariables]": ("4", "ReadOnly", ""),
    "DeviceDataCtrlr/ItemsPerMessage[SetVariables]": ("4", "ReadOnly", ""),
    "SecurityCtrlr/BasicAuthPassword": (None, "WriteOnly", ""),
}

SUBPROTOCOLS = {"2.0.1": "ocpp2.0.1", "2.1": "ocpp2.1"}


def event(
    kind: str,
    at: str,
    sequence: int,
    *,
    transaction: str = "T1",
    state: str | None = None,
    trigger: str = "ChargingStateChanged",
    reason: str | None = None,
    **fields: Any,
) -> Payload:
    """A TransactionEvent."""
    info: Payload = {"transactionId": transaction}
    if state is not None:
        info["chargingState"] = state
    if reason is not None:
        info["stoppedReason"] = reason
    return {
        "eventType": kind,
        "timestamp": at,
        "triggerReason": trigger,
        "seqNo": sequence,
        "transactionInfo": info,
    } | fields


def split(name: str) -> tuple[Payload, Payload]:
    """The component and the variable that a name stands for."""
    component, variable = name.split("/")
    place: Payload = {}
    if "@" in component:
        component, _, where = component.partition("@")
        evse, _, connector = where.partition(".")
        place = {"evse": {"id": int(evse)}}
        if connector:
            place["evse"]["connectorId"] = int(connector)
    return (
        _instanced(component) | place,
        _instanced(variable),
    )


def _instanced(text: str) -> Payload:
    name, _, instance = text.rstrip("]").partition("[")
    return {"name": name} | ({"instance": instance} if instance else {})


def joined(item: Payload) -> str:
    """The name that a component and a variable stand for."""
    component, variable = item["component"], item["variable"]
    where = component.get("evse", {})
    place = f"@{where['id']}" if where else ""
    if "connectorId" in where:
        place += f".{where['connectorId']}"
    return f"{_text(component)}{place}/{_text(variable)}"


def _text(part: Payload) -> str:
    instance = part.get("instance")
    return part["name"] + (f"[{instance}]" if instance else "")


class Dialler2(Dialler):
    """One websocket of a 2.x station; `model` is what it shows, `written` what it was set to."""

    def __init__(
        self, port: int, identity: str, *, version: str = "2.0.1", **options: Any
    ) -> None:
        """Prepare to dial."""
        super().__init__(
            port, identity, subprotocols=(SUBPROTOCOLS[version],), **options
        )
        self.model = dict(DEVICE_MODEL)
        self.written: list[tuple[str, str]] = []
        # How many entries of a report go into one message.
        self.part_size = 5
        self.answers = {
            "GetBaseReport": self._base_report,
            "GetVariables": self._get_variables,
            "SetVariables": self._set_variables,
        }
        self._aside = count(1)
        self._telling: set[asyncio.Task[None]] = set()

    async def boot(self, **fields: Any) -> Payload:
        """Boot; `fields` are those of the charging station."""
        said = {"vendorName": "Maker", "model": "Box"} | fields
        return await self.result(
            "BootNotification", {"reason": "PowerUp", "chargingStation": said}
        )

    async def status(
        self,
        status: str,
        evse: int = 1,
        connector: int = 1,
        at: str | None = None,
    ) -> None:
        """Report a connector's status."""
        await self.result(
            "StatusNotification",
            {
                "timestamp": at or datetime.now(UTC).isoformat(),
                "connectorStatus": status,
                "evseId": evse,
                "connectorId": connector,
            },
        )

    async def settled(self) -> None:
        """Wait until the house has asked the last thing that it asks a new connection."""
        await self.until(
            lambda: (
                self.calls[-1:]
                and self.calls[-1][1].get("requestedMessage") == "MeterValues"
            )
        )
        await asyncio.sleep(0.05)

    def tell(self, action: str, payloads: Iterable[Payload]) -> None:
        """Send calls, one after the other, without a test's waiting for the answers."""

        async def telling() -> None:
            for payload in payloads:
                call_id = f"{ASIDE}{next(self._aside)}"
                await self.send(json.dumps([2, call_id, action, payload]))

        task = asyncio.create_task(telling())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def entries(self) -> list[Payload]:
        """What a full inventory holds."""
        entries = []
        for name, (value, mutability, words) in self.model.items():
            component, variable = split(name)
            attribute = {"mutability": mutability} | (
                {} if value is None else {"value": value}
            )
            characteristics = {"dataType": "string", "supportsMonitoring": False}
            entries.append(
                {
                    "component": component,
                    "variable": variable,
                    "variableAttribute": [attribute],
                    "variableCharacteristics": characteristics
                    | ({"valuesList": words} if words else {}),
                }
            )
        return entries

    def parts(self, request_id: int, entries: list[Payload]) -> list[Payload]:
        """The messages of a report."""
        chunks = [
            entries[start : start + self.part_size]
            for start in range(0, len(entries), self.part_size)
        ]
        return [
            {
                "requestId": request_id,
                "generatedAt": "2026-01-01T00:00:00Z",
                "seqNo": number,
                "tbc": number < len(chunks) - 1,
                "reportData": chunk,
            }
            for number, chunk in enumerate(chunks)
        ]

    def _base_report(self, payload: Payload) -> Payload:
        self.tell("NotifyReport", self.parts(payload["requestId"], self.entries()))
        return {"status": "Accepted"}

    def _get_variables(self, payload: Payload) -> Payload:
        results = []
        for item in payload["getVariableData"]:
            shown = self.model.get(joined(item))
            if shown is None:
                known = {name.split("/")[0] for name in self.model}
                component = joined(item).split("/")[0]
                status = "UnknownVariable" if component in known else "UnknownComponent"
                results.append(item | {"attributeStatus": status})
            else:
                value = {} if shown[0] is None else {"attributeValue": shown[0]}
                results.append(item | {"attributeStatus": "Accepted"} | value)
        return {"getVariableResult": results}

    def _set_variables(self, payload: Payload) -> Payload:
        results = []
        for item in payload["setVariableData"]:
            name, value = joined(item), item.pop("attributeValue")
            self.written.append((name, value))
            _, mutability, words = self.model.get(name, ("", "ReadWrite", ""))
            is_open = name in self.model and mutability != "ReadOnly"
            if is_open:
                self.model[name] = (value, mutability, words)
            status = "Accepted" if is_open else "Rejected"
            results.append(item | {"attributeStatus": status})
        return {"setVariableResult": results}
