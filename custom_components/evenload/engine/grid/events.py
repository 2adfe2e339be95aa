"""What a programme asks for: events with their intervals, and the reports that it wants of them. As they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Ask(StrEnum):
    """What of an interval's payloads is understood (OpenADR 3, event payload types)."""

    IMPORT_LIMIT = "IMPORT_CAPACITY_LIMIT"
    EXPORT_LIMIT = "EXPORT_CAPACITY_LIMIT"
    DISPATCH = "DISPATCH_SETPOINT"
    CHARGE_STATE = "CHARGE_STATE_SETPOINT"
    PRICE = "PRICE"
    EXPORT_PRICE = "EXPORT_PRICE"


LIMITS = frozenset({Ask.IMPORT_LIMIT, Ask.EXPORT_LIMIT})
PRICES = frozenset({Ask.PRICE, Ask.EXPORT_PRICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """When something is. `start` None: right after what is before it, or (`now`) as soon as it is heard of."""

    start: datetime | None = None
    now: bool = False
    duration: timedelta | None = None
    # None: as the whole event.
    randomize: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """One of an event's intervals; several values of one payload divide it evenly.

    Powers are in watts, positive into the vehicle; a state of charge is a part of 1, or in watt-hours (the event says
    which); prices are for a kilowatt-hour.
    """

    id: int
    period: Period = Period()
    values: Mapping[Ask, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """A report that an event asks for (`reportDescriptor`); what the numbers mean is said there."""

    payload: str
    reading: str = ""
    units: str = ""
    aggregate: bool = False
    start_interval: int = -1
    num_intervals: int = -1
    historical: bool = True
    frequency: int = -1
    repeat: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GridEvent:
    """An event as it was read; `heard_at` is when its id was heard of first."""

    id: str
    heard_at: datetime
    name: str = ""
    # 0 comes first; None comes last.
    priority: int | None = None
    changed_at: datetime | None = None
    period: Period | None = None
    # Of the whole event: shorter than its intervals cuts them off, longer repeats them.
    duration: timedelta | None = None
    intervals: tuple[Interval, ...] = ()
    currency: Mapping[Ask, str] = field(default_factory=dict)
    # What a state of charge is said in.
    charge_in_wh: bool = False
    reports: tuple[ReportRequest, ...] = ()

    @property
    def title(self) -> str:
        """What it is called."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that was left out, and why."""

    id: str
    why: str
