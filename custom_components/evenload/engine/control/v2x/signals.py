"""Passes a grid operator's signal on to stations that follow it by themselves (2.1 Q08.FR.10 to FR.12, AFRRSignal)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from ...csms.host import Link
from ...model.errors import EvenloadError
from .feeding import Feeding
from .orders import Orders

# A station that did not take it is told again after this.
AGAIN_AFTER = timedelta(seconds=5)


class Signals:
    """Has every station know the signal in force, once its vehicle has a curve for it; one call at a time for each."""

    def __init__(
        self,
        feeding: Feeding,
        orders: Orders,
        link: Callable[[str], Link | None],
        now: Callable[[], datetime],
    ) -> None:
        """Begin with nobody told."""
        self._feeding, self._orders = feeding, orders
        self._link, self._now = link, now
        # The connection on which a station was told, and what.
        self._told: dict[str, tuple[Link, int]] = {}
        self._waits: dict[str, datetime] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def look(self) -> None:
        """Tell whoever has a curve and does not know; when nobody signals any more there is nothing to regulate."""
        now = self._now()
        signal = self._orders.signal_now(now) or 0
        followers = self._followers()
        for identity in self._told.keys() - followers:
            # With another profile it begins anew.
            del self._told[identity]
        for identity in followers - self._tasks.keys():
            link = self._link(identity)
            if link is None or self._told.get(identity) == (link, signal):
                continue
            if now < self._waits.get(identity, now):
                continue
            task = asyncio.create_task(
                self._tell(link, signal), name="evenload grid signal"
            )
            self._tasks[identity] = task
            task.add_done_callback(partial(self._done, identity))

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock: nobody waits any longer."""
        self._waits.clear()
        if (signal := self._orders.signal) is not None:
            self._orders.signal = replace(signal, at=signal.at + by)

    def _done(self, identity: str, _: asyncio.Task[None]) -> None:
        self._tasks.pop(identity, None)

    def _followers(self) -> set[str]:
        """Return the stations that have taken a curve over the signal."""
        return {
            key.identity
            for key in self._feeding
            if (held := self._feeding.taken(key)) is not None and held.signal_curve
        }

    async def _tell(self, link: Link, signal: int) -> None:
        identity = link.identity
        try:
            await link.commands.share_grid_signal(signal, self._now())
        except EvenloadError:
            self._waits[identity] = self._now() + AGAIN_AFTER
        else:
            self._told[identity] = link, signal
            self._waits.pop(identity, None)
