"""What every vehicle was told to feed back, and so may be feeding back: the last accepted, what is in flight, until when.

A station answers late or never, a vehicle follows seconds later, and a setpoint that nobody renews lapses by itself. What
may flow at a moment is a span between what it did before and what it was told since.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from ...model.identity import EvseKey
from ...model.orders import Outcome
from ...model.v2x import SetpointOrder
from ...model.v2x_ability import HANDED
from ..holdings import SETTLING_S
from .dialects import holds_s
from .told import IN_FULL, SLACK, WHOLE, Flow, On, Told, on_one

# After its setpoint has ended a vehicle comes back under its limits within this, as it follows a lower limit.
_LETS_GO = timedelta(seconds=SETTLING_S)

# What somebody else decides is another thing soon after it was measured, and while it changes.
_FRESH = timedelta(seconds=1.5)
_SAME_W = 200.0

# No reading is so late that it would show what was before.
_LONG = timedelta(seconds=60)


class Feeding:
    """What all were told."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with nobody told; what an earlier life told is not known."""
        self._now = now
        self._told: dict[EvseKey, deque[Told]] = {}
        # The last two readings of each.
        self._measured: dict[EvseKey, tuple[Flow, Flow]] = {}
        # Who may hold a setpoint of an earlier life.
        self.doubtful: set[EvseKey] = set()
        # When our clock was set last: what was measured until then is not known to be later than anything.
        self._set_at: datetime | None = None

    def __iter__(self) -> Iterator[EvseKey]:
        """Iterate over those that were told anything that may matter still."""
        return iter(tuple(self._told))

    def sending(self, key: EvseKey, order: SetpointOrder, *, ends: bool) -> None:
        """Note what leaves now: a setpoint, or its end."""
        now = self._now()
        told = Told(
            None if ends else order,
            now,
            until=now if ends else _ends(order, now),
            settles_s=order.dialect.settles_s,
            charge_w=order.charge_limit_w,
        )
        self._told.setdefault(key, deque()).append(told)

    def answered(self, key: EvseKey, outcome: Outcome) -> None:
        """Note how the last one was taken; an answer that did not come leaves everything possible."""
        known = self._told.get(key)
        if not known:
            return
        told = known.pop()
        if outcome is Outcome.REFUSED:
            # What it held before goes on until it lapses.
            return
        if outcome is Outcome.UNKNOWN:
            known.append(told)
            return
        now = self._now()
        until = now if told.order is None else _ends(told.order, now)
        if told.doubted_at is not None:
            # Our clock was set while it was on its way.
            until = None
        known.append(replace(told, answered_at=now, until=until))
        self.doubtful.discard(key)
        self._tidy(key)

    def is_in_flight(self, key: EvseKey) -> bool:
        """Whether something was sent and may hold that nobody has answered."""
        known = self._told.get(key)
        return known is not None and bool(known) and known[-1].answered_at is None

    def last(self, key: EvseKey) -> Told | None:
        """Return what it was told last, accepted or not."""
        known = self._told.get(key)
        return known[-1] if known else None

    def held(self, key: EvseKey) -> SetpointOrder | None:
        """Return the setpoint that it may hold now: the last that was sent and not ended since."""
        for told in reversed(self._told.get(key, ())):
            if told.order is not None and told.holds(self._now()):
                return told.order
            if told.answered_at is not None:
                # It took the place of all before.
                return None
        return None

    def taken(self, key: EvseKey) -> SetpointOrder | None:
        """Return the last setpoint that its station took, and that holds."""
        for told in reversed(self._told.get(key, ())):
            if told.answered_at is not None:
                return told.order if told.holds(self._now()) else None
        return None

    @property
    def gives(self) -> bool:
        """Whether any vehicle may hold a setpoint to feed back."""
        held = (self.held(key) for key in self)
        return any(order is not None and order.power_w < 0 for order in held)

    @property
    def told_w(self) -> float:
        """What all were told to give that have answered (below 0), as far as that holds."""
        orders = (self.taken(key) for key in self)
        return sum(
            min(0.0, one.makes * one.power_w)
            for one in orders
            if one is not None and one.mode not in HANDED
        )

    def may_follow(self, key: EvseKey) -> bool:
        """Whether it may go by a setpoint: by one that it holds, or that has ended so lately that its vehicle still follows it."""
        if self.held(key) is not None:
            return True
        if (last := self.last(key)) is None:
            return False
        over_at = last.until if last.order else last.answered_at or last.sent_at
        return over_at is None or self._now() - over_at < _LETS_GO

    def span(
        self,
        key: EvseKey,
        at: datetime,
        late_s: float,
        flow: Flow,
        on: On = WHOLE,
    ) -> tuple[float, float]:
        """Return the least and the most that may have flowed at a moment (below 0: out), as a reading may show it `late_s` later.

        `on`: on one phase only.
        """
        late, flow = timedelta(seconds=late_s), self._surely(flow)
        is_steady = self._is_steady(key, flow, at)
        lows, highs = [], []
        for told in reversed(self._told.get(key, ())):
            if told.sent_at > at:
                continue
            settled_at = told.settled_at
            is_base = settled_at is not None and settled_at + late <= at
            low, high = self._values(told, at, late, flow, on, is_steady=is_steady)
            lows.append(low)
            highs.append(high)
            if is_base:
                break
        else:
            low, high = _by_limits(flow, None, on)
            lows.append(low)
            highs.append(high)
        return min(lows), max(highs)

    def may_feed_w(self, key: EvseKey, flow: Flow, now: datetime) -> float:
        """Return the most that it may be feeding back now, 0 or more: told, in flight, or measured."""
        low, _ = self.span(key, now, 0.0, flow, IN_FULL)
        held = self.held(key)
        if held is not None and held.mode in HANDED:
            # Whoever decides may do so in this moment, whatever was measured in the last.
            low = min(low, held.discharge_limit_w)
        return max(0.0, -low)

    def most_told_w(self, key: EvseKey, flow: Flow) -> float | None:
        """Return the most that one was told to give when it was measured, 0 or more; None where that is not known."""
        most_w = 0.0
        for told in reversed(self._told.get(key, ())):
            if flow.at is None or told.is_handed or key in self.doubtful:
                return None
            if told.sent_at > flow.at:
                continue
            most_w = max(most_w, -told.reach_w[0])
            if told.settled_at is not None and told.settled_at <= flow.at:
                break
        return most_w

    def most_on_one(self, key: EvseKey) -> float | None:
        """Return the greatest part of what it may be feeding back that may be on one phase; None: it was told nothing of phases."""
        found = [
            max(on_one(told, place) or 0.0 for place in range(3))
            for told in self._told.get(key, ())
            if on_one(told, 0) is not None
        ]
        return max(found, default=None)

    def forget(self, key: EvseKey) -> None:
        """Forget an EVSE that is no longer part of the site."""
        self._told.pop(key, None)
        self._measured.pop(key, None)
        self.doubtful.discard(key)

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock: what was told is as long ago as it was, and may hold until it is ended or told anew."""
        self._set_at = now = self._now()
        self._measured.clear()
        for known in self._told.values():
            moved = [told.clock_was_set(by, now) for told in known]
            known.clear()
            known.extend(moved)

    def _surely(self, flow: Flow) -> Flow:
        """Return what is known of an EVSE without when it was measured, where that was by another clock."""
        is_before = self._set_at and flow.at and flow.at <= self._set_at
        return replace(flow, at=None) if is_before else flow

    def _is_steady(self, key: EvseKey, flow: Flow, at: datetime) -> bool:
        """Whether what was measured just now is what flows: the reading before it said about the same."""
        before, last = self._measured.get(key, (Flow(), Flow()))
        if flow.at != last.at:
            before, last = last, flow
            self._measured[key] = before, last
        if flow.at is None or flow.power_w is None or before.power_w is None:
            return False
        is_same = abs(flow.power_w - before.power_w) < _SAME_W
        return is_same and at - flow.at <= _FRESH

    def _values(
        self,
        told: Told,
        at: datetime,
        late: timedelta,
        flow: Flow,
        on: On,
        *,
        is_steady: bool,
    ) -> tuple[float, float]:
        power_w, settled_at = told.power_w, told.settled_at
        if power_w is None:
            return _by_limits(flow, settled_at, on)
        if (
            settled_at is not None
            and flow.at is not None
            and flow.power_w is not None
            and settled_at <= flow.at
            and (not told.is_handed or is_steady)
        ):
            # It has shown since what it makes of it.
            low = high = flow.power_w * on.measured(flow, told)
        else:
            low, high = (watts * on.made(told) for watts in told.reach_w)
        if told.doubted_at is not None and told.doubted_at <= at:
            below, above = _by_limits(flow, told.doubted_at, on)
            low, high = min(low, below), max(high, above)
        if told.until is not None and told.until <= at:
            # It has lapsed, or does so in this moment.
            below, above = _by_limits(flow, told.until, on)
            has_ended = told.until + SLACK + late <= at
            low, high = (
                (below, above) if has_ended else (min(low, below), max(high, above))
            )
        return low, high

    def _tidy(self, key: EvseKey) -> None:
        """Forget what was told before the last that surely was followed long ago, and what has lapsed long ago."""
        known, long_ago = self._told[key], self._now() - _LONG
        while len(known) > 1:
            until, settled_at = known[0].until, known[1].settled_at
            has_lapsed = until is not None and until < long_ago
            is_over = settled_at is not None and settled_at < long_ago
            if not has_lapsed and not is_over:
                return
            known.popleft()


def _ends(order: SetpointOrder, now: datetime) -> datetime | None:
    """Return until when a setpoint holds that nobody renews."""
    holds = holds_s(order)
    return None if holds is None else now + timedelta(seconds=holds)


def _by_limits(flow: Flow, since: datetime | None, on: On) -> tuple[float, float]:
    """Return what flows where only limits hold: what was measured since then, else anything that they let through."""
    if (
        flow.power_w is not None
        and flow.at is not None
        and (since is None or flow.at >= since)
    ):
        return (flow.power_w * on.measured(flow),) * 2
    return 0.0, flow.allowed_w * on.even
