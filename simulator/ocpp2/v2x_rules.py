"""Which operation modes and setpoints a station takes in a charging profile, and why not (OCPP 2.1 block Q and its errata, K01)."""

from collections.abc import Mapping
from typing import Any

from simulator.bidirectional import Bidirectional
from simulator.evse import Evse
from simulator.faults import Faults
from simulator.ocpp2.device_model import DeviceModel
from simulator.orders import LINES, Amount, Mode
from simulator.profiles import Kind, Period, Profile, Purpose, RateUnit, Schedule
from simulator.setpoints import Refused, check_small

# K01.FR.111-FR.113; a profile for transactions may have any mode.
MODES_BY_PURPOSE = {
    Purpose.STATION_MAX: {Mode.CHARGING_ONLY},
    Purpose.PRIORITY: {Mode.CHARGING_ONLY},
    Purpose.LOCAL_GENERATION: {Mode.CHARGING_ONLY, Mode.EXTERNAL_LIMITS},
}
VALUES = ("limit", "dischargeLimit", "setpoint", "setpointReactive")
# Which values a mode must have, and which it may (Q02-Q10; Q07 with errata 2.57).
MUST = {
    Mode.CHARGING_ONLY: {"limit"},
    Mode.CENTRAL_SETPOINT: {"setpoint"},
    Mode.CENTRAL_FREQUENCY: {"setpoint"},
}
MAY = {
    Mode.CENTRAL_SETPOINT: {"limit", "dischargeLimit", "setpointReactive"},
    Mode.EXTERNAL_SETPOINT: {"limit", "dischargeLimit"},
}
CURVE_POINTS = 2


def mode_of(period: Period) -> Mode:
    """The operation mode of a period; none is the usual one."""
    return Mode(period.v2x.get("operationMode", Mode.CHARGING_ONLY))


def check_schedule(
    profile: Profile,
    schedule: Schedule,
    evse: Evse | None,
    equipment: Bidirectional | None,
    device_model: DeviceModel,
    faults: Faults,
) -> None:
    """Whether the periods of a schedule may say what they say; raises Refused."""
    for period in schedule.periods:
        mode, fields = mode_of(period), _fields(period)
        _check_mode(profile, mode, evse, device_model)
        _check_values(mode, fields, native="operationMode" in period.more)
        _check_sleep(mode, period, device_model)
        _check_lines(profile, fields, evse, equipment)
        if mode is Mode.CENTRAL_FREQUENCY and profile.kind is not Kind.DYNAMIC:
            # Q07.FR.02
            raise Refused("UnsupportedKind", "frequency from outside is dynamic")
        if mode is Mode.LOCAL_FREQUENCY:
            _check_curves(schedule, fields)
        _check_setpoint(fields, schedule.unit, evse, equipment, faults)


def _fields(period: Period) -> Mapping[str, Any]:
    if period.v2x:
        return period.v2x
    limit = {} if period.limit is None else {"limit": period.limit}
    return {**period.more, **limit}


def _check_mode(
    profile: Profile, mode: Mode, evse: Evse | None, device_model: DeviceModel
) -> None:
    allowed = MODES_BY_PURPOSE.get(profile.purpose)
    if allowed and mode not in allowed:
        # K01.FR.114
        raise Refused("InvalidOperationMode")
    if mode is Mode.CHARGING_ONLY:
        return
    numbers = [evse.evse_id] if evse else _bidirectional(device_model)
    boxes = [f"V2XChargingCtrlr#{number}" for number in numbers]
    supported = [device_model.items(f"{b}.SupportedOperationModes") for b in boxes]
    if not boxes or any(mode not in modes for modes in supported):
        local = mode is Mode.LOCAL_LOAD_BALANCING
        raise Refused("UnsupportedParam" if local else "InvalidOperationMode")
    if not all(device_model.flag(f"{box}.Enabled") for box in boxes):
        raise Refused("NotEnabled")


def _bidirectional(device_model: DeviceModel) -> list[int]:
    """The EVSEs that feed back."""
    return [
        variable.place.evse_id
        for variable in device_model
        if variable.place.component == "V2XChargingCtrlr"
        and variable.place.variable == "Available"
        and variable.place.evse_id is not None
    ]


def _check_values(mode: Mode, fields: Mapping[str, Any], *, native: bool) -> None:
    must, may = MUST.get(mode, set()), MAY.get(mode, set())
    if mode is not Mode.CHARGING_ONLY and not native:
        # The plain limit is always there in 2.0.1, and of both sides of a setpoint none is left out.
        must = {"limit", *must}
        if mode is Mode.CENTRAL_SETPOINT:
            must.add("dischargeLimit")
    there = {name for name in VALUES if any(name + line in fields for line in LINES)}
    if not must <= there or not there <= must | may:
        raise Refused("InvalidSchedule", f"the values do not go with {mode}")
    if mode is Mode.IDLE and fields.get("limit"):
        raise Refused("InvalidSchedule", "who idles has no limit above 0")
    if any(fields.get(f"limit{line}", 0) < 0 for line in LINES):
        # Errata 2.62
        raise Refused("InvalidSchedule", "a limit is below zero")


def _check_sleep(mode: Mode, period: Period, device_model: DeviceModel) -> None:
    sleeps = period.more.get("evseSleep") or period.v2x.get("evseSleep")
    supported = device_model.flag("SmartChargingCtrlr.SupportsEvseSleep")
    if sleeps and (mode is not Mode.IDLE or not supported):
        # K01.FR.126
        raise Refused("InvalidSchedule", "no sleep")


def _check_lines(
    profile: Profile,
    fields: Mapping[str, Any],
    evse: Evse | None,
    equipment: Bidirectional | None,
) -> None:
    """Values of single lines: only for a vehicle that named its own, in its transaction's profile (K01.FR.142-146, V2X.06-10)."""
    named = [name for name in fields if name.endswith(("_L2", "_L3"))]
    if not named:
        return
    tells = equipment is not None and equipment.by_line and evse and not evse.is_dc
    if profile.purpose is not Purpose.TX or not tells:
        raise Refused("PhaseConflict")
    if any(name[:-3] not in fields for name in named):
        raise Refused("PhaseConflict", "the value of the first line is missing")


def _check_curves(schedule: Schedule, fields: Mapping[str, Any]) -> None:
    """Q08.FR.01-FR.05."""
    if schedule.unit is not RateUnit.WATTS:
        raise Refused("UnsupportedRateUnit", "a curve is in watts")
    curve = fields.get("v2xFreqWattCurve", ())
    if len(curve) < CURVE_POINTS or "v2xBaseline" not in fields:
        raise Refused("NoFreqWattCurve")
    if 0 < len(fields.get("v2xSignalWattCurve", ())) < CURVE_POINTS:
        raise Refused("InvalidSchedule", "a signal curve has two points or more")


def _check_setpoint(
    fields: Mapping[str, Any],
    unit: RateUnit,
    evse: Evse | None,
    equipment: Bidirectional | None,
    faults: Faults,
) -> None:
    """That it lies within its limits on each line, in one direction, and is not too small (V2X.05)."""
    amount = Amount.read(fields, "setpoint", unit)
    if amount is None:
        return
    for line in LINES:
        setpoint = fields.get(f"setpoint{line}")
        if setpoint is None:
            continue
        most = fields.get(f"limit{line}", setpoint)
        least = fields.get(f"dischargeLimit{line}", setpoint)
        if not least <= setpoint <= most:
            raise Refused("InvalidSchedule", "the setpoint is outside its limits")
    if min(amount.values) < 0 < max(amount.values):
        raise Refused("InvalidSchedule", "the lines go in different directions")
    if evse:
        volts = evse.line_voltages_v[0]
        power_w = sum(amount.watts(len(evse.terminals), volts))
        check_small(power_w, equipment, faults)
