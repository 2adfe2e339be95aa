"""What goes on and off every few seconds, as hobs do: when it is about to end again, so that vehicles have let go by then.

A vehicle follows a load that ends a second or two late, and what it gives in that time flows into the grid. Of a load that
is on for ten seconds that is a tenth and more. Longer ones are not worth it: too much would be bought for what is saved.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# A step of the load is one from so much on, and two are the same appliance that differ by less than this part.
_STEP_W = 500.0
_SAME = 0.08

# It is a cycle when it was on for no longer than this, so often, each within this after the one before.
_LONGEST_S = 20.0
_TIMES = 2
_WITHIN = timedelta(minutes=3)

# A vehicle lets go so long before the end that is expected.
_LEAD_S = 1.0

# What was let go of too late moves the expected end by so much in seconds, what was let go of in time by so much the other way:
# one of nine ends too late.
_EARLIER_S = 0.8
_LATER_S = 0.1

# It is longer this time, and is followed again.
_LONGER_S = 8.0


@dataclass(slots=True)
class _Cycle:
    """One appliance: how much it draws, after how long it ends, how often that was seen, and when last."""

    watts: float
    ends_s: float
    times: int
    seen_at: datetime


@dataclass(slots=True)
class _On:
    """Something that is on, since when; and whether it was let go of before it had ended."""

    watts: float
    since: datetime
    let_go: bool = False
    is_longer: bool = False


class Cycles:
    """The appliances of one house that go on and off."""

    def __init__(self) -> None:
        """Know none."""
        self._load_w: float | None = None
        self._on: list[_On] = []
        self._cycles: list[_Cycle] = []

    def see(self, load_w: float, at: datetime) -> None:
        """Take the load of the house."""
        step_w = 0.0 if self._load_w is None else load_w - self._load_w
        self._load_w = load_w
        self._on = [one for one in self._on if at - one.since < _WITHIN]
        self._cycles = [one for one in self._cycles if at - one.seen_at < _WITHIN]
        if step_w >= _STEP_W:
            self._on.append(_On(step_w, at))
        elif step_w <= -_STEP_W:
            self._ended(-step_w, at)

    def ending_w(self, at: datetime) -> float:
        """Return how much of the load is about to end, 0 or more."""
        return sum(one.watts for one in self._on if self._is_ending(one, at))

    def forget(self) -> None:
        """Forget the house."""
        self._load_w = None
        self._on.clear()
        self._cycles.clear()

    def _is_ending(self, one: _On, at: datetime) -> bool:
        cycle = self._cycle_of(one.watts)
        if cycle is None or cycle.times < _TIMES or one.is_longer:
            return False
        since_s = (at - one.since).total_seconds()
        if since_s > cycle.ends_s + _LONGER_S:
            one.is_longer = True
            return False
        one.let_go = one.let_go or since_s >= cycle.ends_s - _LEAD_S
        return one.let_go

    def _ended(self, watts: float, at: datetime) -> None:
        found = [one for one in self._on if _same(one.watts, watts)]
        if not found:
            # Two began together, and one of them goes on.
            for both in self._on:
                if both.watts >= watts + _STEP_W:
                    both.watts -= watts
                    return
            return
        one = found[-1]
        self._on.remove(one)
        lasted_s = (at - one.since).total_seconds()
        cycle = self._cycle_of(watts)
        if lasted_s > _LONGEST_S:
            if cycle is not None:
                self._cycles.remove(cycle)
        elif cycle is None:
            self._cycles.append(_Cycle(watts, lasted_s, 1, at))
        else:
            cycle.times, cycle.seen_at = cycle.times + 1, at
            if cycle.times <= _TIMES:
                cycle.ends_s = min(cycle.ends_s, lasted_s)
            elif one.let_go:
                cycle.ends_s += _LATER_S
            else:
                cycle.ends_s = max(_LEAD_S, cycle.ends_s - _EARLIER_S)

    def _cycle_of(self, watts: float) -> _Cycle | None:
        return next((one for one in self._cycles if _same(one.watts, watts)), None)


def _same(one_w: float, other_w: float) -> bool:
    return abs(one_w - other_w) <= _SAME * max(one_w, other_w)
