"""How many stations are looked at in one turn of the event loop: when all have news, nobody else is to wait for all of them."""

import asyncio
from collections import deque

# To look at one station and write to it takes a quarter of a millisecond.
STATIONS_A_TURN = 16


class Pace:
    """Lets through so many in each turn, in the order in which they came."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._left = STATIONS_A_TURN
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def is_busy(self) -> bool:
        """Whether anybody waits for a turn."""
        return bool(self._waiting)

    async def keep(self) -> None:
        """Wait for a turn that has room; as long as few come there is some at once."""
        loop = asyncio.get_running_loop()
        if self._left == STATIONS_A_TURN:
            loop.call_soon(self._next)
        if self._left:
            self._left -= 1
            return
        turn = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _next(self) -> None:
        self._left = STATIONS_A_TURN
        while self._left and self._waiting:
            turn = self._waiting.popleft()
            # Who was cancelled leaves its place to the next.
            if not turn.done():
                turn.set_result(None)
                self._left -= 1
        if self._left < STATIONS_A_TURN:
            asyncio.get_running_loop().call_soon(self._next)
