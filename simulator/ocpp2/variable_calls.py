"""Answers about variables (B05, B06)."""

from typing import TYPE_CHECKING

from simulator.ocpp2.places import text_of
from simulator.ocpp2.replies import reason_info
from simulator.ocpp2.variables import ACTUAL, Unset, Variable
from simulator.ocppj.answer import Answer
from simulator.ocppj.fields import choice, objects, required
from simulator.ocppj.frames import CallError, Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

ATTRIBUTES = (ACTUAL, "Target", "MinSet", "MaxSet")
PASSWORD = "SecurityCtrlr.BasicAuthPassword"


def get_variables(station: ChargingStation, payload: Payload) -> Answer:
    """B06: each on its own."""
    wanted = _items(station, payload, "getVariableData", "GetVariables")
    results = [_get(station, item) for item in wanted]
    return Answer({"getVariableResult": results})


def _get(station: ChargingStation, item: Payload) -> Payload:
    result = _named(item)
    try:
        found = station.device_model.find(result["component"], result["variable"])
        value = found.attribute(_kind(item))
    except Unset as unset:
        return result | _said(unset)
    return result | {"attributeStatus": "Accepted", "attributeValue": value}


def set_variables(station: ChargingStation, payload: Payload) -> Answer:
    """B05: each on its own; what cannot be set does not keep the others from it."""
    wanted = _items(station, payload, "setVariableData", "SetVariables")
    changed: list[Variable] = []
    results = [_set(station, item, changed) for item in wanted]

    async def take_effect() -> None:
        for variable in changed:
            await _take_effect(station, variable)

    return Answer({"setVariableResult": results}, take_effect)


def _set(station: ChargingStation, item: Payload, changed: list[Variable]) -> Payload:
    result, value = _named(item), required(item, "attributeValue", str)
    try:
        found = station.device_model.find(result["component"], result["variable"])
        station.discharging.check_variable(found, value)
        status = station.device_model.change(found, _kind(item), value)
    except Unset as unset:
        return result | _said(unset)
    changed.append(found)
    return result | {"attributeStatus": status}


async def _take_effect(station: ChargingStation, variable: Variable) -> None:
    """What is more than a value to be read later."""
    name = text_of(variable.place)
    if station.discharging.take_variable(variable):
        return
    if name == PASSWORD:
        # A new password is used at once, on a new connection (A01.FR.10-11).
        station.link.dial.password = variable.value
        await station.link.drop()
    elif name.startswith(("OCPPCommCtrlr.RetryBackOff", "OCPPCommCtrlr.WebSocket")):
        station.network.be_patient()


def _items(
    station: ChargingStation, payload: Payload, name: str, message: str
) -> list[Payload]:
    """The items of a message, if they are not too many (B05.FR.11, B06.FR.16)."""
    required(payload, name, list)
    items = objects(payload, name)
    most = station.device_model.number(f"DeviceDataCtrlr.ItemsPerMessage[{message}]")
    if not 1 <= len(items) <= most:
        raise CallError("OccurrenceConstraintViolation", f"1 to {most} {name}")
    return items


def _named(item: Payload) -> Payload:
    result: Payload = {
        "component": required(item, "component", dict),
        "variable": required(item, "variable", dict),
    }
    if "attributeType" in item:
        result["attributeType"] = _kind(item)
    return result


def _kind(item: Payload) -> str:
    return (
        choice(item, "attributeType", ATTRIBUTES) if "attributeType" in item else ACTUAL
    )


def _said(unset: Unset) -> Payload:
    said: Payload = {"attributeStatus": unset.status}
    if unset.reason:
        said["attributeStatusInfo"] = reason_info(unset.reason)
    return said


HANDLERS = {"GetVariables": get_variables, "SetVariables": set_variables}
