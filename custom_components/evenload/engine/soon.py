"""What is asked for often, and worth doing once."""

import asyncio
from collections.abc import Callable


class Soon:
    """Does something once in the next turn of the event loop, however often it was asked for in this one.

    Where no loop runs it is done at once.
    """

    def __init__(self, do: Callable[[], None]) -> None:
        """Do this."""
        self._do = do
        self._asked = False

    def ask(self) -> None:
        """Have it done."""
        if self._asked:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._do()
            return
        self._asked = True
        loop.call_soon(self._now)

    def _now(self) -> None:
        self._asked = False
        self._do()
