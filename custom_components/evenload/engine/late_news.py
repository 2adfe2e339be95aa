"""Who looks on is told of energy that came late, when the flood in which it came is over."""

import asyncio

from .model.sessions import LateEnergy
from .observers import Observers
from .sessions.lateness import Lateness

FLOOD_S = 10.0


class LateNews:
    """Late energy that nobody was told of yet; observers are called with None."""

    def __init__(self, found: Lateness) -> None:
        """Tell of what is gathered there."""
        self.observers = Observers[LateEnergy]()
        self._found = found
        self._flood: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Have what has come told of soon; where no loop runs it waits."""
        if self._found.is_empty or self._flood is not None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._flood = loop.call_later(FLOOD_S, self.tell)

    def cancel(self) -> None:
        """Tell nothing more, until more comes."""
        if self._flood is not None:
            self._flood.cancel()
            self._flood = None

    def tell(self) -> None:
        """Tell what has come."""
        self.cancel()
        for one in self._found.take():
            self.observers.tell(None, one)
