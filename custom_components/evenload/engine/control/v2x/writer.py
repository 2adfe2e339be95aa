"""Tells stations their setpoints: one at a time for each, the latest wins, and what is in doubt is said again."""

import asyncio
from collections.abc import Callable, Mapping
import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...csms.commands import Commands
from ...csms.host import Link
from ...model.errors import EvenloadError, NotConnected
from ...model.identity import EvseKey
from ...model.orders import Outcome
from ...model.v2x import SetpointOrder
from .dialects import ends_with_limit, least_or_rest, refresh_s
from .feeding import Feeding

# What differs by less is not worth a write.
DEAD_BAND_W = 40.0

# A station that did not take what it was told is told again after this; ending goes on until it is taken.
AGAIN_AFTER = timedelta(seconds=5)

# What has to be said again is said with the first news after this part of the time: a renewal just before would have the news wait.
_NEARLY = 0.75

# A round that comes a moment too early is not put off to the next.
_EARLY = timedelta(milliseconds=50)

# Who closes waits no longer for stations to take the end of their setpoints: Home Assistant has more to close.
CLOSES_WITHIN_S = 2.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one EVSE is to hold: an order, or its end. `limits`: that end is said again when what may be charged with changes."""

    order: SetpointOrder
    ends: bool = False
    limits: bool = False


def ending(held: SetpointOrder, order: SetpointOrder, least_w: float) -> Wanted:
    """Return the end of a setpoint; it may say what is charged with from then on: what the limits of `order` let through now."""
    dialect, charge_w = held.dialect, order.charge_limit_w
    limits = ends_with_limit(dialect)
    if limits:
        charge_w = least_or_rest(charge_w, least_w, dialect)
    # Without a transaction there is nobody to be told.
    is_running = order.transaction_id is not None
    ends = replace(held, charge_limit_w=charge_w)
    return Wanted(ends, ends=True, limits=limits and is_running)


class Writer:
    """Writes what is wanted, as often as stations bear it."""

    def __init__(
        self,
        feeding: Feeding,
        link: Callable[[str], Link | None],
        now: Callable[[], datetime],
        fit: Callable[[EvseKey, SetpointOrder], SetpointOrder],
        heard: Callable[[EvseKey, Wanted, Outcome, Commands], None],
    ) -> None:
        """Begin with nothing wanted.

        `fit` bounds an order by what all others may be feeding in that moment; `heard` is told how a station took it.
        """
        self._feeding = feeding
        self._link = link
        self._now = now
        self._fit = fit
        self._heard = heard
        self._wanted: Mapping[EvseKey, Wanted] = {}
        # Of whom something else is wanted than in the round before.
        self._news: set[EvseKey] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Who is told again when: it did not take what it was told.
        self._waits: dict[EvseKey, datetime] = {}
        self._is_closed = False

    def want(self, wanted: Mapping[EvseKey, Wanted]) -> None:
        """Take what every EVSE is to hold; whoever has to be told is told."""
        before, self._wanted = self._wanted, wanted
        self._news = {key for key in wanted if wanted[key] != before.get(key)}
        for key in wanted:
            if key.identity not in self._tasks and self._due(key) is not None:
                self._begin(key.identity)

    def look_again_s(self) -> float | None:
        """Return after how many seconds something may be due if nothing else happens; None: nothing is held."""
        return 1.0 if any(self._concerns(key) for key in self._wanted) else None

    async def close(self, last: Callable[[EvseKey, SetpointOrder], Wanted]) -> None:
        """End every setpoint, as far as stations take that in time, and write no more; `last` is the end that nobody will change."""
        self._is_closed = True
        self._wanted = {
            key: last(key, wanted.order)
            for key, wanted in self._wanted.items()
            if self._concerns(key)
        }
        for identity in {key.identity for key in self._wanted}:
            if identity not in self._tasks:
                self._begin(identity)
        tasks = [*self._tasks.values()]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSES_WITHIN_S):
                await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            task.cancel()

    def clock_was_set(self, _: timedelta) -> None:
        """Go on by another clock: who was left alone for a while is told at once."""
        self._waits.clear()

    def _concerns(self, key: EvseKey) -> bool:
        return (
            not self._wanted[key].ends
            or self._wanted[key].limits
            or self._feeding.held(key) is not None
            or key in self._feeding.doubtful
        )

    def _must_end(self, key: EvseKey) -> bool:
        """Whether an EVSE has to be told an end: it may hold a setpoint, or another limit than it may charge with."""
        if self._feeding.held(key) is not None or key in self._feeding.doubtful:
            return True
        last, wanted = self._feeding.last(key), self._wanted[key]
        if last is None or not wanted.limits:
            return False
        settles_at = last.sent_at + _settling(wanted.order)
        if self._now() < settles_at and not self._is_closed:
            return False
        more_w = wanted.order.charge_limit_w - last.charge_w
        return last.answered_at is None or more_w < -1.0 or more_w >= DEAD_BAND_W

    def _begin(self, identity: str) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        task = loop.create_task(self._run(identity), name="evenload setpoints")
        self._tasks[identity] = task
        task.add_done_callback(lambda _: self._tasks.pop(identity, None))

    async def _run(self, identity: str) -> None:
        """Tell a station all that is due."""
        while (link := self._link(identity)) is not None:
            due = [
                (key, order)
                for key in self._wanted
                if key.identity == identity and (order := self._due(key)) is not None
            ]
            if not due:
                return
            # Who gives less, or nothing, makes room for those who are to give more.
            key, order = max(due, key=lambda pair: (pair[1].ends, _power(pair[1])))
            await self._tell(link, key, order)

    async def _tell(self, link: Link, key: EvseKey, wanted: Wanted) -> None:
        order, commands = wanted.order, link.commands
        self._feeding.sending(key, order, ends=wanted.ends)
        outcome = Outcome.UNKNOWN
        try:
            if wanted.ends:
                outcome = await commands.end_setpoint(order)
            else:
                outcome = await commands.set_setpoint(order)
        except NotConnected:
            pass
        except EvenloadError:
            outcome = Outcome.REFUSED
        finally:
            self._feeding.answered(key, outcome)
        if outcome is Outcome.APPLIED:
            self._waits.pop(key, None)
        else:
            self._waits[key] = self._now() + AGAIN_AFTER
        self._heard(key, wanted, outcome, commands)

    def _due(self, key: EvseKey) -> Wanted | None:
        """Return what an EVSE has to be told now, if anything."""
        wanted = self._wanted.get(key)
        if wanted is None or self._link(key.identity) is None:
            return None
        last, now = self._feeding.last(key), self._now()
        if (again_at := self._waits.get(key)) is not None and now < again_at:
            return None
        if wanted.ends:
            return wanted if self._must_end(key) else None
        if self._is_closed:
            return None
        order = self._fit(key, wanted.order)
        if last is None or last.order is None:
            is_young = last is not None and now < last.sent_at + _settling(order)
            return None if is_young else Wanted(order)
        since = now - last.sent_at
        is_doubted = last.answered_at is None or last.doubted_at is not None
        if since < _settling(order) - _EARLY:
            return None
        part = _NEARLY if key in self._news else 1.0
        lasts = timedelta(seconds=part * refresh_s(order.dialect))
        if since >= lasts or is_doubted or _differs(last.order, order):
            return Wanted(order)
        return None


def _settling(order: SetpointOrder) -> timedelta:
    return timedelta(seconds=order.dialect.settles_s)


def _power(wanted: Wanted) -> float:
    return wanted.order.power_w


def _differs(before: SetpointOrder, order: SetpointOrder) -> bool:
    """Whether a change is worth a write."""
    return (
        abs(before.power_w - order.power_w) >= DEAD_BAND_W
        or (before.power_w < 0) != (order.power_w < 0)
        or before.mode is not order.mode
        or before.transaction_id != order.transaction_id
        or abs(before.charge_limit_w - order.charge_limit_w) >= 200.0
        or _differs_by_phase(before.by_phase_w, order.by_phase_w)
        or before.frequency_curve != order.frequency_curve
        or before.signal_curve != order.signal_curve
        or abs(before.baseline_w - order.baseline_w) >= DEAD_BAND_W
    )


def _differs_by_phase(
    before: tuple[float, ...] | None, shares: tuple[float, ...] | None
) -> bool:
    """Whether the phases are to give something else, though all together give the same."""
    if before is None or shares is None:
        return before is not shares
    pairs = zip(before, shares, strict=True)
    return any(abs(share_w - was_w) >= DEAD_BAND_W for was_w, share_w in pairs)
