"""The actions by which integrations tell the prices of coming hours: one row each.

Those of Home Assistant itself keep prices out of their entities' attributes, and answer an action instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.util import dt as dt_util

from .shapes import Shape

type Question = dict[str, Any]

# Day-ahead markets count their days in their own time, so a day of them may begin up to so long after ours.
_MARKET_LAG = timedelta(hours=3)


def _days(now: datetime, until: datetime) -> list[str]:
    day = dt_util.as_local(now - _MARKET_LAG).date()
    last = dt_util.as_local(until).date()
    return [
        (day + timedelta(days=ahead)).isoformat()
        for ahead in range((last - day).days + 1)
    ]


def _by_date(now: datetime, until: datetime) -> list[Question]:
    """Ask for each day: who has no prices of tomorrow yet, has those of today."""
    return [{"date": day} for day in _days(now, until)]


def _by_day(now: datetime, until: datetime) -> list[Question]:
    """Ask for each day, as a span from it to it."""
    return [{"start": day, "end": day} for day in _days(now, until)]


def _at_once(now: datetime, until: datetime) -> list[Question]:
    """Ask once, from the hour that began on."""
    begin = dt_util.as_local(now).replace(minute=0, second=0, microsecond=0)
    return [{"start": begin.isoformat(), "end": dt_util.as_local(until).isoformat()}]


def _for_all(_: datetime, __: datetime) -> list[Question]:
    """Ask for all there is."""
    return [{}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action that tells prices: what it is asked, and what its answer looks like."""

    service: str
    shape: Shape
    questions: Callable[[datetime, datetime], list[Question]]
    # Where the answer holds the rows, and whether they lie there under one more name: of a home, or of an area.
    under: str | None = "prices"
    is_named: bool = False
    # Whose they are: `{currency}` is that of the entry, of its sensors, or of Home Assistant.
    unit: str = "{currency}/kWh"
    # What is always asked, and under which name the entry is; None where all entries answer together.
    asked: Mapping[str, Any] = field(default_factory=dict)
    entry_field: str | None = "config_entry"
    # Where the entry lists what it has prices of, and so what is asked for under the same name.
    listed_under: str | None = None
    # What is asked for what is fed into the grid, where that is told apart.
    export: Action | None = None

    def question(self, entry: ConfigEntry, part: str, question: Question) -> Question:
        """Return what is asked of an entry, or of a part of it."""
        own = {self.entry_field: entry.entry_id} if self.entry_field else {}
        of_part = {self.listed_under: [part]} if self.listed_under and part else {}
        return {**self.asked, **question, **own, **of_part}

    def parts(self, entry: ConfigEntry) -> tuple[str, ...]:
        """Return what an entry has prices of; mostly of one thing, which needs no name."""
        listed = entry.data.get(self.listed_under) if self.listed_under else None
        return tuple(listed) if isinstance(listed, list) and listed else ("",)

    def rows(self, answer: Mapping[str, Any]) -> list[Any]:
        """Return the rows of an answer; of several homes, those of the first."""
        found: Any = answer if self.under is None else answer.get(self.under)
        if self.is_named and isinstance(found, Mapping):
            found = next(iter(found.values()), None)
        return list(found) if isinstance(found, (list, tuple)) else []


def _both_ways(action: Action, asked: Mapping[str, Any], service: str = "") -> Action:
    """Return an action with the one that tells what is paid for what is fed into the grid: the same, asked otherwise."""
    export = replace(action, asked=asked, service=service or action.service)
    return replace(action, export=export)


_PER_TIMESTAMP = Shape((), "timestamp", "price")
_PER_SPAN = Shape((), "start", "price", "end")

# By the integration that answers.
ACTIONS: dict[str, Action] = {
    "amberelectric": _both_ways(
        Action(
            service="get_forecasts",
            shape=Shape((), "start_time", "per_kwh", "end_time"),
            questions=_for_all,
            under="forecasts",
            asked={"channel_type": "general"},
            entry_field="config_entry_id",
        ),
        asked={"channel_type": "feed_in"},
    ),
    "easyenergy": _both_ways(
        Action(
            service="get_energy_usage_prices",
            shape=_PER_TIMESTAMP,
            questions=_by_day,
            unit="EUR/kWh",
            asked={"incl_vat": True, "granularity": "quarter", "price_type": "invoice"},
        ),
        service="get_energy_return_prices",
        asked={"granularity": "quarter"},
    ),
    "energyzero": _both_ways(
        Action(
            service="get_energy_prices",
            shape=_PER_SPAN,
            questions=_by_day,
            unit="EUR/kWh",
            asked={"incl_vat": True, "price_type": "all_in", "interval": "quarter"},
        ),
        asked={"incl_vat": False, "price_type": "market", "interval": "quarter"},
    ),
    # What the market pays per MWh, before taxes and fees: the owner says what comes on top.
    "nordpool": Action(
        service="get_price_indices_for_date",
        shape=_PER_SPAN,
        questions=_by_date,
        under=None,
        is_named=True,
        unit="{currency}/MWh",
        asked={"resolution": 15},
        listed_under="areas",
    ),
    "tibber": Action(
        service="get_prices",
        shape=Shape((), "start_time", "price"),
        questions=_at_once,
        is_named=True,
        entry_field=None,
    ),
}
