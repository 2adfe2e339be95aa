"""Who looks on is told of sessions that were put on record, when what belongs to them was said as well.

A session is written before its end is told of, and some stations say that nobody is there before they say what was taken.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from .model.sessions import Booked
from .observers import Observers
from .sessions.visits import UNTOLD

SETTLED_S = 3.0
UNTOLD_S = 60.0


class BookedNews:
    """Sessions that were written and nobody was told of yet; observers are called by EVSE, and with None for all."""

    def __init__(self) -> None:
        """Begin with none."""
        self.observers = Observers[Booked]()
        self._news: dict[int, Booked] = {}
        # Since when the end of a session is waited for.
        self._since: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def take(self, booked: Iterable[Booked]) -> None:
        """Take what was written; of a session that was written twice the last counts, and that it was news."""
        for one in booked:
            known = self._news.get(one.id)
            is_news = one.is_news or (known is not None and known.is_news)
            self._news[one.id] = replace(one, is_news=is_news)
        if self._news and self._timer is None and not self._is_closed:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(SETTLED_S, self.tell)

    def close(self) -> None:
        """Tell the rest."""
        self._is_closed = True
        self.tell()

    def cancel(self) -> None:
        """Tell nothing more."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def tell(self) -> None:
        """Tell what has settled."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._news:
            return
        loop = asyncio.get_running_loop()
        for one in tuple(self._news.values()):
            waits_s = loop.time() - self._since.setdefault(one.id, loop.time())
            if _is_untold(one) and waits_s < UNTOLD_S and not self._is_closed:
                continue
            del self._news[one.id], self._since[one.id]
            self.observers.tell(None, one)
            self.observers.tell(one.session.key, one)
        if self._news:
            self._timer = loop.call_later(SETTLED_S, self.tell)


def _is_untold(booked: Booked) -> bool:
    """Whether the station has yet to say how the last transaction of a session ended."""
    last = booked.session.transactions[-1:]
    return booked.is_news and bool(last) and last[0].end_reason == UNTOLD
