"""What a load balancing group is doing now."""

from dataclasses import dataclass

from .limits import Limit
from .phases import PhaseCurrents


@dataclass(frozen=True, slots=True)
class GroupState:
    """One group as it is now; `used` is measured, on the grid's phases."""

    id: str
    limit: Limit
    used: PhaseCurrents = PhaseCurrents()
    used_w: float = 0.0
    available_a: float = 0.0
    available_w: float = 0.0
    active: int = 0
    waiting: int = 0
