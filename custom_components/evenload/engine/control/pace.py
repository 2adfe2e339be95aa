"""How many stations are looked at in one turn of the event loop: when all have news, nobody else is to wait for all of them."""

import asyncio

# To look at one station takes some tenths of a millisecond.
STATIONS_A_TURN = 8


class Pace:
    """Lets through so many in each turn, in the order in which they came."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._left = STATIONS_A_TURN

    async def keep(self) -> None:
        """Wait for a turn that has room; as long as few come there is some at once."""
        while not self._left:
            await asyncio.sleep(0)
        if self._left == STATIONS_A_TURN:
            asyncio.get_running_loop().call_soon(self._next)
        self._left -= 1

    def _next(self) -> None:
        self._left = STATIONS_A_TURN
