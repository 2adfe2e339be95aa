"""Unknown stations that have gone: told only when they stay away, as stations redial all the time."""

import asyncio
from collections.abc import Callable

from .observers import Observers, Unsubscribe

# How long an unknown station may be away before its announcement goes.
AWAY_S = 180.0


class Absences:
    """Waits for who has left."""

    def __init__(self, is_back: Callable[[str], bool]) -> None:
        """Begin with nobody; `is_back` tells whether a station waits to be adopted again."""
        self._is_back = is_back
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._observers = Observers[str]()

    def add(self, observer: Callable[[str], None]) -> Unsubscribe:
        """Tell an observer of stations that stay away."""
        return self._observers.add(None, observer)

    def left(self, identity: str) -> None:
        """Begin to wait for a station."""
        if identity in self._timers:
            self._timers[identity].cancel()
        loop = asyncio.get_running_loop()
        self._timers[identity] = loop.call_later(AWAY_S, self._stays_away, identity)

    def close(self) -> None:
        """Wait for nobody any more."""
        for timer in self._timers.values():
            timer.cancel()

    def _stays_away(self, identity: str) -> None:
        del self._timers[identity]
        if not self._is_back(identity):
            self._observers.tell(None, identity)
