"""What a load balancing group is doing now."""

from dataclasses import dataclass

from .configuration import Strategy
from .household import MeterState
from .limits import Limit
from .phases import PhaseCurrents


@dataclass(frozen=True, slots=True)
class GroupState:
    """One group as it is now, or the whole site; `used` is measured, on the grid's phases.

    `limit` is what holds now, `rating` the form's, which it can never be above. `headroom` is what the stations below
    could still draw more on each phase, in amperes.
    """

    id: str
    limit: Limit
    used: PhaseCurrents = PhaseCurrents()
    used_w: float = 0.0
    available_a: float = 0.0
    available_w: float = 0.0
    active: int = 0
    waiting: int = 0
    strategy: Strategy = Strategy.STATIC
    rating: Limit | None = None
    headroom: PhaseCurrents = PhaseCurrents()
    # None: it has no meter of its own.
    meter: MeterState | None = None
    overload: bool = False
    # Computed and shown, and nothing is sent.
    shadow: bool = False
