"""Reports of the device model, in parts (B07, B08, NotifyReport)."""

from collections.abc import Iterator
from itertools import batched
from typing import TYPE_CHECKING

from simulator.ocpp2.places import Place
from simulator.ocpp2.variables import ACTUAL, Access, Variable
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import (
    choice,
    format_time,
    objects,
    optional,
    plain_items,
    required,
)
from simulator.ocppj.frames import CallError, Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

ITEMS_IN_A_REPORT = 20
BASES = ("ConfigurationInventory", "FullInventory", "SummaryInventory")
# What a report by criteria looks for in a component, all of them true (B08.FR.10).
CRITERIA = ("Active", "Available", "Enabled", "Problem")
SUMMARY = ("AvailabilityState", "Problem")


def get_base_report(station: ChargingStation, payload: Payload) -> Answer:
    """B07: all that can be configured, all that there is, or how it is."""
    request_id = required(payload, "requestId", int)
    base = choice(payload, "reportBase", BASES)
    return _answer(
        station, request_id, [v for v in station.device_model if _in(v, base)]
    )


def _in(variable: Variable, base: str) -> bool:
    if base == "ConfigurationInventory":
        return variable.access is not Access.READ
    return base == "FullInventory" or variable.place.variable in SUMMARY


def get_report(station: ChargingStation, payload: Payload) -> Answer:
    """B08: variables by name, components by criteria, or both."""
    request_id = required(payload, "requestId", int)
    criteria = plain_items(payload, "componentCriteria", str)
    if wrong := [item for item in criteria if item not in CRITERIA]:
        raise CallError("PropertyConstraintViolation", f"no criteria: {wrong}")
    asked = objects(payload, "componentVariable")
    most = station.device_model.number("DeviceDataCtrlr.ItemsPerMessage[GetReport]")
    if len(asked) > most:
        raise CallError("OccurrenceConstraintViolation", f"at most {most} variables")
    found = [
        variable
        for variable in station.device_model
        if (not asked or any(names(item, variable.place) for item in asked))
        and all(_meets(station, variable.place, item) for item in criteria)
    ]
    return _answer(station, request_id, found)


def names(item: Payload, place: Place) -> bool:
    """Whether a ComponentVariableType names that place; what it leaves out is anything (B08.FR.08, FR.20)."""
    component = required(item, "component", dict)
    evse = optional(component, "evse", dict, {})
    variable = optional(item, "variable", dict, {})
    told = (
        (required(component, "name", str), place.component),
        (optional(component, "instance", str), place.component_instance),
        (optional(variable, "name", str), place.variable),
        (optional(variable, "instance", str), place.variable_instance),
    )
    if any(asked and asked.lower() != (here or "").lower() for asked, here in told):
        return False
    where = (
        (evse.get("id"), place.evse_id),
        (evse.get("connectorId"), place.connector_id),
    )
    return all(asked in (None, here) for asked, here in where)


def _meets(station: ChargingStation, place: Place, criterion: str) -> bool:
    """Whether a component is as a criterion wants it; one without that variable counts as available and enabled (B08.FR.13)."""
    for variable in station.device_model:
        same = variable.place.component_key == place.component_key
        if same and variable.place.variable == criterion:
            return variable.now.lower() == "true"
    return criterion in ("Available", "Enabled")


def _answer(station: ChargingStation, request_id: int, found: list[Variable]) -> Answer:
    if not found:
        return status("EmptyResultSet")
    return status("Accepted", lambda: _report(station, request_id, found))


async def _report(
    station: ChargingStation, request_id: int, found: list[Variable]
) -> None:
    """Send the parts one after the other; all but the last say that more come (B07.FR.09)."""
    parts = list(batched(found, ITEMS_IN_A_REPORT, strict=False))
    for number, part in enumerate(parts):
        report: Payload = {
            "requestId": request_id,
            "generatedAt": format_time(station.now()),
            "seqNo": number,
            "reportData": [_data(variable) for variable in part],
        }
        if number < len(parts) - 1:
            report["tbc"] = True
        await station.try_call("NotifyReport", report)


def _data(variable: Variable) -> Payload:
    characteristics: Payload = {
        "dataType": variable.form.value,
        "supportsMonitoring": variable.live is not None,
    }
    limits = {
        "unit": variable.unit,
        "minLimit": variable.low,
        "maxLimit": variable.high,
    }
    limits["valuesList"] = variable.options
    characteristics |= {n: v for n, v in limits.items() if v is not None}
    return {
        "component": variable.place.component_payload,
        "variable": variable.place.variable_payload,
        "variableAttribute": list(_attributes(variable)),
        "variableCharacteristics": characteristics,
    }


def _attributes(variable: Variable) -> Iterator[Payload]:
    actual: Payload = {"type": ACTUAL, "mutability": variable.access.value}
    if variable.access is not Access.WRITE:
        # A write-only value is nobody's business (B07.FR.14).
        actual["value"] = variable.now
    yield actual
    for kind, value in variable.others.items():
        yield {"type": kind, "value": value, "mutability": Access.READ.value}


HANDLERS = {"GetBaseReport": get_base_report, "GetReport": get_report}
