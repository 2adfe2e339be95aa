"""What quirks do when their message has passed: the connection falls, the power goes, another call is made."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from simulator.clock import Clock
from simulator.ocppj.frames import Payload
from simulator.quirks import Quirk

type Act = Callable[[], Coroutine[Any, Any, None]]


class Line(Protocol):
    """What the aftermath happens to."""

    async def call_beside(self, action: str, payload: Payload) -> None:
        """Make a call whose answer nobody waits for."""
        ...

    async def cut(self) -> None:
        """Lose the connection without a word."""
        ...


class Aftermath:
    """What is still to happen on one line."""

    def __init__(self, line: Line, clock: Clock) -> None:
        """Have nothing to do yet."""
        self._line = line
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self.lose_power: Act | None = None

    def follow(self, quirks: list[Quirk], payload: Payload) -> None:
        """Do, in time, what the quirks of a message want done after it."""
        for quirk in quirks:
            if quirk.drop_after_s is not None:
                self.spawn(self._later(quirk.drop_after_s, self._line.cut))
            if quirk.reboot_after_s is not None and self.lose_power:
                self.spawn(self._later(quirk.reboot_after_s, self.lose_power))
            if quirk.then_call:
                action, said = quirk.then_call
                content = said(payload) if callable(said) else said
                self.spawn(self._line.call_beside(action, content))

    async def linger(self, quirks: list[Quirk], also_s: float = 0.0) -> None:
        """Wait as long as the quirks want it."""
        if delay_s := also_s + sum(quirk.delay_s for quirk in quirks):
            await self._clock.sleep(delay_s)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """Leave undone what is not done."""
        for task in self._tasks:
            task.cancel()

    async def _later(self, delay_s: float, act: Act) -> None:
        await self._clock.sleep(delay_s)
        await act()
