"""What a station of 1.6 says, as a CSMS of 2.x is told it (2.0.1 blocks C, E, G, J)."""

from collections.abc import Callable
from datetime import datetime
import json
from typing import Any

from .names import RUNNING, SEQUENCE, STATUS, TOKEN, TRANSACTION, UPKEEP, Names, Saying
from .remote_starts import take
from .requests import Requests
from .samples import to_2
from .tokens import id_token

_CONNECTOR = {
    "Available": "Available",
    "Reserved": "Reserved",
    "Unavailable": "Unavailable",
    "Faulted": "Faulted",
}

_CHARGING = {
    "Preparing": "EVConnected",
    "Charging": "Charging",
    "SuspendedEV": "SuspendedEV",
    "SuspendedEVSE": "SuspendedEVSE",
    "Finishing": "EVConnected",
}

# 1.6 §7.37 Reason: reasons that 2.x spells otherwise, and what made the end known.
_REASONS = {
    "HardReset": "ImmediateReset",
    "SoftReset": "Other",
    "UnlockCommand": "Other",
}
_TRIGGERS = {
    "EVDisconnected": "EVDeparted",
    "DeAuthorized": "Deauthorized",
    "Local": "StopAuthorized",
    "Remote": "RemoteStop",
    "UnlockCommand": "UnlockCommand",
    "HardReset": "ResetCommand",
    "SoftReset": "ResetCommand",
}

_LOGS = {"UploadFailed": "UploadFailure"}

# After these nothing more is said of one request (1.6 §7.25, §7.24).
_LAST = frozenset(
    {
        *("DownloadFailed", "InstallationFailed", "Installed"),
        *("Uploaded", "UploadFailure"),
    }
)

# What made a station send readings (1.6 §7.33 ReadingContext, 2.0.1 TriggerReasonEnumType).
_READ = {"Sample.Clock": "MeterValueClock", "Trigger": "Trigger"}

# What both versions say alike.
_ALIKE = frozenset({"DataTransfer", "SecurityEventNotification"})


class To2:
    """Keeps count of the events of each transaction."""

    def __init__(self, names: Names, now: Callable[[], datetime]) -> None:
        """Keep names here."""
        self._names = names
        self._now = now
        self._requests = Requests(names)

    def sayings(self, action: str, payload: dict[str, Any]) -> list[Saying]:
        """Return what to tell; nothing where 2.x has no words for it."""
        match action:
            case "StatusNotification":
                return self._status(payload)
            case "StartTransaction":
                return [self._started(payload)]
            case "MeterValues":
                return self._metered(payload)
            case "StopTransaction":
                return self._stopped(payload)
            case "DiagnosticsStatusNotification":
                status = _LOGS.get(payload["status"], payload["status"])
                return [("LogStatusNotification", self._numbered("log", status))]
            case "FirmwareStatusNotification":
                return [(action, self._numbered("firmware", payload["status"]))]
            case "LogStatusNotification" | "SignedFirmwareStatusNotification":
                # Both came with the security whitepaper, and are the same in 2.x.
                return [self._answered(action.removeprefix("Signed"), payload)]
            case _ if action in _ALIKE:
                return [(action, payload)]
        return []

    def _numbered(self, kind: str, status: str) -> dict[str, Any]:
        """Return how a request without a number goes on, by the number of who asked for it (2.0.1 L01, N01)."""
        theirs = self._names.theirs(UPKEEP, kind)
        if theirs is None or status == "Idle":
            return {"status": status}
        if status in _LAST:
            self._names.drop(UPKEEP, kind)
        return {"status": status, "requestId": int(theirs)}

    def _answered(self, action: str, payload: dict[str, Any]) -> Saying:
        theirs = self._requests.theirs(payload.get("requestId"))
        said = {"status": payload["status"]}
        return action, said if theirs is None else {**said, "requestId": theirs}

    def _status(self, payload: dict[str, Any]) -> list[Saying]:
        connector, status = payload["connectorId"], payload["status"]
        if connector == 0:
            # 2.x has no status of a whole station.
            return []
        said: list[Saying] = [
            (
                "StatusNotification",
                {
                    "timestamp": payload["timestamp"],
                    "connectorStatus": _CONNECTOR.get(status, "Occupied"),
                    "evseId": connector,
                    "connectorId": 1,
                },
            )
        ]
        # Some say that they charge before they say that a transaction has begun.
        self._names.keep(STATUS, str(connector), status)
        running = self._names.theirs(RUNNING, str(connector))
        if running and status in _CHARGING:
            event = self._event(
                "Updated", running, payload["timestamp"], "ChargingStateChanged"
            )
            event["transactionInfo"]["chargingState"] = _CHARGING[status]
            said.append(("TransactionEvent", event))
        return said

    def _started(self, payload: dict[str, Any]) -> Saying:
        ours, connector = payload["_transaction"], payload["connectorId"]
        self._names.keep(TRANSACTION, ours, ours)
        self._names.keep(RUNNING, str(connector), ours)
        event = self._event("Started", ours, payload["timestamp"], "Authorized")
        event["evse"] = {"id": connector, "connectorId": 1}
        if state := _CHARGING.get(self._names.theirs(STATUS, str(connector)) or ""):
            event["transactionInfo"]["chargingState"] = state
        event["idToken"] = id_token(payload["idTag"])
        event["meterValue"] = [
            _register(payload["timestamp"], payload["meterStart"], "Transaction.Begin")
        ]
        asked = take(
            self._names,
            payload["idTag"],
            connector,
            payload["timestamp"],
            self._now(),
        )
        if asked is not None:
            event["triggerReason"] = "RemoteStart"
            event["transactionInfo"]["remoteStartId"] = asked.number
            event["idToken"] = dict(asked.token)
            self._names.keep(TOKEN, ours, json.dumps([payload["idTag"], asked.token]))
        if "reservationId" in payload:
            event["reservationId"] = payload["reservationId"]
        return "TransactionEvent", event

    def _metered(self, payload: dict[str, Any]) -> list[Saying]:
        values = to_2(payload["meterValue"])
        if not values:
            return []
        ours = str(payload.get("transactionId", ""))
        if self._names.theirs(TRANSACTION, ours) is None:
            said = {"evseId": payload["connectorId"], "meterValue": values}
            return [("MeterValues", said)]
        at = values[-1]["timestamp"]
        contexts = {
            sample.get("context")
            for value in values
            for sample in value["sampledValue"]
        }
        read = _READ.get(contexts.pop() or "") if len(contexts) == 1 else None
        event = self._event("Updated", ours, at, read or "MeterValuePeriodic")
        event["meterValue"] = values
        return [("TransactionEvent", event)]

    def _stopped(self, payload: dict[str, Any]) -> list[Saying]:
        ours, reason = str(payload["transactionId"]), payload.get("reason", "Local")
        if self._names.theirs(TRANSACTION, ours) is None:
            # It began before anybody was told.
            return []
        trigger = _TRIGGERS.get(reason, "AbnormalCondition")
        event = self._event("Ended", ours, payload["timestamp"], trigger)
        event["transactionInfo"]["stoppedReason"] = _REASONS.get(reason, reason)
        if "idTag" in payload:
            event["idToken"] = self._token(ours, payload["idTag"])
        event["meterValue"] = [
            *to_2(payload.get("transactionData", [])),
            _register(payload["timestamp"], payload["meterStop"], "Transaction.End"),
        ]
        for kind in (TRANSACTION, SEQUENCE, TOKEN):
            self._names.drop(kind, ours)
        if (connector := self._names.ours(RUNNING, ours)) is not None:
            self._names.drop(RUNNING, connector)
        return [("TransactionEvent", event)]

    def _token(self, ours: str, tag: str) -> dict[str, Any]:
        """Return who ends a transaction: with the token that it was begun with, as those above wrote that."""
        known = self._names.theirs(TOKEN, ours)
        if known is not None:
            begun_by, token = json.loads(known)
            if tag.casefold() == begun_by.casefold():
                return dict(token)
        return id_token(tag)

    def _event(self, kind: str, ours: str, at: str, trigger: str) -> dict[str, Any]:
        number = int(self._names.theirs(SEQUENCE, ours) or 0)
        self._names.keep(SEQUENCE, ours, str(number + 1))
        return {
            "eventType": kind,
            "timestamp": at,
            "triggerReason": trigger,
            "seqNo": number,
            "transactionInfo": {"transactionId": ours},
        }


def _register(at: str, register_wh: float, context: str) -> dict[str, Any]:
    value = {
        "value": float(register_wh),
        "context": context,
        "measurand": "Energy.Active.Import.Register",
        "unitOfMeasure": {"unit": "Wh"},
    }
    return {"timestamp": at, "sampledValue": [value]}
