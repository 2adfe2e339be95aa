"""What the house draws beside our vehicles, and what that asks of those that carry it.

A meter and a vehicle are both late. While a vehicle may or may not have followed what it was told, a reading fits more than
one load of the house: then the one is believed that is nearest to what was known. So nothing is corrected twice, and what
comes out into the grid is seen as soon as it does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .cycles import Cycles

# So much is imported rather than exported by accident, in watts.
BIAS_W = 50.0

# A meter that spoke every so many seconds is late when it is silent for several times that.
_LATE_PERIODS = 5.0
_LATE_AT_LEAST_S = 15.0

# Less than this that comes out is noise.
_BEYOND_W = 100.0

# How fast what is known of the meter's beat follows.
_BEAT = 0.2


@dataclass(frozen=True, slots=True)
class Span:
    """Between what and what the vehicles' power lay when the meter was read, in watts; below 0 is out.

    `shown_w`: what was measured last, where somebody else decides and it may be another thing already; nothing instead of what
    is drawn.
    """

    low_w: float = 0.0
    high_w: float = 0.0
    shown_w: float | None = None

    @property
    def is_sure(self) -> bool:
        """Whether all have followed what they were told."""
        return self.high_w - self.low_w < 1.0

    def __mul__(self, part: float) -> Span:
        """Return a part of it."""
        shown_w = None if self.shown_w is None else self.shown_w * part
        return Span(self.low_w * part, self.high_w * part, shown_w)

    def __add__(self, other: Span) -> Span:
        """Add two vehicles."""
        shown_w = None
        if self.shown_w is not None or other.shown_w is not None:
            shown_w = self._likely_w + other._likely_w
        return Span(self.low_w + other.low_w, self.high_w + other.high_w, shown_w)

    @property
    def _likely_w(self) -> float:
        return self.low_w if self.shown_w is None else self.shown_w


class HouseLoad:
    """The load of the house, from the readings of its meter."""

    def __init__(self) -> None:
        """Know nothing."""
        # What the house draws beside our vehicles; below 0 it has more sun than it needs.
        self.load_w: float | None = None
        # The most that may have flowed into the grid when the meter was read.
        self.grid_w: float | None = None
        self.read_at: datetime | None = None
        self.period_s = 1.0
        self._cycles = Cycles()
        # What flowed and was fed when too much came out, and all had followed.
        self._beyond: tuple[float, float] | None = None

    def read(
        self, grid_w: float, vehicles: Span, at: datetime, cap_w: float = 0.0
    ) -> None:
        """Take a reading: what flows from the grid (below 0: into it), and what the vehicles may have drawn of it."""
        if self.read_at is not None:
            if at <= self.read_at:
                return
            gap_s = (at - self.read_at).total_seconds()
            if gap_s > self.late_s:
                # That was another house.
                self.load_w = None
                self._cycles.forget()
            self.period_s += _BEAT * (min(gap_s, self.late_s) - self.period_s)
        lowest_w, highest_w = grid_w - vehicles.high_w, grid_w - vehicles.low_w
        known_w = self.load_w
        if known_w is None:
            # The least: nobody is to feed what the house does not need.
            known_w = lowest_w
        self.load_w = min(max(known_w, lowest_w), highest_w)
        if vehicles.shown_w is not None and grid_w + cap_w < -_BEYOND_W:
            # Whoever decides may go on with it, so it is ended by what is known: that may be too much for a moment.
            self.load_w = min(self.load_w, max(lowest_w, grid_w - vehicles.shown_w))
        if vehicles.is_sure and self._is_short(grid_w + cap_w, vehicles.low_w):
            self.load_w = grid_w - vehicles.low_w / 2
        self.grid_w, self.read_at = grid_w, at
        self._cycles.see(self.load_w, at, self.period_s)

    def lasting_w(self, now: datetime) -> float | None:
        """Return what the house draws and goes on drawing: without what is about to end."""
        if self.load_w is None:
            return None
        # What is expected makes no sun.
        least_w = min(self.load_w, BIAS_W)
        return max(least_w, self.load_w - self._cycles.ending_w(now))

    def _is_short(self, left_w: float, vehicles_w: float) -> bool:
        """Whether vehicles gave much less than they were told: they were told to give less, and it changed nothing."""
        before, self._beyond = self._beyond, None
        if left_w > -_BEYOND_W or vehicles_w >= 0:
            return False
        self._beyond = left_w, vehicles_w
        if before is None:
            return False
        lowered_w = vehicles_w - before[1]
        if lowered_w < _BEYOND_W / 2:
            # Nothing was changed since.
            self._beyond = before
            return False
        return left_w - before[0] < lowered_w / 2

    def is_late(self, now: datetime) -> bool:
        """Whether the meter has been silent for longer than it ever is."""
        if self.read_at is None:
            return True
        return now > self.read_at + timedelta(seconds=self.late_s)

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock."""
        self.read_at = self.read_at and self.read_at + by
        self._cycles.forget()

    @property
    def late_s(self) -> float:
        """After how long without a reading nothing is fed back any more."""
        return max(_LATE_AT_LEAST_S, _LATE_PERIODS * self.period_s)

    def forget(self) -> None:
        """Forget the house: the meter was silent for too long, or measures something else."""
        self.load_w = self.grid_w = self.read_at = None
        self._cycles.forget()


def carried_w(load_w: float, bias_w: float = BIAS_W) -> float:
    """Return what vehicles may give to the house without any of it going into the grid, 0 or more."""
    return max(0.0, load_w - bias_w)


def surplus_w(load_w: float, others_w: float, bias_w: float = BIAS_W) -> float:
    """Return what the house leaves of its sun for those who carry it; `others_w` is what other vehicles draw of it."""
    return max(0.0, -load_w - max(0.0, others_w) + bias_w)
