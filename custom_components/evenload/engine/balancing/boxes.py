"""Inside a station: who may charge where only one can, and what counts of those that cannot be told."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ..model.allotments import Demand
from ..model.loads import Load

_LAST = datetime.max.replace(tzinfo=UTC)


def holder(demands: Sequence[Demand]) -> Demand | None:
    """Return the one EVSE that charges, of a station that charges one vehicle at a time: the one that does, or came first."""
    held = [demand for demand in demands if demand.fixed_a]
    wanting = [
        demand
        for demand in demands
        if demand.wants and not demand.paused and demand.fixed_a is None
    ]
    return min(held or wanting, key=_turn, default=None)


def _turn(demand: Demand) -> tuple[object, ...]:
    return (
        not demand.charging,
        not demand.is_served,
        not demand.boosted,
        demand.plugged_in_at or _LAST,
        demand.key,
    )


def greatest(loads: Sequence[tuple[Load, float]]) -> Load:
    """Return the most that one of several loads may be on every line, each with its current in amperes."""
    on = [
        max((load.on[line] * current_a for load, current_a in loads), key=abs)
        for line in range(3)
    ]
    watts = max(load.watts * current_a for load, current_a in loads)
    return Load((on[0], on[1], on[2]), watts)


def instead(first: Load, second: Load) -> float:
    """Return how many amperes of the second load are nowhere more than one of the first; 0 where none are."""
    least = first.watts / second.watts if second.watts else 1.0
    for one, other in zip(first.on, second.on, strict=True):
        if other:
            ratio = one / other
            if ratio.real <= 0 or abs(ratio.imag) > 1e-9:
                return 0.0
            least = min(least, ratio.real)
    return least
