"""Which reports an event wants, and when (OpenADR 3.1 user guide, 7.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from .events import GridEvent, ReportRequest
from .storage import Diary, Told, units_of, value_of
from .timeline import Window, numbered
from .times import FOREVER

# An event that leaves the time to us is told so often.
AT_OUR_TIME: Final = timedelta(minutes=15)
# What was due longer ago nobody waits for.
TOO_LATE: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Span:
    """One interval of a report."""

    id: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is to be sent: which of the event's, for which of its times, and about when."""

    event: GridEvent
    request: ReportRequest
    number: int
    at: datetime
    spans: tuple[Span, ...]

    @property
    def key(self) -> str:
        """What it is remembered by once it was sent."""
        return f"{self.event.id}/{self.request.payload}/{self.request.reading}/{self.number}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One interval of a report with its value; None: it is missing."""

    span: Span
    value: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is sent."""

    due: Due
    units: str
    entries: tuple[Entry, ...]


def due_reports(event: GridEvent, seed: str, now: datetime) -> Iterator[Due]:
    """Yield the last report of each kind that is due by now; of those before it nobody waits."""
    for request in event.reports:
        if request.payload not in Told:
            continue
        reports = (
            _on_its_intervals(event, request, seed, now)
            if event.intervals and request.frequency != 0
            else _at_our_time(event, request, now)
        )
        last: Due | None = None
        for report in reports:
            if report.at > now:
                break
            last = report
        if last is not None and now - last.at < TOO_LATE:
            yield last


def filled(due: Due, diary: Diary) -> Report:
    """Return a report with its values."""
    entries = tuple(
        Entry(span, value_of(due.request, diary, span.start, span.end))
        for span in due.spans
    )
    return Report(due, units_of(due.request), entries)


def _on_its_intervals(
    event: GridEvent, request: ReportRequest, seed: str, now: datetime
) -> Iterator[Due]:
    """Yield the reports that go by the event's intervals, in order, without those of long ago."""
    span = 2 * TOO_LATE
    laid = dict(numbered(event, seed, now - span, now + span))
    if not laid:
        return
    size = len(event.intervals)
    number = size if request.num_intervals < 0 else max(1, request.num_intervals)
    step = number if request.frequency < 0 else request.frequency
    first = request.start_interval
    if first < 0:
        # At the end of those that make a report.
        first = min(step, size) - 1 if request.historical else 0
    earliest = max(0, (min(laid) - first) // step)
    for report in count(earliest):
        at = first + report * step
        if at > max(laid) or 0 <= request.repeat <= report:
            return
        places = (
            range(at - number + 1, at + 1)
            if request.historical
            else range(at, at + number)
        )
        covered = [laid[place] for place in places if place in laid]
        if at in laid:
            moment = laid[at].end if request.historical else laid[at].start
            yield Due(event, request, report, moment, tuple(map(_span, covered)))


def _at_our_time(
    event: GridEvent, request: ReportRequest, now: datetime
) -> Iterator[Due]:
    """Yield the reports of an event that leaves their time to us, or only says how far they are apart."""
    period = event.period
    start, step = event.heard_at, AT_OUR_TIME
    end = start + FOREVER
    if period is not None:
        start = max(start, period.start) if period.start else start
        if period.duration and period.duration < TOO_LATE and not event.intervals:
            step = max(period.duration, timedelta(seconds=30))
    if event.duration is not None:
        end = min(end, start + event.duration)
    newest = max(0, (now - start) // step)
    if request.repeat >= 0 and request.frequency != 0:
        newest = min(newest, request.repeat - 1)
    at = start + newest * step
    if newest >= 0 and at <= end:
        span = (
            Span(newest, at - step, at)
            if request.historical
            else Span(newest, at, at + step)
        )
        yield Due(event, request, newest, at, (span,))


def _span(window: Window) -> Span:
    return Span(window.interval.id, window.start, window.end)
