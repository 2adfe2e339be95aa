"""Time as the simulator sees it: real, or moved by hand."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
import heapq
import itertools
import time
from typing import Any, Protocol

# Loopback sockets need a handful of event-loop turns for a frame to travel there and back.
STEP_TURNS = 10
SETTLE_TURNS = 60
# A day at once would charge the vehicles of a whole week.
LONGEST_S = 3600
VIRTUAL_START = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Clock(Protocol):
    """What the simulator needs of time."""

    def now(self) -> datetime:
        """Wall clock time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        ...

    async def sleep(self, delay_s: float) -> None:
        """Return when that much of this clock's time has passed."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Wall clock time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    async def sleep(self, delay_s: float) -> None:
        """Return after that many seconds."""
        await asyncio.sleep(delay_s)


class ForwardClock(SystemClock):
    """The computer's own clock, which can be put forward: what takes long is then over."""

    def __init__(self) -> None:
        """Begin with the computer's time."""
        self._ahead_s = 0.0

    def now(self) -> datetime:
        """Wall clock time, aware, in UTC."""
        return super().now() + timedelta(seconds=self._ahead_s)

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return super().monotonic() + self._ahead_s

    def forward(self, duration_s: float) -> None:
        """Let so much time be over; raises ValueError for what is no time."""
        if not 0 <= duration_s <= LONGEST_S:
            raise ValueError(f"from 0 to {LONGEST_S} seconds can pass at once")
        self._ahead_s += duration_s


class VirtualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: datetime = VIRTUAL_START) -> None:
        """Start at the given wall clock time."""
        self._start = start
        self._elapsed_s = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Wall clock time, aware, in UTC."""
        return self._start + timedelta(seconds=self._elapsed_s)

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._elapsed_s

    async def sleep(self, delay_s: float) -> None:
        """Return once the clock was advanced by that much."""
        if delay_s <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(
            self._sleepers, (self._elapsed_s + delay_s, next(self._order), woken)
        )
        await woken

    async def advance(self, duration_s: float) -> None:
        """Move time on, waking every sleeper at its moment and letting the others react in between."""
        end_s = self._elapsed_s + duration_s
        while self._sleepers and self._sleepers[0][0] <= end_s:
            self._elapsed_s = max(self._elapsed_s, self._sleepers[0][0])
            while self._sleepers and self._sleepers[0][0] <= self._elapsed_s:
                woken = heapq.heappop(self._sleepers)[2]
                if not woken.done():
                    woken.set_result(None)
            await _turn(STEP_TURNS)
        self._elapsed_s = end_s
        await self.settle()

    async def settle(self) -> None:
        """Let tasks and sockets do what they can do without time passing."""
        await _turn(SETTLE_TURNS)


async def _turn(turns: int) -> None:
    """Let the event loop go round."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def within[T](clock: Clock, outcome: Awaitable[T], timeout_s: float) -> T:
    """Wait for the outcome, at most that long by this clock; raises TimeoutError and gives the outcome up."""
    awaited = asyncio.ensure_future(outcome)
    timer = asyncio.ensure_future(clock.sleep(timeout_s))
    both: set[asyncio.Future[Any]] = {awaited, timer}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not awaited.done():
            raise TimeoutError(f"no outcome within {timeout_s} s")
        return awaited.result()
    finally:
        awaited.cancel()
        timer.cancel()
