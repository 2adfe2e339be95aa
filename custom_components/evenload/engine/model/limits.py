"""Limits, with their unit in the type, and the arithmetic that OCPP asks of them."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
import math

# No vehicle charges below this (IEC 61851-1 annex A: the pilot cannot express less).
MINIMUM_CURRENT_A = 6.0

# Direct current knows no pilot. Vehicles that speak ISO 15118 stop below about this: six amperes at 230 V, in watts.
MINIMUM_DC_POWER_W = 1400.0

# What a station gives as direct current, of what it takes from the grid. Rectifiers do better than this (94 to 97 % at
# their rating, 90 % at a tenth of it): what is counted on the grid is rather too much than too little.
DC_EFFICIENCY = 0.9

# The least that OCPP can express (1.6 §7.14: limit is a multiple of 0.1).
STEP_A = 0.1


class RateUnit(StrEnum):
    """The unit of a charging schedule, as OCPP writes it."""

    AMPERES = "A"
    WATTS = "W"


@dataclass(frozen=True, slots=True, order=True)
class Current:
    """Amperes per phase."""

    a: float

    def __post_init__(self) -> None:
        """Refuse what is not a number: it would leave as the bare word NaN."""
        if not math.isfinite(self.a):
            raise ValueError(f"not a current: {self.a}")


@dataclass(frozen=True, slots=True, order=True)
class Power:
    """Watts in all."""

    w: float

    def __post_init__(self) -> None:
        """Refuse what is not a number: it would leave as the bare word NaN."""
        if not math.isfinite(self.w):
            raise ValueError(f"not a power: {self.w}")


type Limit = Current | Power


def floor_tenths(value: float) -> float:
    """Round down to a tenth, so that a share is never above what was divided.

    A value that misses a tenth only by binary rounding (2.9999999999999996) counts as that tenth.
    Source: OCPP 1.6 §7.14, `multipleOf` 0.1.
    """
    nearest = round(value, 6)
    return float(Decimal(repr(nearest)).quantize(Decimal("0.1"), rounding=ROUND_FLOOR))


def ceil_tenths(value: float) -> float:
    """Round up to a tenth, so that what is needed is never said to be less."""
    return -floor_tenths(-value)


def at_least_minimum(current_a: float, minimum_a: float = MINIMUM_CURRENT_A) -> float:
    """Return the current, or 0 where it is less than a vehicle can take, in amperes."""
    return current_a if current_a >= minimum_a - 1e-9 else 0.0
