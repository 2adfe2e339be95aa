"""What several of those above let through together: the least, until the first of it changes."""

from collections.abc import Mapping
from datetime import datetime
from math import inf

from .control.planned.leave import Leave
from .model.identity import EvseKey


def lower_of(
    some: Mapping[EvseKey, Leave], others: Mapping[EvseKey, Leave]
) -> Mapping[EvseKey, Leave]:
    """Return of each EVSE what lets less through."""
    return {**some, **others} | {
        key: min(some[key], others[key], key=_most_a)
        for key in some.keys() & others.keys()
    }


def _most_a(leave: Leave) -> float:
    if leave.paused:
        return -1.0
    return inf if leave.maximum_a is None else leave.maximum_a


def earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two moments, where there are any."""
    return min((at for at in (one, other) if at is not None), default=None)
