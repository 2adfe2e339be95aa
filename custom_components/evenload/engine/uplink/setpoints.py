"""What a charging profile of 2.1 has a vehicle, or a group of them, draw or feed back: setpoints, and a grid operator's signal.

Source: 2.1 block Q (operation modes), K28 (dynamic profiles), Q08 (AFRRSignal). For 2.0.1 the same fields stand in
`customData` of a period, as docs/v2g-extension.md has it.
"""

from bisect import bisect_right
from collections.abc import Mapping
from math import isfinite
from typing import Any

from ..model.stations import OcppVersion
from .profile import NotAProfile, Profile

EXTENSION = "org.evenload.v2x"

CHARGING_ONLY = "ChargingOnly"
_SETPOINT = frozenset({"CentralSetpoint", "CentralFrequency"})
_IDLE = "Idle"
_SIGNAL = "LocalFrequency"


def mode_of(period: Mapping[str, Any]) -> str:
    """Return a period's operation mode."""
    return str(_fields(period).get("operationMode", CHARGING_ONLY))


def asks_for_power(profile: Profile) -> bool:
    """Whether a profile says in any of its periods what is to flow, and not only the most of it."""
    return any(mode_of(period) != CHARGING_ONLY for period in _periods(profile))


def check_setpoints(profile: Profile) -> None:
    """Check that what is to flow can be worked out in every period. Raises `NotAProfile`."""
    for period in _periods(profile):
        fields, mode = _fields(period), mode_of(period)
        if mode in _SETPOINT:
            _check_number(fields.get("setpoint"))
        elif mode == _SIGNAL:
            # What is to happen at which frequency is not followed, what a signal asks for is.
            if len(_curve(fields)) < 2:
                raise NotAProfile("a signal needs a curve")
        elif mode not in {CHARGING_ONLY, _IDLE}:
            raise NotAProfile("an operation mode that is not followed")


def power_w(
    profile: Profile,
    period: Mapping[str, Any],
    watts_per_ampere: float,
    signal: int | None,
) -> float | None:
    """Return what is to flow in a period, in watts, below 0 to feed back; None where it only limits."""
    fields, mode = _fields(period), mode_of(period)
    if mode == _IDLE:
        return 0.0
    if mode in _SETPOINT:
        is_amperes = profile.schedule["chargingRateUnit"] == "A"
        return float(fields["setpoint"]) * (watts_per_ampere if is_amperes else 1.0)
    if mode == _SIGNAL:
        baseline_w = float(fields.get("v2xBaseline") or 0.0)
        return baseline_w + (0.0 if signal is None else _on(_curve(fields), signal))
    return None


def takes_signals(profile: Profile, period: Mapping[str, Any]) -> bool:
    """Whether a signal changes what is to flow in a period."""
    return mode_of(period) == _SIGNAL


def acknowledged(profile: Profile, version: OcppVersion) -> dict[str, Any]:
    """Return what an answer has to carry beside its status: in 2.0.1, which operation mode was taken."""
    if version is not OcppVersion.V201 or not asks_for_power(profile):
        return {}
    modes = (mode_of(period) for period in _periods(profile))
    mode = next(mode for mode in modes if mode != CHARGING_ONLY)
    return {"customData": {"vendorId": EXTENSION, "operationMode": mode}}


def _periods(profile: Profile) -> list[Mapping[str, Any]]:
    periods: list[Mapping[str, Any]] = profile.schedule["chargingSchedulePeriod"]
    return periods


def _fields(period: Mapping[str, Any]) -> Mapping[str, Any]:
    custom = period.get("customData")
    if isinstance(custom, Mapping) and custom.get("vendorId") == EXTENSION:
        return {**period, **custom}
    return period


def _curve(fields: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Return the points of a signal's curve, in order. Raises `NotAProfile`."""
    try:
        points = [
            (float(point["signal"]), float(point["power"]))
            for point in fields.get("v2xSignalWattCurve") or ()
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise NotAProfile(str(error)) from error
    if not all(isfinite(number) for point in points for number in point):
        raise NotAProfile("a point of a curve is two numbers")
    return sorted(points)


def _on(points: list[tuple[float, float]], signal: float) -> float:
    """Return the power on a curve: straight between its points, and level beyond them."""
    place = bisect_right(points, (signal, float("inf")))
    if place == 0:
        return points[0][1]
    if place == len(points):
        return points[-1][1]
    (before, low_w), (after, high_w) = points[place - 1], points[place]
    return low_w + (high_w - low_w) * (signal - before) / (after - before)


def _check_number(said: Any) -> None:
    if not isinstance(said, int | float) or not isfinite(said):
        raise NotAProfile("a setpoint is a number")
