"""Whether a meter counts what is drawn only: then it stands at zero however much a vehicle feeds into the grid.

A little import is always wanted. So while vehicles give, zero means that they give too much; how much is not known until a line was
seen below zero. They give a little less then, and twice as much less each time that this changed nothing. A meter that shows
both directions rises with the first; one that stays at zero so often has none for what flows out.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from .following import BIAS_W, Span

# What a line shows below this is surely below 0; what all show together below that is nothing, in watts.
_BELOW_W = -10.0
_NOTHING_W = 25.0

# Who gives less than this may end it without anything being seen of it, in watts.
_LITTLE_W = 100.0

# So much less has to be given, in so many steps, before it counts as found out: no house falls along with every one of them.
_FOUND_W = 500.0
_STEPS = 3

# A meter may be later than it seems: each step is left so long, and so many of its beats.
_STAYS_S = 4.0
_STAYS_BEATS = 2.0


class MeterFloor:
    """What the readings of one meter say of zero."""

    def __init__(self) -> None:
        """Believe that it goes below, and look."""
        # It was found not to.
        self.is_found = False
        self._goes_below = False
        # The most that may be given, after how many steps down by how much in all, and since when.
        self.most_w: float | None = None
        self._steps = 0
        self._less_w = 0.0
        self._since: datetime | None = None

    def forget(self) -> None:
        """Forget the meter: it may be another one."""
        self.is_found = self._goes_below = False
        self.ask_again()

    def ask_again(self) -> None:
        """Begin anew."""
        self.most_w = self._since = None
        self._steps, self._less_w = 0, 0.0

    def read(
        self, powers_w: Sequence[float], vehicles: Span, at: datetime, period_s: float
    ) -> None:
        """Take what was read on each line, in watts, and what the vehicles may have drawn of it."""
        if any(watts < _BELOW_W for watts in powers_w):
            self._goes_below, self.is_found = True, False
        if self._goes_below or self.is_found:
            self.ask_again()
            return
        given_w = -vehicles.high_w
        if sum(powers_w) >= _NOTHING_W:
            # It rises with what is lowered.
            self.ask_again()
        elif vehicles.is_sure and given_w >= _LITTLE_W:
            self._lower(given_w, at, timedelta(seconds=_stays_s(period_s)))

    def _lower(self, given_w: float, at: datetime, stays: timedelta) -> None:
        """Have less given, where what was lowered before is done and has changed nothing."""
        if self.most_w is not None and given_w > self.most_w + BIAS_W:
            return
        if self._since is None:
            self._since = at
        if self.most_w is not None and at - self._since < stays:
            return
        if self._steps >= _STEPS and self._less_w >= _FOUND_W:
            self.is_found = True
            self.ask_again()
            return
        step_w = BIAS_W * 2.0 ** (self._steps + 1)
        self._steps, self._less_w = self._steps + 1, self._less_w + step_w
        self.most_w, self._since = max(0.0, given_w - step_w), None


def _stays_s(period_s: float) -> float:
    return max(_STAYS_S, _STAYS_BEATS * period_s)
