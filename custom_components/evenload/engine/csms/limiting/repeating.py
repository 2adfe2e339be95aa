"""Says a limit twice to stations that do not obey the first one after a pause."""

from typing import Protocol

from ...model.limits import MINIMUM_CURRENT_A
from ...model.orders import Layer, LimitOrder, Outcome
from .terms import Knowledge


class Setter(Protocol):
    """What gives a station its limits."""

    async def set(self, order: LimitOrder) -> Outcome:
        """Give an EVSE or the station a limit."""


class Repeating:
    """Gives limits over one connection, once or twice."""

    def __init__(self, limits: Setter, knowledge: Knowledge) -> None:
        """Serve one connection."""
        self._limits = limits
        self._knowledge = knowledge
        # Where the last limit allowed to charge. Of others it is not known: they may have been paused before.
        self._going: set[tuple[int, Layer]] = set()

    async def set(self, order: LimitOrder) -> Outcome:
        """Give an EVSE or the station a limit."""
        where = order.evse, order.layer
        goes = order.current.a >= MINIMUM_CURRENT_A
        resumes = goes and where not in self._going
        outcome = await self._limits.set(order)
        if outcome is not Outcome.APPLIED:
            return outcome
        if goes:
            self._going.add(where)
        else:
            self._going.discard(where)
        if resumes and self._knowledge.quirks().repeats_after_pause:
            return await self._limits.set(order)
        return outcome
