"""Whose turn it is to ask a station: one at a time, and what is urgent before all that waits."""

import asyncio
from collections import deque


class Line:
    """A lock whose waiters come in two classes; within each, who came first goes first."""

    def __init__(self) -> None:
        """Begin free."""
        self._taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    async def enter(self, *, urgent: bool) -> None:
        """Wait for the turn; it is kept until `leave`."""
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._others).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            # Who gives up in the moment in which the turn comes must hand it on, or nobody would ever get it.
            if not turn.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give the turn to the next who still waits; the line is free when nobody does."""
        for waiting in (self._urgent, self._others):
            while waiting:
                turn = waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._taken = False
