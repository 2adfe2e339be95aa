"""What a single charging profile says at a moment, and when it changes its mind (OCPP 1.6 §3.13, §7.8-7.14; OCPP 2.x K01)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.limit import DEFAULT_PHASES, Limit
from simulator.orders import Order
from simulator.profiles import Kind, Period, Profile, RateUnit, Recurrency, Schedule

RECURRENCES = {
    Recurrency.DAILY: timedelta(days=1),
    Recurrency.WEEKLY: timedelta(weeks=1),
}


@dataclass(frozen=True, slots=True)
class Word:
    """What a profile says at a moment: a limit, an order to let so much flow, or both."""

    limit: Limit | None
    order: Order | None = None
    period: Period | None = None


def word_at(
    profile: Profile, at: datetime, anchor: datetime, voltage_v: float
) -> Word | None:
    """The profile's word at a moment, or None where it has nothing to say.

    The anchor is where a schedule without a start of its own begins: the start of the transaction.
    """
    if not _is_valid(profile, at):
        return None
    start = _latest_start(profile, at, anchor)
    if start is None:
        return None
    schedule = profile.schedule
    elapsed_s = (at - start).total_seconds()
    if schedule.duration_s is not None and elapsed_s >= schedule.duration_s:
        return None
    period = _period_at(schedule, elapsed_s)
    if period is None:
        return None
    order = Order.read(period.v2x, schedule.unit) if period.v2x else None
    if period.limit is None:
        return Word(None, order, period) if order else None
    limit = _as_limit(period.limit, period, schedule.unit, voltage_v)
    return Word(limit, order, period)


def changes(
    profile: Profile, start: datetime, end: datetime, anchor: datetime
) -> Iterator[datetime]:
    """Every moment in the window at which the profile's limit may change; a few more do no harm."""
    moments = [profile.valid_from, profile.valid_to]
    for begin in _starts(profile, start, end, anchor):
        moments.append(begin)
        moments += [
            begin + timedelta(seconds=period.start_s)
            for period in profile.schedule.periods
        ]
        if profile.schedule.duration_s is not None:
            moments.append(begin + timedelta(seconds=profile.schedule.duration_s))
    yield from (
        moment for moment in moments if moment is not None and start < moment < end
    )


def _is_valid(profile: Profile, at: datetime) -> bool:
    started = profile.valid_from is None or profile.valid_from <= at
    return started and (profile.valid_to is None or at < profile.valid_to)


def _first_start(profile: Profile, anchor: datetime) -> datetime:
    # A schedule without a start is relative to the start of charging, whatever its kind says (§7.13).
    # A dynamic one is anchored where it was last updated.
    if profile.kind is Kind.RELATIVE or profile.schedule.start is None:
        return anchor
    return profile.schedule.start


def _latest_start(profile: Profile, at: datetime, anchor: datetime) -> datetime | None:
    """The last time at or before a moment that the schedule began."""
    first = _first_start(profile, anchor)
    if at < first:
        return None
    if profile.kind is not Kind.RECURRING or profile.recurrency is None:
        return first
    return (
        first
        + (at - first)
        // RECURRENCES[profile.recurrency]
        * RECURRENCES[profile.recurrency]
    )


def _starts(
    profile: Profile, start: datetime, end: datetime, anchor: datetime
) -> Iterator[datetime]:
    """The times the schedule begins that matter for a window."""
    begin = _latest_start(profile, start, anchor) or _first_start(profile, anchor)
    yield begin
    if profile.kind is not Kind.RECURRING or profile.recurrency is None:
        return
    while (begin := begin + RECURRENCES[profile.recurrency]) < end:
        yield begin


def _period_at(schedule: Schedule, elapsed_s: float) -> Period | None:
    """The last period that has begun."""
    begun = [period for period in schedule.periods if period.start_s <= elapsed_s]
    return begun[-1] if begun else None


def _as_limit(value: float, period: Period, unit: RateUnit, voltage_v: float) -> Limit:
    # A limit on one named terminal is one on one phase, even where that is not said.
    phases = period.phases or (1 if period.terminal else DEFAULT_PHASES)
    if unit is RateUnit.AMPERES:
        return Limit(value, phases, period.terminal)
    return Limit.of_power(value, phases, voltage_v, period.terminal)
