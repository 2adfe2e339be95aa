"""Whose turn it is, since when, and how often a session was paused to make room for others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..model.allotments import Allotment, Demand, Reason
from ..model.identity import EvseKey

# What is done to a vehicle for others' sake; all else is its owner's wish, or its own.
_FOR_OTHERS = frozenset({Reason.WAITING_FOR_TURN, Reason.NOT_ENOUGH})


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether an EVSE is served, since when, and the pauses of its session."""

    session: datetime | None = None
    is_served: bool = False
    since: datetime | None = None
    pauses: int = 0


class Turns:
    """The turns of all EVSEs."""

    def __init__(self) -> None:
        """Begin with nobody served."""
        self._turns: dict[EvseKey, Turn] = {}

    def of(self, key: EvseKey, session: datetime | None) -> Turn:
        """Return the turn of an EVSE in this session."""
        turn = self._turns.get(key)
        if turn is None or turn.session != session:
            return Turn(session)
        return turn

    def note(
        self,
        demands: Iterable[Demand],
        allotments: Mapping[EvseKey, Allotment],
        now: datetime,
    ) -> None:
        """Note who is served by these allotments."""
        turns: dict[EvseKey, Turn] = {}
        for demand in demands:
            key, allotment = demand.key, allotments[demand.key]
            before = self.of(key, demand.plugged_in_at)
            served = demand.wants and allotment.current.a > 0
            if served is before.is_served and before.since is not None:
                turns[key] = before
                continue
            made_room = before.is_served and allotment.reason in _FOR_OTHERS
            turns[key] = Turn(
                demand.plugged_in_at, served, now, before.pauses + made_room
            )
        self._turns = turns
