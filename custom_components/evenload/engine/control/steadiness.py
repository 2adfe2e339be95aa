"""Whether our own clock was set: it then shows another time than the one that has passed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ..model.readings import Reading
from ..model.stations import Evse, Station

# How often to look when nothing is heard, in seconds.
LOOK_S = 30.0

# Clocks that are kept right are moved by less than this between two looks.
SET = timedelta(seconds=2)


class Steadiness:
    """Compares our clock with the event loop's, which nobody sets; where no loop runs there is nothing to compare."""

    def __init__(
        self, now: Callable[[], datetime], was_set: Callable[[timedelta], None]
    ) -> None:
        """Watch this clock; `was_set` hears by how much it was set, forward or back."""
        self._now = now
        self._was_set = was_set
        # What our clock showed when the loop's was at 0.
        self._origin: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def look(self) -> None:
        """Compare now, and again in a while."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self._timer is None and not self._is_closed:
            self._timer = loop.call_later(LOOK_S, self._again)
        before, origin = self._origin, self._now() - timedelta(seconds=loop.time())
        self._origin = origin
        if before is not None and abs(origin - before) > SET:
            self._was_set(origin - before)

    def now(self) -> datetime:
        """Return what our clock shows, as it went when it was last looked at: that it was set shows only when everybody is told."""
        now = self._now()
        if self._origin is None:
            return now
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return now
        steady = self._origin + timedelta(seconds=loop.time())
        return steady if abs(steady - now) > SET else now

    def close(self) -> None:
        """Look no more."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _again(self) -> None:
        self._timer = None
        self.look()


def at_present(station: Station, now: datetime) -> Station:
    """Return a station of which nothing was heard later than now: else what comes would be taken for late."""
    return replace(
        station,
        evses={number: _evse(evse, now) for number, evse in station.evses.items()},
    )


def _evse(evse: Evse, now: datetime) -> Evse:
    return replace(
        evse,
        reading=_reading(evse.reading, now),
        metered_at=evse.metered_at and min(evse.metered_at, now),
        status_at=evse.status_at and min(evse.status_at, now),
    )


def _reading(reading: Reading, now: datetime) -> Reading:
    return replace(
        reading,
        at=reading.at and min(reading.at, now),
        live_at={phase: min(at, now) for phase, at in reading.live_at.items()},
    )
