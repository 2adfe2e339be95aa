"""What goes on and off every few seconds, as hobs do: when it is about to end again, so that vehicles have let go by then.

A vehicle follows a load that ends a second or two late, and what it gives in that time flows into the grid. Of a load that
is on for ten seconds that is a tenth and more. Longer ones are not worth it: too much would be bought for what is saved. A slow
meter shows an end a beat late as well, so of what is on for about a beat only the first moments are followed.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, combinations_with_replacement, product

from .appliances import Appliance, is_same

# A step of the load is one from so much on; two in one reading add up within this part.
_STEP_W = 500.0
_ADDS_UP = 0.04

# It is a cycle when it was on for no longer than this, and again within this after the time before; then it is known for a day.
_LONGEST_S = 45.0
_WITHIN = timedelta(minutes=6)
_KNOWN_FOR = timedelta(hours=24)

# Nobody has seen it end, so much after it should have: another began in that moment, or it is longer this time.
_LONGER_S = 3.0

# A meter that is slower than this misses ends, and shows them late; the same for it in its beats.
_SLOW_S = 2.0
_LONGEST_BEATS = 14.0
_LONGER_BEATS = 2.0

# By a slow meter what is on for less than so many beats hides in others: while it goes on, and so long after, only what was
# there for a while is believed to last.
_HIDES_BEATS = 4.0
_HIDES = timedelta(seconds=90)
_LASTS = timedelta(seconds=45)


@dataclass(slots=True, eq=False)
class _On:
    """Something that is on, since when; whether it was let go of, and how often nobody saw it end."""

    watts: float
    since: datetime
    let_go: bool = False
    missed: int = 0
    # It is one that began so much later, since nobody saw the first end.
    later: timedelta = timedelta()

    def lasts(self, at: datetime) -> timedelta:
        """Return for how long it is on."""
        return at - self.since - self.later


class Cycles:
    """The appliances of one house that go on and off."""

    def __init__(self) -> None:
        """Know none."""
        # The beat of a slow meter; 0: it shows all at once.
        self._beat_s = 0.0
        self._past: deque[tuple[datetime, float]] = deque()
        self._on: list[_On] = []
        self._cycles: list[Appliance] = []

    def see(self, load_w: float, at: datetime, period_s: float = 1.0) -> None:
        """Take the load of the house, as a meter shows it every so many seconds."""
        self._beat_s = period_s if period_s > _SLOW_S else 0.0
        step_w = load_w - self._past[-1][1] if self._past else 0.0
        self._on = [one for one in self._on if at - one.since < _WITHIN]
        self._cycles = [
            one
            for one in self._cycles
            if at - one.seen_at < (_KNOWN_FOR if one.is_known else _WITHIN)
        ]
        if abs(step_w) >= _STEP_W:
            self._step(step_w, at)
        self._past.append((at, load_w))
        while at - self._past[0][0] > _LASTS:
            self._past.popleft()

    def ending_w(self, at: datetime) -> float:
        """Return how much of the load is about to end, or is not sure to last, 0 or more."""
        ending_w = sum(one.watts for one in self._on if self._is_ending(one, at))
        if not self._past or not self._hides(at):
            return ending_w
        least_w = min(load_w for _, load_w in self._past)
        begun_w = sum(one.watts for one in self._on if self._is_fresh(one))
        return max(ending_w, self._past[-1][1] - least_w - begun_w)

    def forget(self) -> None:
        """Forget the house."""
        self._past.clear()
        self._on.clear()
        self._cycles.clear()

    def _is_ending(self, one: _On, at: datetime) -> bool:
        cycle = self._known(one.watts)
        if cycle is None or one.missed > 1:
            return False
        _, most_s = cycle.span_s(self._beat_s)
        most_s += max(_LONGER_S, _LONGER_BEATS * self._beat_s)
        if one.lasts(at) > timedelta(seconds=most_s):
            one.missed += 1
            one.let_go = False
            if one.missed > 1:
                # It is longer this time, and is followed again.
                return False
            # Perhaps one ended as another began: it is that one.
            one.later = timedelta(seconds=cycle.mean_s)
        lets_go = timedelta(seconds=cycle.lets_go_s(self._beat_s))
        one.let_go = one.let_go or one.lasts(at) >= lets_go
        return one.let_go

    def _hides(self, at: datetime) -> bool:
        """Whether something goes on that a meter as slow as this one does not show each time."""
        return any(
            cycle.is_known
            and at - cycle.seen_at < _HIDES
            and cycle.span_s(self._beat_s)[1] < _HIDES_BEATS * self._beat_s
            for cycle in self._cycles
        )

    def _is_fresh(self, one: _On) -> bool:
        """Whether something is known to have begun, and will last for a moment."""
        return not one.let_go and not one.missed and self._known(one.watts) is not None

    def _step(self, step_w: float, at: datetime) -> None:
        """Find out what has begun or ended: the fewest that add up to the step."""
        if step_w > 0 and self._cycle_of(step_w) is not None:
            self._on.append(_On(step_w, at))
            return
        if step_w < 0 and (same := [o for o in self._on if is_same(o.watts, -step_w)]):
            self._ended(self._likeliest(same, at), at)
            return
        found = min(self._pairs(step_w, at), key=lambda pair: pair[0], default=None)
        if found is not None:
            _, begun, ended = found
            for one in self._joined(ended):
                self._ended(one, at)
            self._on += [_On(watts, at) for watts in begun]
        elif step_w > 0:
            self._on.append(_On(step_w, at))
        else:
            self._lower(-step_w)

    def _joined(self, ended: list[_On]) -> list[_On]:
        """Return what has ended; two that began and ended together are one."""
        if len(ended) < 2 or ended[0].since != ended[1].since:
            return ended
        one, other = ended
        self._on.remove(other)
        one.watts, one.missed = one.watts + other.watts, 0
        return [one]

    def _pairs(
        self, step_w: float, at: datetime
    ) -> Iterator[tuple[float, list[float], list[_On]]]:
        """Yield what two may have made a step between two readings: how much is left of it, who has begun, who has ended."""
        known = [cycle.watts for cycle in self._cycles if cycle.is_known]
        if step_w > 0:
            for begun in combinations_with_replacement(known, 2):
                left_w = abs(sum(begun) - step_w)
                if left_w <= _ADDS_UP * step_w:
                    yield left_w, [*begun], []
        else:
            for both in combinations(self._on, 2):
                left_w = abs(sum(one.watts for one in both) + step_w)
                if left_w <= _ADDS_UP * -step_w:
                    yield left_w, [], [*both]
        ending = [one for one in self._on if self._may_end(one, at)]
        for watts, one in product(known, ending):
            left_w = abs(watts - one.watts - step_w)
            if left_w <= _ADDS_UP * max(watts, one.watts):
                yield left_w, [watts], [one]

    def _may_end(self, one: _On, at: datetime) -> bool:
        cycle = self._known(one.watts)
        if cycle is None:
            return False
        least_s, _ = cycle.span_s(self._beat_s)
        return one.lasts(at) >= timedelta(seconds=least_s - self._beat_s - 1.0)

    def _likeliest(self, same: list[_On], at: datetime) -> _On:
        """Return which of several alike has ended: the one whose time it was, or the last."""
        cycle = self._known(same[-1].watts)
        if cycle is None:
            return same[-1]
        mean = timedelta(seconds=cycle.mean_s)
        return min(same, key=lambda one: abs(one.lasts(at) - mean))

    def _ended(self, one: _On, at: datetime) -> None:
        self._on.remove(one)
        if one.missed:
            # Nobody knows when it began.
            return
        lasted_s = (at - one.since).total_seconds()
        cycle = self._cycle_of(one.watts)
        if lasted_s > max(_LONGEST_S, _LONGEST_BEATS * self._beat_s):
            if cycle is not None and not cycle.is_known:
                self._cycles.remove(cycle)
            return
        if cycle is None:
            cycle = Appliance(one.watts, at)
            self._cycles.append(cycle)
        cycle.ended(lasted_s, at)

    def _lower(self, watts: float) -> None:
        """Take that two began together, and one of them goes on."""
        for both in self._on:
            if both.watts >= watts + _STEP_W:
                both.watts -= watts
                return

    def _known(self, watts: float) -> Appliance | None:
        cycle = self._cycle_of(watts)
        return cycle if cycle is not None and cycle.is_known else None

    def _cycle_of(self, watts: float) -> Appliance | None:
        same = [one for one in self._cycles if is_same(one.watts, watts)]
        return min(same, key=lambda one: abs(one.watts - watts), default=None)
