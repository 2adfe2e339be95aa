"""How far a meter in the house is believed: fresh, stale, lost (promise 6).

Age counts from when a value came. That alone would believe a meter for ever that repeats itself: one that does not
move when our own stations measurably do is as old as the first move that it missed. A quiet house at night moves
nothing and keeps a meter in whole amperes fresh.
"""

from datetime import datetime, timedelta
from math import inf, isfinite

from ..model.household import MeterReading, MeterState
from ..model.phases import PhaseCurrents

# No fuse carries more than five times its rating for as long as it takes to measure: type B breakers trip at three to
# five at once (IEC 60898-1), fuses melt within seconds. What reads more is a broken sensor or a wrong unit.
WILD_FACTOR = 5.0

# A meter in whole amperes shows a step of three in any case; vehicles waver by less.
MOVE_A = 3.0

# Stations speak up to a minute after the meter has shown what they did.
EARLIER = timedelta(seconds=75)

# Meters that average speak up to half a minute after the stations.
LATER_S = 30.0

# Sensors that cannot show export stand at this while the sun shines, rightly.
_ZERO_A = 0.05


def is_wild(currents: PhaseCurrents, fuse_a: float) -> bool:
    """Whether these currents cannot be: not numbers, or more than the fuse in front of them could carry."""
    most_a = WILD_FACTOR * fuse_a
    return not all(isfinite(a) and abs(a) <= most_a for a in currents)


class Freshness:
    """How old what one meter says is."""

    def __init__(self, stale_s: float, lost_s: float) -> None:
        """Know nothing yet: lost."""
        self._stale_s = stale_s
        self._lost_s = max(stale_s, lost_s)
        self._at: datetime | None = None
        self._lines: tuple[_Line, ...] = (_Line(), _Line(), _Line())

    def configure(self, stale_s: float, lost_s: float) -> None:
        """Use other times from now on."""
        self._stale_s = stale_s
        self._lost_s = max(stale_s, lost_s)

    def read(
        self, reading: MeterReading, seen: PhaseCurrents | None, now: datetime
    ) -> bool:
        """Take a reading that is not wild; returns whether it is newer than the last.

        `seen` is what the stations behind the meter said that they draw; None: it does not show them, or one is silent.
        """
        self._follow(now)
        at = min(reading.at, now)
        if self._at is not None and at < self._at:
            return False
        self._at = at
        moves = seen or (None, None, None)
        for line, value_a, moved_a in zip(
            self._lines, reading.currents, moves, strict=True
        ):
            line.read(value_a, moved_a, now)
        return True

    def state(self, now: datetime) -> MeterState:
        """Return how far the last value is believed."""
        age_s = self.age_s(now)
        if age_s >= self._lost_s:
            return MeterState.LOST
        return MeterState.STALE if age_s >= self._stale_s else MeterState.FRESH

    def age_s(self, now: datetime) -> float:
        """Return how old the last value is, in seconds; infinite when there was none."""
        self._follow(now)
        since = self._since
        return inf if since is None else (now - since).total_seconds()

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when the state changes next if nothing is heard; None when it is lost."""
        self._follow(now)
        since = self._since
        if since is None:
            return None
        moments = (since + timedelta(seconds=s) for s in (self._stale_s, self._lost_s))
        return next((moment for moment in moments if moment > now), None)

    @property
    def _since(self) -> datetime | None:
        """What the age counts from: when the value came, or when it should have moved."""
        if self._at is None:
            return None
        grace = timedelta(seconds=max(0.0, LATER_S - self._stale_s))
        doubts = [line.missed_at + grace for line in self._lines if line.missed_at]
        return min([self._at, *doubts])

    def _follow(self, now: datetime) -> None:
        """Where the clock was set back, nothing was heard later than now."""
        if self._at is None or self._at <= now:
            return
        self._at = now
        for line in self._lines:
            line.follow(now)


class _Line:
    """One line of a meter, and what the stations on it drew when its value last changed."""

    def __init__(self) -> None:
        self.missed_at: datetime | None = None
        self._value_a: float | None = None
        self._changed_at: datetime | None = None
        self._drawn_a: float | None = None
        self._shows_export = False

    def read(self, value_a: float, drawn_a: float | None, now: datetime) -> None:
        self._shows_export |= value_a < -_ZERO_A
        if value_a != self._value_a:
            self._value_a, self._changed_at = value_a, now
            self._drawn_a, self.missed_at = drawn_a, None
        elif drawn_a is not None:
            self.watch(drawn_a, now)

    def watch(self, drawn_a: float, now: datetime) -> None:
        if self._drawn_a is None or self._is_at_its_end:
            self._drawn_a = drawn_a
        if abs(drawn_a - self._drawn_a) < MOVE_A:
            self.missed_at = None
        elif self._changed_at is not None and now - self._changed_at <= EARLIER:
            self._drawn_a = drawn_a
        elif self.missed_at is None:
            self.missed_at = now

    def follow(self, now: datetime) -> None:
        if self._changed_at is not None:
            self._changed_at = min(self._changed_at, now)
        if self.missed_at is not None:
            self.missed_at = min(self.missed_at, now)

    @property
    def _is_at_its_end(self) -> bool:
        """Whether it shows nothing because it may be unable to show export."""
        return (
            self._value_a is not None
            and abs(self._value_a) <= _ZERO_A
            and not self._shows_export
        )
