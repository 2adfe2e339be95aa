"""The fields of a schedule's period, exactly those that its operation mode allows (2.1 part 2, Q and table of K01; errata 2025-09)."""

from typing import Any

from ...model.errors import InvalidRequest
from ...model.v2x_ability import OperationMode
from ..discharging.target import Target, tenths

# Modes whose numbers we change while they run: a dynamic profile serves them.
CHANGING = frozenset({OperationMode.CENTRAL_SETPOINT, OperationMode.CENTRAL_FREQUENCY})

# Fewer points make no curve (Q08.FR.03, Q08.FR.05).
_LEAST_POINTS = 2


def period(target: Target) -> dict[str, Any]:
    """Return the one period of a schedule.

    Raises:
        InvalidRequest: what the mode needs is missing.

    """
    found: dict[str, Any] = {"startPeriod": 0, "operationMode": target.mode.value}
    match target.mode:
        case OperationMode.CHARGING_ONLY:
            return {**found, "limit": tenths(target.charge_w)}
        case OperationMode.EXTERNAL_SETPOINT:
            return {**found, **_limits(target)}
        case OperationMode.LOCAL_FREQUENCY:
            return {**found, **_curves(target)}
        case OperationMode.IDLE if target.order.sleeps:
            return {**found, "evseSleep": True}
        case _:
            return {**found, **update(target)}


def update(target: Target) -> dict[str, Any]:
    """Return the numbers of a setpoint (ChargingScheduleUpdateType); none where the mode has none."""
    match target.mode:
        case OperationMode.CENTRAL_SETPOINT:
            return {**_limits(target), **_of_phases("setpoint", target.power_w, target)}
        case OperationMode.CENTRAL_FREQUENCY:
            # Errata to Q07.FR.03: nothing but the setpoint.
            return {"setpoint": tenths(target.power_w)}
        case _:
            return {}


def _limits(target: Target) -> dict[str, float]:
    """Return both sides: the limit is never negative (errata 2.62), that of discharging never positive."""
    return {
        "limit": tenths(target.charge_w),
        **_of_phases("dischargeLimit", target.discharge_w, target),
    }


def _of_phases(name: str, watts: float, target: Target) -> dict[str, float]:
    """Return a power below 0, of each phase where that is ordered: all on the same side of 0 (errata V2X.06 to V2X.10)."""
    shares, whole_w = target.order.by_phase_w, target.power_w
    if (
        shares is None
        or whole_w >= 0
        or abs(sum(shares) - whole_w) > 1.0
        or max(shares) > 0
    ):
        return {name: tenths(watts)}
    ends = ("", "_L2", "_L3")
    return {
        name + end: tenths(watts * share_w / whole_w) + 0.0
        for end, share_w in zip(ends, shares, strict=True)
    }


def _curves(target: Target) -> dict[str, Any]:
    order = target.order
    if len(order.frequency_curve) < _LEAST_POINTS:
        raise InvalidRequest("LocalFrequency", "it needs a curve over the frequency")
    found: dict[str, Any] = {
        "v2xBaseline": tenths(order.baseline_w),
        "v2xFreqWattCurve": [
            {"frequency": round(hertz, 3), "power": tenths(watts)}
            for hertz, watts in order.frequency_curve
        ],
    }
    if order.signal_curve:
        if len(order.signal_curve) < _LEAST_POINTS:
            raise InvalidRequest("LocalFrequency", "one point makes no curve")
        found["v2xSignalWattCurve"] = [
            {"signal": signal, "power": tenths(watts)}
            for signal, watts in order.signal_curve
        ]
    return found
