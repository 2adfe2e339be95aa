"""What a meter in the house says, and how far it is believed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .limits import Current, Limit
from .phases import ALL_PHASES, Phase, PhaseCurrents


class MeterState(StrEnum):
    """How old the last value is: hold on to a stale one and raise nothing, fall back when it is lost."""

    FRESH = "fresh"
    STALE = "stale"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class MeterReading:
    """Currents on the lines at a node, in amperes; positive is import, negative export. `at` is when they were measured.

    `spoke` are the lines that have spoken by now. Of the others it repeats what they said before.
    """

    at: datetime
    currents: PhaseCurrents
    spoke: tuple[Phase, ...] = ALL_PHASES


@dataclass(frozen=True, slots=True)
class MeterConfig:
    """A meter at a node, and what is kept clear of its limit.

    `fallback` is what the stations below may draw in all while the meter is lost. `largest` is the largest other
    appliance: room is kept for it to start without passing 1.4 times the fuse.
    """

    fallback: Limit
    includes_stations: bool = True
    margin: Current = Current(1.0)
    stale_s: float = 30.0
    lost_s: float = 120.0
    raise_after_s: float = 60.0
    largest: Current = Current(0.0)
    # Only the sum of the lines is measured: what is not ours may be on any one of them.
    sum_only: bool = False
