"""Whose frame is dealt with next: a few in each turn of the event loop, so that a crowd holds up nobody else."""

import asyncio
from collections import deque

# A frame costs a millisecond or so with all that follows from it. What else waits for the event loop waits for these.
FRAMES_A_TURN = 4


class Turns:
    """Lets frames through in the order in which they came."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._left = FRAMES_A_TURN
        self._queue: deque[asyncio.Future[None]] = deque()
        self._is_running = False

    async def take(self) -> None:
        """Wait for the turn: none as long as few frames come."""
        if not self._is_running:
            self._is_running = True
            asyncio.get_running_loop().call_soon(self._next)
        if self._left:
            self._left -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        await turn

    def _next(self) -> None:
        """Begin a turn: those who wait longest go first."""
        self._left = FRAMES_A_TURN
        while self._left and self._queue:
            turn = self._queue.popleft()
            # Who has gone meanwhile takes no place.
            if not turn.done():
                turn.set_result(None)
                self._left -= 1
        self._is_running = self._left < FRAMES_A_TURN
        if self._is_running:
            asyncio.get_running_loop().call_soon(self._next)
