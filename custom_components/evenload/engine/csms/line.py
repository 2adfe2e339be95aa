"""Whose turn it is to ask a station: one at a time, limits before setpoints, and those before all else that waits."""

import asyncio
from collections import deque
from enum import IntEnum


class Rank(IntEnum):
    """Who goes first: the lower number."""

    LIMIT = 0
    SETPOINT = 1
    OTHER = 2


class Line:
    """A lock whose waiters come in ranks; within each, who came first goes first."""

    def __init__(self) -> None:
        """Begin free."""
        self._taken = False
        self._waiting: tuple[deque[asyncio.Future[None]], ...] = tuple(
            deque() for _ in Rank
        )

    async def enter(self, rank: Rank = Rank.OTHER) -> None:
        """Wait for the turn; it is kept until `leave`."""
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[rank].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            # Who gives up in the moment in which the turn comes must hand it on, or nobody would ever get it.
            if not turn.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give the turn to the next who still waits; the line is free when nobody does."""
        for waiting in self._waiting:
            while waiting:
                turn = waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._taken = False
