"""What every vehicle was told to feed back, and so may be feeding back: the last accepted, what is in flight, until when.

A station answers late or never, a vehicle follows seconds later, and a setpoint that nobody renews lapses by itself. What
may flow at a moment is a span between what it did before and what it was told since.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...model.identity import EvseKey
from ...model.orders import Outcome
from ...model.v2x import SetpointOrder
from .dialects import holds_s

# A vehicle follows a setpoint, and a station lets it lapse, within this beyond what its maker says.
SLACK = timedelta(seconds=1)

# No reading is so late that it would show what was before.
_LONG = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Told:
    """A setpoint that left (`order` None: it was ended), when it was answered, and until when it may hold (None: for good)."""

    order: SetpointOrder | None
    sent_at: datetime
    answered_at: datetime | None = None
    until: datetime | None = None
    settles_s: float = 2.0
    # What may be charged with from an end on, as it was said with it.
    charge_w: float = 0.0

    @property
    def power_w(self) -> float | None:
        """What it asks for; None: what the limits beneath let through."""
        return None if self.order is None else self.order.power_w

    @property
    def settled_at(self) -> datetime | None:
        """From when on it is followed, or None while that is not known."""
        if self.answered_at is None:
            return None
        return self.answered_at + timedelta(seconds=self.settles_s) + SLACK

    def holds(self, at: datetime) -> bool:
        """Whether it may still hold."""
        return self.until is None or at < self.until


@dataclass(frozen=True, slots=True)
class Flow:
    """What is known of an EVSE beside what it was told: what it measured and when, and what its limits let through."""

    power_w: float | None = None
    at: datetime | None = None
    allowed_w: float = 0.0


class Feeding:
    """What all were told."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with nobody told; what an earlier life told is not known."""
        self._now = now
        self._told: dict[EvseKey, deque[Told]] = {}
        # Who may hold a setpoint of an earlier life.
        self.doubtful: set[EvseKey] = set()

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
            if told.order is None and told.answered_at is not None:
                return None
            if told.order is not None and told.holds(self._now()):
                return told.order
        return None

    def span(
        self, key: EvseKey, at: datetime, late_s: float, flow: Flow
    ) -> tuple[float, float]:
        """Return the least and the most that may have flowed at a moment (below 0: out), as a reading may show it `late_s` later."""
        late = timedelta(seconds=late_s)
        lows, highs = [], []
        for told in reversed(self._told.get(key, ())):
            if told.sent_at > at:
                continue
            settled_at = told.settled_at
            is_base = settled_at is not None and settled_at + late <= at
            low, high = self._values(told, at, late, flow)
            lows.append(low)
            highs.append(high)
            if is_base:
                break
        else:
            low, high = _by_limits(flow, None)
            lows.append(low)
            highs.append(high)
        return min(lows), max(highs)

    def may_feed_w(self, key: EvseKey, flow: Flow, now: datetime) -> float:
        """Return the most that it may be feeding back now, 0 or more: told, in flight, or measured."""
        low, _ = self.span(key, now, 0.0, flow)
        return max(0.0, -low)

    def forget(self, key: EvseKey) -> None:
        """Forget an EVSE that is no longer part of the site."""
        self._told.pop(key, None)
        self.doubtful.discard(key)

    def _values(
        self, told: Told, at: datetime, late: timedelta, flow: Flow
    ) -> tuple[float, float]:
        power_w, settled_at = told.power_w, told.settled_at
        if power_w is None:
            return _by_limits(flow, settled_at)
        if (
            settled_at is not None
            and flow.at is not None
            and flow.power_w is not None
            and settled_at <= flow.at
        ):
            # It has shown since what it makes of it.
            power_w = flow.power_w
        low = high = power_w
        if told.until is not None and told.until <= at:
            # It has lapsed, or does so in this moment.
            below, above = _by_limits(flow, told.until)
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


def _by_limits(flow: Flow, since: datetime | None) -> tuple[float, float]:
    """Return what flows where only limits hold: what was measured since then, else anything that they let through."""
    if (
        flow.power_w is not None
        and flow.at is not None
        and (since is None or flow.at >= since)
    ):
        return flow.power_w, flow.power_w
    return 0.0, flow.allowed_w
