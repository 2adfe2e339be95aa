"""What everything else on a line draws: what the meter read, less what our own stations draw there.

Both are never read at the same moment. A meter that rises shows either the house, or a vehicle that has begun to take
what it may: its station will say so within a minute. So the estimate changes as little as the readings allow:

- what fell, fell at once, for those who hold what they have; for those who want more it fell only after it has been
  lower for a while;
- what rose counts at once, except for what vehicles explain that may draw more than they last said, until they have
  spoken again. What they may draw has its place below the limit, so this hides no overload;
- above the limit nothing is explained any more but by vehicles that were told to let go and have time to follow, or have just
  done so: their station may say it before the meter shows it.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from .drawn import METER_LAG

# A vehicle that explains a rise has spoken by then (stations speak once a minute at least).
EXPLAIN = timedelta(seconds=75)

# A vehicle takes seconds to reach its limit: what rises by more than this is still rising, and stations average a little.
STEP_A = 1.0
LAG = timedelta(seconds=3)

# Beyond this multiple of the limit not even seconds are left, so no vehicle explains it (see the table in `trip_risk`).
WORST_RATIO = 2.0

_SAME_A = 0.05


class RollingMaximum:
    """The greatest of the values that held within the last so many seconds. A value holds until the next one comes."""

    def __init__(self, window_s: float) -> None:
        """Know no value yet."""
        self._window = timedelta(seconds=window_s)
        self._since: datetime | None = None
        # Falling values, each with the moment when it ended; the last one holds still.
        self._falling: deque[tuple[float, datetime | None]] = deque()

    def add(self, value: float, now: datetime) -> None:
        """Take the value that holds from now on; each costs the same on average."""
        if self._since is None or now < self._since:
            self._since = now
        if self._falling:
            latest, _ = self._falling.pop()
            self._falling.append((latest, now))
        self._expire(now)
        while self._falling and self._falling[-1][0] <= value:
            self._falling.pop()
        self._falling.append((value, None))

    def highest(self, now: datetime) -> float | None:
        """Return the greatest value; None while the first is younger than the window."""
        if self._since is None or self._since > now or now - self._since < self._window:
            return None
        self._expire(now)
        return self._falling[0][0]

    def falls_at(self, now: datetime) -> datetime | None:
        """Return when the maximum falls next if nothing is heard."""
        if self._since is None:
            return None
        if now - self._since < self._window:
            return self._since + self._window
        self._expire(now)
        _, ended = self._falling[0]
        return None if ended is None else ended + self._window

    def clear(self) -> None:
        """Forget all values: they are of another time."""
        self._since = None
        self._falling.clear()

    def _expire(self, now: datetime) -> None:
        while (ended := self._falling[0][1] if self._falling else None) is not None:
            if ended > now:
                # The clock was set back: what ended later than now ended now.
                self._falling[0] = (self._falling[0][0], now)
                return
            if now - ended < self._window:
                return
            self._falling.popleft()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What our stations draw on one line, in amperes, when the meter was read.

    `certain_a` is in the reading. `settling_a` may be, because it was only just forbidden; `rising_a` may be, because
    it is allowed and whoever is allowed it has not spoken since. Where only a sum is measured, `elsewhere_a` may be the
    same of vehicles on other lines. `told_a` was told to let go of late, whether or not it has done so by now.
    """

    certain_a: float = 0.0
    settling_a: float = 0.0
    rising_a: float = 0.0
    elsewhere_a: float = 0.0
    told_a: float = 0.0


@dataclass(frozen=True, slots=True)
class _Rise:
    """A rise that a vehicle may explain: since when, when it last was more than noise, and all that it may be."""

    since: datetime
    stepped_at: datetime
    worst_a: float


class _Peak:
    """The greatest value of a moment, as long as a meter may still show it."""

    def __init__(self) -> None:
        self._value = 0.0
        self._at: datetime | None = None

    def hold(self, value: float, now: datetime) -> float:
        at = self._at
        if value >= self._value or at is None or not now - METER_LAG <= at <= now:
            self._value, self._at = value, now
        return self._value


class Background:
    """The estimate for one line, or for the sum of all."""

    def __init__(self, raise_after_s: float) -> None:
        """Know nothing yet."""
        # What else is drawn now.
        self.present_a: float | None = None
        self._past = RollingMaximum(raise_after_s)
        # What they drew, and were to let go: a meter that is late still shows it.
        self._had = _Peak()
        self._settling = _Peak()
        self._rise: _Rise | None = None

    def rising_since(
        self, load_a: float, certain_a: float, now: datetime
    ) -> datetime | None:
        """Return since when a reading is more than what is known to be drawn; None when nothing has to be explained.

        Of a first reading all has to be.
        """
        worst_a = load_a - certain_a
        if self.present_a is not None and worst_a <= self.present_a + _SAME_A:
            self._rise = None
            return None
        if self._rise is None or self._rise.since > now:
            self._rise = _Rise(now, now, worst_a)
        elif worst_a > self._rise.worst_a + STEP_A:
            self._rise = _Rise(self._rise.since, now, worst_a)
        return self._rise.stepped_at

    def is_overdue(self, now: datetime) -> bool:
        """Whether a rise has lasted for longer than any vehicle explains it."""
        return self._rise is not None and now - self._rise.since >= EXPLAIN

    def read(
        self,
        load_a: float,
        limit_a: float,
        stations: Explanation,
        now: datetime,
        *,
        insist: bool = False,
    ) -> None:
        """Take what the meter reads; `insist`: what was to explain an overload did not, in time."""
        worst_a = load_a - stations.certain_a
        sure_a = stations.certain_a
        settling_a = self._settling.hold(stations.settling_a, now)
        had_a = self._had.hold(sure_a + stations.settling_a, now)
        self.rising_since(load_a, stations.certain_a, now)
        if self._rise is None:
            self._set(worst_a, now)
            return
        here_a = load_a - stations.elsewhere_a
        if insist:
            explained_a = 0.0
        elif here_a > limit_a:
            # Who was told to let go, and has said so since, may still be in a reading that is some seconds old.
            gone_a = min(stations.told_a, had_a - sure_a)
            explained_a = max(settling_a, gone_a) + stations.elsewhere_a
        else:
            explained_a = max(settling_a + stations.rising_a, had_a - sure_a)
            explained_a = min(explained_a, WORST_RATIO * limit_a - here_a)
            explained_a += stations.elsewhere_a
        present_a = worst_a - explained_a
        if self.present_a is not None:
            present_a = max(self.present_a, present_a)
        if worst_a - present_a <= _SAME_A:
            present_a, self._rise = worst_a, None
        self._set(present_a, now)

    def patient_a(self, now: datetime) -> float | None:
        """Return what has not been exceeded for a while; None while it is not known for so long."""
        highest_a = self._past.highest(now)
        if highest_a is None or self._rise is None:
            return highest_a
        return max(highest_a, self._rise.worst_a)

    @property
    def worst_a(self) -> float | None:
        """What else is drawn if no vehicle explains any of it."""
        return self.present_a if self._rise is None else self._rise.worst_a

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when there may be more room, or less, if nothing is heard."""
        moments = [self._past.falls_at(now)]
        if self._rise is not None:
            moments.append(self._rise.since + EXPLAIN)
        return min(
            (moment for moment in moments if moment is not None and moment > now),
            default=None,
        )

    def forget(self) -> None:
        """Forget everything: nothing was heard for too long."""
        self.present_a = self._rise = None
        self._had, self._settling = _Peak(), _Peak()
        self._past.clear()

    def _set(self, present_a: float, now: datetime) -> None:
        self.present_a = present_a
        self._past.add(present_a, now)
