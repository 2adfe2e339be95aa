"""What a period of a schedule says beyond a limit, and what a station makes of it (OCPP 2.1 block Q)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Self

from simulator.profiles import RateUnit

LINES = ("", "_L2", "_L3")


class Mode(StrEnum):
    """Who decides how much flows, and which way (OperationModeEnumType)."""

    IDLE = "Idle"
    CHARGING_ONLY = "ChargingOnly"
    CENTRAL_SETPOINT = "CentralSetpoint"
    EXTERNAL_SETPOINT = "ExternalSetpoint"
    EXTERNAL_LIMITS = "ExternalLimits"
    CENTRAL_FREQUENCY = "CentralFrequency"
    LOCAL_FREQUENCY = "LocalFrequency"
    LOCAL_LOAD_BALANCING = "LocalLoadBalancing"


# A curve's points: where (a frequency, a signal), and how many watts there.
type Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A value of each line, or with one value of all of them together: watts, or amperes of each line."""

    values: tuple[float, ...]
    unit: RateUnit

    @classmethod
    def read(cls, fields: Mapping[str, Any], name: str, unit: RateUnit) -> Self | None:
        """The field of that name and those for the other lines, where there are any."""
        if name not in fields:
            return None
        named = [fields[name + line] for line in LINES if name + line in fields]
        return cls(tuple(float(value) for value in named), unit)

    def watts(self, lines: int, voltage_v: float) -> tuple[float, ...]:
        """Watts of each of so many lines."""
        volts = voltage_v if self.unit is RateUnit.AMPERES else 1.0
        if len(self.values) > 1:
            padded = (*self.values, *(0.0,) * lines)[:lines]
            return tuple(value * volts for value in padded)
        shared = 1 if self.unit is RateUnit.AMPERES else lines
        return (self.values[0] * volts / shared,) * lines


@dataclass(frozen=True, slots=True)
class Order:
    """What is to flow, and within which bounds; positive is into the vehicle."""

    mode: Mode = Mode.CENTRAL_SETPOINT
    setpoint: Amount | None = None
    charge: Amount | None = None
    discharge: Amount | None = None
    baseline_w: float = 0.0
    frequency_curve: Curve = ()
    signal_curve: Curve = ()

    @classmethod
    def read(cls, fields: Mapping[str, Any], unit: RateUnit) -> Self | None:
        """The order that the fields of a period amount to; None where they only limit."""
        mode = Mode(fields.get("operationMode", Mode.CHARGING_ONLY))
        charge = Amount.read(fields, "limit", unit)
        by_line = charge is not None and len(charge.values) > 1
        if mode is Mode.CHARGING_ONLY and not by_line:
            return None
        return cls(
            mode,
            Amount.read(fields, "setpoint", unit),
            charge,
            Amount.read(fields, "dischargeLimit", unit),
            float(fields.get("v2xBaseline", 0.0)),
            _curve(fields.get("v2xFreqWattCurve", ()), "frequency"),
            _curve(fields.get("v2xSignalWattCurve", ()), "signal"),
        )

    @classmethod
    def of_watts(cls, power_w: float) -> Self:
        """So much in all."""
        return cls(setpoint=Amount((power_w,), RateUnit.WATTS))


def along(curve: Curve, at: float) -> float:
    """The watts of a curve: straight between its points, and level beyond its ends."""
    if not curve:
        return 0.0
    points = sorted(curve)
    if at <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return points[-1][1]


def _curve(points: Any, at: str) -> Curve:
    return tuple((float(point[at]), float(point["power"])) for point in points)
