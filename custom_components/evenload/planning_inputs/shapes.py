"""The shapes in which integrations tell the prices of coming hours in the attributes of an entity: one row each.

No row asks who the integration is. Attributes that look alike are read alike, so that template sensors that copy one
of these shapes are understood too; `docs/planning-inputs.md` recommends the first row to their authors.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import chain
import math
from typing import Any

from homeassistant.util import dt as dt_util

from .quarters import Slot, in_order, plain_day


@dataclass(frozen=True, slots=True)
class Shape:
    """Lists of rows under `attributes`, one list after the other, and what the fields of a row are called.

    `unit` stands where the rows are told in another unit than the entity; `scale` is what makes that unit of a number.
    """

    attributes: tuple[str, ...]
    start: str
    price: str
    end: str | None = None
    unit: str | None = None
    scale: float = 1.0


# The first that fits is read; of those that name the same attributes, the one that says more comes first.
SHAPES = (
    Shape(("prices",), "start", "price", "end"),
    # Nord Pool as a custom integration, and many that follow it.
    Shape(("raw_today", "raw_tomorrow"), "start", "value", "end"),
    # Energi Data Service; its forecast reaches beyond tomorrow.
    Shape(("raw_today", "raw_tomorrow", "forecast"), "hour", "price"),
    # ENTSO-E.
    Shape(("prices",), "time", "price"),
    Shape(("prices_today", "prices_tomorrow"), "time", "price"),
    # EPEX Spot, with aWATTar and others behind it, as it was and as it is.
    Shape(("data",), "start_time", "price_per_kwh", "end_time"),
    Shape(("data",), "start_time", "price_ct_per_kwh", "end_time", "ct/kWh"),
    Shape(("data",), "start_time", "price_eur_per_kwh", "end_time", "EUR/kWh"),
    Shape(("data",), "start_time", "price_eur_per_mwh", "end_time", "EUR/MWh"),
    # Octopus Energy, whose entities are events: they have no unit.
    Shape(("rates",), "start", "value_inc_vat", "end", "GBP/kWh"),
    # Amber Electric.
    Shape(("forecasts",), "start_time", "per_kwh", "end_time"),
    # Frank Energie.
    Shape(("prices",), "from", "price", "till"),
    # Zonneplan: whole numbers, of which ten millions are a euro; by the hour, and by the quarter.
    Shape(("forecast",), "datetime", "electricity_price", None, "EUR/kWh", 1e-7),
    Shape(
        ("forecast",), "start_date", "price_tax_included.amount", None, "EUR/kWh", 1e-7
    ),
    # What Tibber's interface calls them, in template sensors.
    Shape(("today", "tomorrow"), "startsAt", "total"),
)

# Lists of nothing but numbers, of these days from today on.
_PLAIN = ("today", "tomorrow")


@dataclass(frozen=True, slots=True)
class Told:
    """The prices that an entity tells, in its own unit or in the one that is named."""

    slots: tuple[Slot, ...]
    unit: str | None = None


def read(attributes: Mapping[str, Any], today: date, zone: tzinfo) -> Told | None:
    """Return the prices in an entity's attributes, or None where they have no shape that is known."""
    for shape in SHAPES:
        rows = list(chain(*(_list(attributes.get(name)) for name in shape.attributes)))
        if slots := slots_of(rows, shape, zone):
            return Told(tuple(slots), shape.unit)
    if slots := _plain(attributes, today, zone):
        return Told(tuple(slots))
    return None


def slots_of(rows: Iterable[Any], shape: Shape, zone: tzinfo) -> list[Slot]:
    """Return the rows that can be read; a row without a price is a gap, and one without a time is nothing."""
    found = [
        (start, _moment(_field(row, shape.end)), price)
        for row in rows
        if isinstance(row, Mapping)
        and (start := _moment(_field(row, shape.start))) is not None
        and (price := _number(_field(row, shape.price))) is not None
    ]
    starts = in_order((start for start, _, _ in found), zone)
    return [
        Slot(start, price * shape.scale, _absolute(end, start, zone))
        for start, (_, end, price) in zip(starts, found, strict=True)
    ]


def _absolute(end: datetime | None, start: datetime, zone: tzinfo) -> datetime | None:
    """Return an end in UTC; one that names no zone is the first such time after its start."""
    if end is None:
        return None
    if end.tzinfo is not None:
        return dt_util.as_utc(end)
    first, second = (
        dt_util.as_utc(end.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)
    )
    return first if first > start else second


def _plain(attributes: Mapping[str, Any], today: date, zone: tzinfo) -> list[Slot]:
    """Return the prices of days that are lists of numbers."""
    found: list[Slot] = []
    for ahead, name in enumerate(_PLAIN):
        values = [_number(value) for value in _list(attributes.get(name))]
        if not values or any(isinstance(value, str) for value in values):
            continue
        day = today + timedelta(days=ahead)
        numbers = [math.nan if value is None else value for value in values]
        found += plain_day(numbers, day, zone) or []
    return [slot for slot in found if math.isfinite(slot.value)]


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _field(row: Mapping[str, Any], path: str | None) -> Any:
    """Return a field of a row; a point leads into a field of a field."""
    value: Any = row
    for name in (path or "").split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return dt_util.parse_datetime(value) if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    """Return a number, also one that is written as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
