"""All that is told above of one station: what waits in order, and beside it what would hold that up.

A transaction that is refused again and again is told apart from the others, in its own order, for as long as that may help: 1.6 §3.7.1 and 2.x E13 would have it
thrown away after a few tries. Answers to requests go at once: somebody waits for them, and they are no transaction's (1.6 §3.7, 2.x E12).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from .aside import Aside
from .file import Message
from .names import Saying
from .outbox import Outbox
from .teller import Teller, Trial

# A report comes in parts, some hundreds for a large station.
MOST_REPLIES = 2000

# Where the first in order is in the way, and where the replies are.
_IN_ORDER, _REPLIES = "", "replies"


class Telling:
    """Tells for one station, over all its connections."""

    def __init__(
        self,
        station: str,
        outbox: Outbox,
        say: Callable[[Saying], Awaitable[None]],
        is_heard: Callable[[], Awaitable[bool]],
        trouble: Callable[[str], None],
    ) -> None:
        """Tell nothing yet; `is_heard` returns whether anything is taken above, `trouble` hears what is in the way, and "" when nothing is."""
        self._station = station
        self._outbox = outbox
        self._say = say
        self._is_heard = is_heard
        self._trouble = trouble
        self._troubles: dict[str, str] = {}
        self._replies = Aside(MOST_REPLIES)
        self._first = Teller(
            station, outbox, say, is_heard, self._noting(_IN_ORDER), self._set_aside
        )
        self._at_once = Teller(
            station, self._replies, say, is_heard, self._noting(_REPLIES)
        )
        self._besides: dict[str, Teller] = {}
        self._tasks: asyncio.TaskGroup | None = None

    def __len__(self) -> int:
        """Return how many messages wait."""
        return self._outbox.count(self._station) + len(self._replies)

    def reply(self, action: str, payload: dict[str, Any]) -> None:
        """Tell what those above have asked for, before all that waits."""
        self._replies.say(self._station, action, payload)

    async def live(self) -> None:
        """Tell what there is while a connection lasts. Raises a group of `NotConnected` or `StationSilent` of the other side."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                tasks.create_task(self._at_once.live())
                for key, aside in [*self._outbox.asides(self._station).items()]:
                    tasks.create_task(self._tell_beside(key, aside))
                while True:
                    await self._tell_in_order()
        finally:
            self._tasks = None

    async def _tell_in_order(self) -> None:
        message = await self._outbox.next(self._station)
        if self._outbox.is_aside(message):
            self._outbox.set_aside(message)
            return
        await self._first.tell_one()

    def _set_aside(self, message: Message, trial: Trial) -> None:
        """Tell a transaction beside the others from now on."""
        key = self._outbox.set_aside(message)
        self._besides[key] = teller = self._teller(key)
        teller.go_on(trial)
        if self._tasks is not None:
            aside = self._outbox.asides(self._station)[key]
            self._tasks.create_task(self._tell_beside(key, aside))

    async def _tell_beside(self, key: str, aside: Aside) -> None:
        """Tell what is left of a transaction. Raises what `live` raises, one by one."""
        teller = self._besides.get(key) or self._teller(key)
        self._besides[key] = teller
        while aside:
            await teller.tell_one()
        del self._besides[key]

    def _teller(self, key: str) -> Teller:
        aside = self._outbox.asides(self._station)[key]
        return Teller(
            self._station, aside, self._say, self._is_heard, self._noting(key)
        )

    def _noting(self, place: str) -> Callable[[str], None]:
        """Return what notes what is in the way in one place."""

        def note(trouble: str) -> None:
            self._troubles.pop(place, None)
            if trouble:
                self._troubles[place] = trouble
            self._trouble(next(iter(self._troubles.values()), ""))

        return note
