"""What a load balancing group, or the whole site, is doing now."""

from dataclasses import dataclass

from .configuration import Strategy
from .household import MeterState
from .limits import Limit
from .phases import PhaseCurrents


@dataclass(frozen=True, slots=True)
class GroupState:
    """One group as it is now, or the site (id ""); `used` is measured, on the grid's phases.

    `limit` is the one in use and `rating` that of its form. `headroom` is what its stations could draw beyond what they
    do, on each line; `house` what else its meter sees there. `risk` is the part used up of the time that a breaker
    allows above its rating.
    """

    id: str
    limit: Limit
    rating: Limit | None = None
    strategy: Strategy = Strategy.STATIC
    headroom: PhaseCurrents = PhaseCurrents()
    house: PhaseCurrents | None = None
    meter: MeterState | None = None
    overload: bool = False
    risk: float = 0.0
    shadow: bool = False
    used: PhaseCurrents = PhaseCurrents()
    used_w: float = 0.0
    available_a: float = 0.0
    available_w: float = 0.0
    active: int = 0
    waiting: int = 0
