"""What a programme's events come to at one moment, and when that changes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
import math
from typing import Final

from .events import LIMITS, PRICES, Ask, GridEvent
from .timeline import Slot, Window, slots, slots_of, windows

# So far ahead it is looked for what comes next, and prices are kept.
AHEAD: Final = timedelta(hours=48)
# What somebody is to do and has no end in sight is not done for longer than this after the programme was last heard.
UNHEARD: Final = timedelta(minutes=15)
# So far away an end is one that somebody meant.
_IN_SIGHT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Held:
    """One value that holds now, until when, and who asked for it."""

    value: float
    until: datetime
    event: GridEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Everything that holds now; `active` are the events that are running, the most urgent first.

    `changes_at` None: nothing changes within `AHEAD` if nothing is heard.
    """

    values: Mapping[Ask, Held] = field(default_factory=dict)
    active: tuple[GridEvent, ...] = ()
    upcoming: GridEvent | None = None
    upcoming_at: datetime | None = None
    changes_at: datetime | None = None

    def watts(self, ask: Ask) -> float | None:
        """Return a power that holds now."""
        return None if (held := self.values.get(ask)) is None else held.value


@dataclass(frozen=True, slots=True)
class Price:
    """What a kilowatt-hour costs, or earns, for a while."""

    start: datetime
    end: datetime
    price: float
    currency: str = ""


def holding(
    events: Iterable[GridEvent], seed: str, now: datetime, heard_at: datetime
) -> Holding:
    """Return what holds now; `heard_at` is when the programme was last heard, `seed` its own for what is randomised."""
    laid = [
        window for event in events for window in windows(event, seed, now, now + AHEAD)
    ]
    found = [slot for window in laid for slot in slots_of(window)]
    running = [slot for slot in found if slot.start <= now < slot.end]
    values: dict[Ask, Held] = {}
    for ask in {slot.ask for slot in running}:
        chosen = min((slot for slot in running if slot.ask is ask), key=_rank)
        until = _until(chosen, now, heard_at)
        if until > now:
            values[ask] = Held(chosen.value, until, chosen.event)
    active = {one.event.id: one.event for one in laid if one.start <= now}
    coming = [one for one in laid if one.start > now and one.interval.values]
    first = min(coming, default=None, key=_order)
    moments = [
        *(at for window in laid for at in (window.start, window.end)),
        *(slot.end for slot in found),
        *(held.until for held in values.values()),
    ]
    return Holding(
        values=values,
        active=tuple(sorted(active.values(), key=_urgency)),
        upcoming=None if first is None else first.event,
        upcoming_at=None if first is None else first.start,
        changes_at=min((at for at in moments if now < at < now + AHEAD), default=None),
    )


def event_rank(event: GridEvent) -> float:
    """Return which of two events that contradict each other counts: the lower (user guide, 7.1)."""
    return math.inf if event.priority is None else event.priority


def _urgency(event: GridEvent) -> tuple[float, str]:
    return event_rank(event), event.id


def _order(window: Window) -> tuple[datetime, float, str]:
    return window.start, *_urgency(window.event)


def prices(
    events: Iterable[GridEvent], seed: str, now: datetime, ask: Ask
) -> tuple[Price, ...]:
    """Return what is known of the prices from now on, in order and without overlaps."""
    found = [slot for slot in slots(events, seed, now, now + AHEAD) if slot.ask is ask]
    edges = sorted({at for slot in found for at in (slot.start, slot.end)})
    series: list[Price] = []
    last: Slot | None = None
    for start, end in pairwise(edges):
        covering = [slot for slot in found if slot.start <= start and end <= slot.end]
        if end <= now or not covering:
            last = None
            continue
        chosen = min(covering, key=_rank)
        if chosen is last:
            series[-1] = _longer(series[-1], end)
        else:
            currency = chosen.event.currency.get(ask, "")
            series.append(Price(start, end, chosen.value, currency))
        last = chosen
    return tuple(series)


def _longer(price: Price, end: datetime) -> Price:
    return Price(price.start, end, price.price, price.currency)


def _rank(slot: Slot) -> tuple[float, float, float, str]:
    """Return which of two values counts: that of the more urgent event, then the lower limit, then the newest."""
    changed = slot.event.changed_at
    return (
        event_rank(slot.event),
        slot.value if slot.ask in LIMITS else 0.0,
        0.0 if changed is None else -changed.timestamp(),
        slot.event.id,
    )


def _until(slot: Slot, now: datetime, heard_at: datetime) -> datetime:
    """Return until when a value holds if nothing is heard any more.

    A limit holds until its end, which is the safe side. What has no end and has somebody do something needs to be heard.
    """
    endless = slot.end - now > _IN_SIGHT
    if endless and slot.ask not in LIMITS | PRICES:
        return min(slot.end, heard_at + UNHEARD)
    return slot.end
