"""When an event asks for what: its intervals laid out in time (OpenADR 3.1 user guide, 7.3 and 7.4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import count, islice, takewhile
from typing import Final

from .events import LIMITS, PRICES, Ask, GridEvent, Interval
from .times import FOREVER

_NOTHING = timedelta(0)

# A server could repeat an interval of a second for ever.
MOST_WINDOWS: Final = 10000


@dataclass(frozen=True, slots=True)
class Window:
    """One interval in time."""

    event: GridEvent
    interval: Interval
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """One value, and when it is asked for."""

    event: GridEvent
    ask: Ask
    value: float
    start: datetime
    end: datetime


def fraction(seed: str, event_id: str) -> float:
    """Return how far within its bounds an event is moved, from -1 to 1: evenly spread, and the same whenever it is asked."""
    digest = blake2b(f"{seed}/{event_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**63 - 1


def windows(
    event: GridEvent, seed: str, since: datetime, until: datetime
) -> Iterator[Window]:
    """Yield an event's intervals that touch a span of time, in order; `seed` is the programme's own."""
    return (window for _, window in numbered(event, seed, since, until))


def numbered(
    event: GridEvent, seed: str, since: datetime, until: datetime
) -> Iterator[tuple[int, Window]]:
    """Yield them with their place among all of the event's, counted on where it repeats; at most `MOST_WINDOWS`."""
    return islice(_numbered(event, seed, since, until), MOST_WINDOWS)


def _numbered(
    event: GridEvent, seed: str, since: datetime, until: datetime
) -> Iterator[tuple[int, Window]]:
    laid = _laid_out(event, seed)
    if not laid:
        return
    begin, end = laid[0].start, max(window.end for window in laid)
    span = end - begin
    last = end if event.duration is None else begin + event.duration
    if span <= _NOTHING:
        return
    # One that goes on for longer than its intervals begins with them again.
    first_round = max(0, (since - begin) // span)
    rounds = takewhile(
        lambda number: begin + number * span < min(last, until), count(first_round)
    )
    for number in rounds:
        shift = number * span
        for place, window in enumerate(laid):
            start, stop = window.start + shift, min(window.end + shift, last)
            if start < stop and start < until and since < stop:
                found = replace(window, start=start, end=stop)
                yield number * len(laid) + place, found


def slots(
    events: Iterable[GridEvent], seed: str, since: datetime, until: datetime
) -> Iterator[Slot]:
    """Yield everything that is asked for within a span of time."""
    for event in events:
        for window in windows(event, seed, since, until):
            yield from slots_of(window)


def slots_of(window: Window) -> Iterator[Slot]:
    """Yield everything that is asked for in one interval."""
    for ask, values in window.interval.values.items():
        yield from _divided(window, ask, values)


def _divided(window: Window, ask: Ask, values: tuple[float, ...]) -> Iterator[Slot]:
    """Yield the values of one payload, each for its part of the interval."""
    each = (window.end - window.start) / max(1, len(values))
    for number, value in enumerate(values):
        start = window.start + number * each
        yield Slot(window.event, ask, value, start, start + each)


def _laid_out(event: GridEvent, seed: str) -> list[Window]:
    """Return an event's intervals, each once; those of no length are left out."""
    moved = fraction(seed, event.id)
    usual = event.period
    if usual is not None and usual.now and usual.duration == _NOTHING:
        # So an event is cancelled (7.9).
        return []
    shift = moved * ((usual and usual.randomize) or _NOTHING)
    cursor: datetime | None = None
    found: list[Window] = []
    for interval in event.intervals:
        own = interval.period
        if own.randomize:
            shift = moved * own.randomize
        if own.start is not None:
            start = own.start + shift
        elif cursor is not None:
            start = cursor
        elif usual is not None and usual.start is not None:
            start = usual.start + shift
        else:
            start = event.heard_at
        duration = own.duration
        if duration is None and usual is not None:
            duration = usual.duration
        if not duration:
            duration = _without_length(event, interval)
        cursor = start + max(duration, _NOTHING)
        if cursor > start:
            found.append(Window(event, interval, start, cursor))
    return found


def _without_length(event: GridEvent, interval: Interval) -> timedelta:
    """Return how long an interval is that does not say it: for good or not at all, as is its payload's nature (3.0.1).

    A limit and a price hold until they are taken back; what somebody is to do has to say for how long. A start of
    "now" with no length is a way to cancel.
    """
    own = interval.period.duration
    if own is not None and interval.period.now:
        return _NOTHING
    lasting = interval.values and interval.values.keys() <= LIMITS | PRICES
    return FOREVER if lasting and len(event.intervals) == 1 else _NOTHING
