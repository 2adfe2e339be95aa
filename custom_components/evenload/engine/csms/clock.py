"""How far the clock of a station is from ours, measured by the times in its messages.

A message may be told late, never before it happened: what stations kept while they were offline looks like a clock that
lags. So the largest difference of late counts, and one that lags is believed when two messages, apart from each other,
show the same: those of a queue come faster than they happened.
"""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ..model.clocks import SAME_S, Clock

# Two messages that show the same must have come so far apart: one of the future is told late by nobody.
AHEAD_APART = timedelta(seconds=10)
BEHIND_APART = timedelta(seconds=60)

# A larger difference within this time makes a smaller one look late.
LATELY = timedelta(seconds=60)

# What was shown so long ago says nothing of now, and more than so many are not needed.
_RECENT = timedelta(minutes=30)
_MOST = 64

# Differences within this are the same: some measure a moment before they tell.
_AGREE_S = 5.0

# A station that was told the time has had time to take it.
TAKEN_AFTER = timedelta(seconds=60)


class StationClock:
    """Measures one station's clock over one connection."""

    def __init__(
        self,
        known: Clock,
        changed: Callable[[Clock], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Begin with what the last connection has shown; `changed` hears what is found out."""
        self.known = known
        self._changed = changed
        self._now = now
        # When each message came, and how far ahead its time was, in seconds.
        self._shown: deque[tuple[datetime, float]] = deque(maxlen=_MOST)
        self._told_at: datetime | None = None

    def booted(self) -> None:
        """The station has started anew and was told the time: what its clock showed before says nothing."""
        self._shown.clear()
        self._told_at = self._now()
        self._take(Clock())

    def told(self) -> None:
        """The station was told the time."""
        self._told_at = self._told_at or self._now()

    def shown(self, at: datetime) -> None:
        """Take in the time of something that is told as it happens."""
        now = self._now()
        ahead_s = (at - now).total_seconds()
        while self._shown and now - self._shown[0][0] > _RECENT:
            self._shown.popleft()
        if self._is_believed(ahead_s, now):
            is_off = Clock(ahead_s).is_off
            self._take(Clock(ahead_s, is_off and self._was_told(ahead_s, now)))
        self._shown.append((now, ahead_s))

    def _is_believed(self, ahead_s: float, now: datetime) -> bool:
        if abs(ahead_s) <= SAME_S:
            # It is right, whatever it was before.
            return True
        apart = AHEAD_APART if ahead_s > 0 else BEHIND_APART
        agrees = False
        for came, other_s in self._shown:
            if other_s > ahead_s + _AGREE_S and now - came < LATELY:
                return False
            agrees |= abs(other_s - ahead_s) <= _AGREE_S and now - came >= apart
        return agrees

    def _was_told(self, ahead_s: float, now: datetime) -> bool:
        """Whether it shows this though it was told the time; once it did, it does until it shows something else."""
        if self._told_at is not None and now - self._told_at >= TAKEN_AFTER:
            return True
        return self.known.is_told and self._is_as_known(ahead_s)

    def _take(self, clock: Clock) -> None:
        same = clock.is_told == self.known.is_told and (
            clock.ahead_s == self.known.ahead_s
            if clock.ahead_s is None
            else self._is_as_known(clock.ahead_s)
        )
        if not same:
            self.known = clock
            self._changed(clock)

    def _is_as_known(self, ahead_s: float) -> bool:
        known_s = self.known.ahead_s
        return known_s is not None and abs(ahead_s - known_s) <= SAME_S
