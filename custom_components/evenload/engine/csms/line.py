"""Whose turn it is to ask a station: one at a time, limits before setpoints, and those before all else that waits."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum

# After so long without an answer, in seconds, who ranks higher asks all the same. How long to wait for an answer is ours to choose (OCPP-J 1.6 §4.1.1,
# 2.x part 4 §4.1.4), and a lower limit cannot wait for a station that never answers to something else.
OVERTAKE_S = 1.5


class Rank(IntEnum):
    """Who goes first: the lower number."""

    LIMIT = 0
    SETPOINT = 1
    OTHER = 2
    # What others want to know of the station, or do with it.
    RELAYED = 3


_RANK = ContextVar("rank", default=Rank.OTHER)


def usual_rank() -> Rank:
    """Return the rank of what is neither a limit nor a setpoint."""
    return _RANK.get()


@contextmanager
def for_others() -> Iterator[None]:
    """Have what is asked inside wait behind all that the house itself asks."""
    before = _RANK.set(Rank.RELAYED)
    try:
        yield
    finally:
        _RANK.reset(before)


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """Somebody's turn, since a time of the event loop."""

    rank: Rank
    since: float


class Line:
    """A lock whose waiters come in ranks; within each, who came first goes first."""

    def __init__(self) -> None:
        """Begin free."""
        # The last was given last; those before were overtaken, and may still be answered.
        self._given: list[Turn] = []
        self._waiting: tuple[deque[asyncio.Future[Turn]], ...] = tuple(
            deque() for _ in Rank
        )
        self._alarm: asyncio.TimerHandle | None = None

    async def enter(self, rank: Rank = Rank.OTHER) -> Turn:
        """Wait for the turn; it is kept until `leave`."""
        loop = asyncio.get_running_loop()
        if not self._given:
            self._given.append(turn := Turn(rank, loop.time()))
            return turn
        waiting: asyncio.Future[Turn] = loop.create_future()
        self._waiting[rank].append(waiting)
        self._next()
        try:
            return await waiting
        except asyncio.CancelledError:
            # Who gives up in the moment in which the turn comes must hand it on, or nobody would ever get it.
            if not waiting.cancelled():
                self.leave(waiting.result())
            raise

    def leave(self, turn: Turn) -> None:
        """Give the turn to the next who still waits; the line is free when nobody does."""
        self._given.remove(turn)
        self._next()

    def _next(self) -> None:
        """Let whoever is first go, now or as soon as nobody is in the way any more."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        first = self._first()
        if first is None:
            return
        loop = asyncio.get_running_loop()
        rank, waiting = first
        if any(turn.rank <= rank for turn in self._given):
            return
        free_at = max((turn.since for turn in self._given), default=0.0) + OVERTAKE_S
        if self._given and loop.time() < free_at:
            self._alarm = loop.call_at(free_at, self._next)
            return
        self._waiting[rank].popleft()
        self._given.append(turn := Turn(rank, loop.time()))
        waiting.set_result(turn)

    def _first(self) -> tuple[Rank, asyncio.Future[Turn]] | None:
        """Return who is to go next, and as what; None where nobody waits any more."""
        for rank, waiting in zip(Rank, self._waiting, strict=True):
            while waiting and waiting[0].done():
                waiting.popleft()
            if waiting:
                return rank, waiting[0]
        return None
