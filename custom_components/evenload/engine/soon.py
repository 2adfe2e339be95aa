"""What is asked for often, and worth doing once."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf

# What is done gradually for each of many takes a millisecond or two for each.
_A_TURN = 4

# Clocks are not exact.
_SURELY_S = 0.02


class Soon:
    """Does something once in the next turn of the event loop, however often it was asked for in this one.

    Where no loop runs it is done at once.
    """

    def __init__(
        self, do: Callable[[], None], waits: Callable[[], bool] = lambda: False
    ) -> None:
        """Do this; `waits` tells whether there is more urgent work."""
        self._do = do
        self._waits = waits
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
        if self._waits():
            asyncio.get_running_loop().call_soon(self._now)
            return
        self._asked = False
        self._do()


class Paced:
    """Does something at once when it is asked for, but no more often than every so many seconds; the last time it is asked for counts, too.

    Where no loop runs it is done at once.
    """

    def __init__(self, do: Callable[[], None], every_s: float) -> None:
        """Do this, that often at most."""
        self._do = do
        self._every_s = every_s
        self._next_at = -inf
        self._timer: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """Have it done."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._do()
            return
        if self._timer is not None:
            return
        if loop.time() >= self._next_at:
            self._now()
            return
        self._timer = loop.call_at(self._next_at, self._now)

    def cancel(self) -> None:
        """Have it done no more, until it is asked for again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _now(self) -> None:
        self._timer = None
        self._next_at = asyncio.get_running_loop().time() + self._every_s
        self._do()


class Gradually:
    """Does something once for each of many, a few in each turn of the event loop, and nothing while `waits` says so.

    Where no loop runs it is done at once.
    """

    def __init__(self, do: Callable[[str], None], waits: Callable[[], bool]) -> None:
        """Do this for each that is asked for; `waits` tells whether there is more urgent work."""
        self._do = do
        self._waits = waits
        # In the order in which they were asked for.
        self._asked: dict[str, None] = {}

    def ask(self, one: str) -> None:
        """Have it done for one of them, if that is not to be done already."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._do(one)
            return
        if not self._asked:
            loop.call_soon(self._some)
        self._asked[one] = None

    def _some(self) -> None:
        for one in [] if self._waits() else list(self._asked)[:_A_TURN]:
            del self._asked[one]
            self._do(one)
        if self._asked:
            asyncio.get_running_loop().call_soon(self._some)


class Later:
    """Does something once at a moment, the last that was set; where no loop runs it never comes."""

    def __init__(self, do: Callable[[], None], now: Callable[[], datetime]) -> None:
        """Do this; `now` is the clock."""
        self._do = do
        self._now = now
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def set(self, at: datetime | None) -> None:
        """Have it done when a moment has surely passed, or not at all."""
        self.cancel()
        if at is None or self._is_closed:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        in_s = max(_SURELY_S, (at - self._now()).total_seconds() + _SURELY_S)
        self._timer = loop.call_later(in_s, self._do)

    def cancel(self) -> None:
        """Have it done no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Never do it again."""
        self._is_closed = True
        self.cancel()


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)
