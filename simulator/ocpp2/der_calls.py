"""Answers about the grid's controls and signals (OCPP 2.1 R04 with errata 2.59-2.61, Q08)."""

from collections.abc import Callable
from itertools import batched
from typing import TYPE_CHECKING, Any

from simulator.ocpp2.grid import Control, made_control
from simulator.ocpp2.replies import refusal
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import optional, required
from simulator.ocppj.frames import CallError, Payload
from simulator.orders import Mode

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

type Handler = Callable[[ChargingStation, Payload], Answer]

# R04.FR.16: the field that goes with a type; a curve with all others.
FIELDS = {
    "FixedPFAbsorb": "fixedPFAbsorb",
    "FixedPFInject": "fixedPFInject",
    "FixedVar": "fixedVar",
    "LimitMaxDischarge": "limitMaxDischarge",
    "FreqDroop": "freqDroop",
    "EnterService": "enterService",
    "Gradients": "gradient",
}
CURVE = "curve"
ALWAYS_DEFAULT = ("EnterService", "Gradients")
IN_A_REPORT = 4


def set_der_control(station: ChargingStation, payload: Payload) -> Answer:
    """R04: a default, or one with a time."""
    is_default = required(payload, "isDefault", bool)
    control_id = required(payload, "controlId", str)
    kind = required(payload, "controlType", str)
    if kind not in _supported(station):
        return status("NotSupported")
    wanted = FIELDS.get(kind, CURVE)
    named = [name for name in (*FIELDS.values(), CURVE) if name in payload]
    if named != [wanted]:
        # R04.FR.17
        return refusal("Rejected", "InvalidValue", f"{kind} has {wanted}")
    body: Payload = required(payload, wanted, dict)
    if is_default and body.keys() & {"startTime", "duration"}:
        # R04.FR.13
        return refusal("Rejected", "InvalidValue", "a default has no time")
    if not is_default and kind in ALWAYS_DEFAULT:
        # R04.FR.15
        return refusal("Rejected", "InvalidValue", f"{kind} is a default")
    control = _made(station, control_id, kind, wanted, body, is_default)
    grid = station.grid
    replaced = grid.superseded_by(control)
    grid.controls = [
        each
        for each in grid.controls
        if each.control_id != control_id
        and not (is_default and each.control_id in replaced)
    ]
    grid.controls.append(control)
    station.smart_charging.tick()
    answer: Payload = {"status": "Accepted"}
    if replaced:
        answer["supersededIds"] = replaced
    return Answer(answer)


def _made(
    station: ChargingStation,
    control_id: str,
    kind: str,
    field: str,
    body: Payload,
    is_default: bool,
) -> Control:
    try:
        return made_control(
            control_id, kind, field, body, is_default=is_default, now=station.now()
        )
    except (TypeError, ValueError) as error:
        raise CallError("TypeConstraintViolation", "startTime or duration") from error


def clear_der_control(station: ChargingStation, payload: Payload) -> Answer:
    """R04.FR.40-FR.46: one by its id, or all of a type."""
    is_default = required(payload, "isDefault", bool)
    kind = optional(payload, "controlType", str)
    control_id = optional(payload, "controlId", str)
    if kind is not None and kind not in _supported(station):
        return status("NotSupported")
    found = [
        each
        for each in station.grid.controls
        if each.is_default == is_default
        and control_id in (None, each.control_id)
        and (control_id is not None or kind in (None, each.kind))
    ]
    if not found:
        return status("NotFound")
    station.grid.controls = [c for c in station.grid.controls if c not in found]
    station.smart_charging.tick()
    return status("Accepted")


def get_der_control(station: ChargingStation, payload: Payload) -> Answer:
    """R04.FR.30-FR.37: the answer first, then the controls in reports."""
    request_id = required(payload, "requestId", int)
    is_default = optional(payload, "isDefault", bool)
    kind = optional(payload, "controlType", str)
    control_id = optional(payload, "controlId", str)
    if kind is not None and kind not in _supported(station):
        return status("NotSupported")
    found = [
        each
        for each in station.grid.controls
        if is_default in (None, each.is_default)
        and kind in (None, each.kind)
        and control_id in (None, each.control_id)
    ]
    if not found:
        return status("NotFound")
    return status("Accepted", lambda: _report(station, request_id, found))


async def _report(
    station: ChargingStation, request_id: int, found: list[Control]
) -> None:
    parts = list(batched(found, IN_A_REPORT, strict=False))
    for number, part in enumerate(parts, start=1):
        report: Payload = {"requestId": request_id}
        for control in part:
            report.setdefault(control.field, []).append(_reported(station, control))
        if number < len(parts):
            report["tbc"] = True
        await station.try_call("ReportDERControl", report)


def _reported(station: ChargingStation, control: Control) -> Payload:
    name = "fixedPF" if control.field.startswith("fixedPF") else control.field
    said: dict[str, Any] = {"id": control.control_id, name: control.body}
    if control.field == CURVE:
        said["curveType"] = control.kind
    if control.kind in ALWAYS_DEFAULT:
        return said
    in_force = station.grid.in_force(control.kind)
    replaced = in_force is not None and in_force is not control
    return said | {
        "isDefault": control.is_default,
        "isSuperseded": replaced and control.holds(station.now()),
    }


def _supported(station: ChargingStation) -> list[str]:
    return [
        kind
        for variable in station.device_model
        if variable.place.component in ("ACDERCtrlr", "DCDERCtrlr")
        and variable.place.variable == "ModesSupported"
        for kind in variable.now.split(",")
    ]


def afrr_signal(station: ChargingStation, payload: Payload) -> Answer:
    """Q08.FR.10, FR.11: the signal holds until another one comes."""
    required(payload, "timestamp", str)
    signal = required(payload, "signal", int)
    exchange = station.smart_charging.exchange
    running = [e for e, m in exchange.modes.items() if m is Mode.LOCAL_FREQUENCY]
    orders = (station.smart_charging.order(evse_id) for evse_id in running)
    if not any(order and order.signal_curve for order in orders):
        return refusal("Rejected", "NoSignalWattCurve")
    station.grid.signal = signal
    station.smart_charging.tick()
    return status("Accepted")


def _both_ways(handler: Handler, otherwise: str) -> Handler:
    """An answer of a station that feeds back; the others know nothing of it."""

    def answer(station: ChargingStation, payload: Payload) -> Answer:
        if station.station.bidirectional is None:
            return refusal(otherwise, "UnsupportedRequest")
        return handler(station, payload)

    return answer


HANDLERS_OF_2_1 = {
    "AFRRSignal": _both_ways(afrr_signal, "Rejected"),
    "ClearDERControl": _both_ways(clear_der_control, "NotSupported"),
    "GetDERControl": _both_ways(get_der_control, "NotSupported"),
    "SetDERControl": _both_ways(set_der_control, "NotSupported"),
}
