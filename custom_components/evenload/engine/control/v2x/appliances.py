"""How long what goes on and off is on each time, as a meter shows it: until when it is surely not over yet.

A meter says only that something ended between two readings, and that it began between two others. What was on for `s` seconds at
a reading began up to a beat before, so its end may come by as much sooner. Who lets go waits until that end is as likely as
a few in a hundred: what flows into the grid by then is far less than what would have to be bought.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt

# Two are the same appliance that differ by less than this part.
SAME = 0.08

# It is known after so many times, and by the last so many.
_TIMES = 2
_LAST = 30

# As long as little was seen of it, its times are taken to differ by this part of their mean, as if seen so often.
_DIFFER = 0.12
_PRIOR = 4.0

# What is spread evenly reaches so many of its deviations to either side.
_REACH = sqrt(3.0)

# Its end may be missed so often before a vehicle lets go, half as often by a meter of such a beat, which shows it later; and a
# vehicle follows within so many seconds.
_MISSED = 0.06
_HALF_AT_S = 5.0
_FOLLOWS_S = 1.0


@dataclass(slots=True)
class Appliance:
    """One that goes on and off: how much it draws, when it last ended, and for how long it was on each time."""

    watts: float
    seen_at: datetime
    times_s: deque[float] = field(default_factory=lambda: deque(maxlen=_LAST))

    @property
    def is_known(self) -> bool:
        """Whether its next end can be expected."""
        return len(self.times_s) >= _TIMES

    @property
    def mean_s(self) -> float:
        """For how long it is on."""
        return sum(self.times_s) / len(self.times_s)

    def ended(self, lasted_s: float, at: datetime) -> None:
        """Take one more time."""
        self.times_s.append(lasted_s)
        self.seen_at = at

    def span_s(self, beat_s: float) -> tuple[float, float]:
        """Return the shortest and the longest that it may be on, by a meter of such a beat."""
        mean_s, count = self.mean_s, len(self.times_s)
        squares = sum((one - mean_s) ** 2 for one in self.times_s) / count
        # So much of it is only the meter's.
        squares = max(0.0, squares - beat_s**2 / 6)
        prior = (_DIFFER * mean_s) ** 2
        half_s = _REACH * sqrt((count * squares + _PRIOR * prior) / (count + _PRIOR))
        return mean_s - half_s, mean_s + half_s

    def lets_go_s(self, beat_s: float) -> float:
        """Return how long after the first reading that shows it a vehicle has to let go."""
        least_s, most_s = self.span_s(beat_s)
        return least_s - beat_s + _risk_s(most_s - least_s, beat_s) - _FOLLOWS_S


def is_same(one_w: float, other_w: float, part: float = SAME) -> bool:
    """Whether two powers are those of one appliance."""
    return abs(one_w - other_w) <= part * max(one_w, other_w)


def _risk_s(wide_s: float, beat_s: float) -> float:
    """Return how far into its possible ends one may go: they are spread over `wide_s`, and seen up to a beat late."""
    less, more = min(wide_s, beat_s), max(wide_s, beat_s)
    missed = _MISSED / (1 + beat_s / _HALF_AT_S)
    if 2 * missed * more <= less:
        return sqrt(2 * missed * less * more)
    return missed * more + less / 2
