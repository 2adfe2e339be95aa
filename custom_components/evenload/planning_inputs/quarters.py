"""From values of any length to quarters of an hour; times are absolute, so no clock change shifts them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
import math

from homeassistant.util import dt as dt_util

from ..engine.model.planning import QUARTER, Series

# Who does not say how long a value holds means at most this: market periods are hours, and forecasts rarely coarser.
LONGEST = timedelta(hours=3)

# A quarter of which less is known counts as not known at all.
LEAST_KNOWN = 0.5

# How long one value of a day's plain list may hold.
_STEPS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that holds from a moment on, until its end where that is said."""

    start: datetime
    value: float
    end: datetime | None = None


def quarter_of(moment: datetime) -> datetime:
    """Return the beginning of the quarter of an hour that a moment lies in, in UTC."""
    moment = dt_util.as_utc(moment)
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def series(slots: Iterable[Slot], start: datetime, horizon: timedelta) -> Series | None:
    """Return the mean of every quarter from `start` on; None for a quarter in a gap, and nothing where none is known.

    What comes after the last known quarter is left off.
    """
    first, count = quarter_of(start), math.ceil(horizon / QUARTER)
    sums, known = [0.0] * count, [0.0] * count
    for slot in closed(slots):
        _add(slot, first, sums, known)
    values: list[float | None] = [
        total / share if share >= LEAST_KNOWN else None
        for total, share in zip(sums, known, strict=True)
    ]
    while values and values[-1] is None:
        values.pop()
    return Series(first, tuple(values)) if values else None


def closed(slots: Iterable[Slot]) -> list[Slot]:
    """Return values in order of time, each once and with an end; those that are no numbers are left out.

    One that does not say its end holds until the next, unless there is a gap: then as long as most do.
    """
    by_start = {
        slot.start: slot
        for slot in slots
        if math.isfinite(slot.value) and (slot.end is None or slot.end > slot.start)
    }
    ordered = [by_start[start] for start in sorted(by_start)]
    usual = _usual_step(ordered)
    found: list[Slot] = []
    for place, slot in enumerate(ordered):
        after = ordered[place + 1].start if place + 1 < len(ordered) else None
        end = slot.end or slot.start + usual
        # Those that overlap are no reason to count anything twice: the later one holds.
        found.append(Slot(slot.start, slot.value, min(end, after) if after else end))
    return found


def _usual_step(ordered: Sequence[Slot]) -> timedelta:
    """Return how long a value holds mostly, the shorter where that is not clear."""
    steps = [
        after.start - before.start
        for before, after in pairwise(ordered)
        if after.start - before.start <= LONGEST
    ]
    if not steps:
        return timedelta(hours=1)
    return max(sorted(set(steps)), key=steps.count)


def _add(slot: Slot, first: datetime, sums: list[float], known: list[float]) -> None:
    """Add a value to the quarters that it touches, by how much of each it covers."""
    begin, end = slot.start, slot.end
    assert end is not None
    place = max(0, (begin - first) // QUARTER)
    while place < len(sums):
        of = first + place * QUARTER
        covered = min(end, of + QUARTER) - max(begin, of)
        if covered <= timedelta(0):
            return
        share = covered / QUARTER
        sums[place] += share * slot.value
        known[place] += share
        place += 1


def has_gap(found: Series) -> bool:
    """Whether something is missing between now and the last value that is known."""
    return any(value is None for value in found.values)


def plain_day(values: Sequence[float], day: date, zone: tzinfo) -> list[Slot] | None:
    """Return a day's plain list with its times: 23, 24 or 25 hours, and so 92, 96 or 100 quarters.

    None where the list does not fit the day.
    """
    begin = _midnight(day, zone)
    length = _midnight(day + timedelta(days=1), zone) - begin
    step = length / len(values) if values else timedelta(0)
    if step not in _STEPS:
        return None
    return [
        Slot(begin + place * step, value, begin + (place + 1) * step)
        for place, value in enumerate(values)
    ]


def _midnight(day: date, zone: tzinfo) -> datetime:
    return dt_util.as_utc(datetime(day.year, day.month, day.day, tzinfo=zone))


def in_order(moments: Iterable[datetime], zone: tzinfo) -> list[datetime]:
    """Return times in UTC; those that name no zone are local, and come in order.

    So the second of two that read alike is the hour after the clock was set back.
    """
    found: list[datetime] = []
    for moment in moments:
        if moment.tzinfo is not None:
            found.append(dt_util.as_utc(moment))
            continue
        at = dt_util.as_utc(moment.replace(tzinfo=zone))
        if found and at <= found[-1]:
            at = dt_util.as_utc(moment.replace(tzinfo=zone, fold=1))
        found.append(at)
    return found
