"""Prices in the attributes of entities, as the integrations that people use write them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.evenload.planning_inputs.quarters import closed
from custom_components.evenload.planning_inputs.shapes import read

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TODAY = date(2026, 11, 22)
MIDNIGHT = datetime(2026, 11, 21, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)

# Today's 24 hours and tomorrow's, in euros.
PRICES = [round(0.1 + 0.01 * hour, 3) for hour in range(48)]


def local(hour: int) -> datetime:
    """Return a full hour from today's midnight on, in local time."""
    return (MIDNIGHT + hour * HOUR).astimezone(AMSTERDAM)


def rows(make: Callable[[datetime, float], dict[str, Any]], hours: range) -> list[Any]:
    """Return a row of each hour."""
    return [make(local(hour), PRICES[hour]) for hour in hours]


FIRST, SECOND, BOTH = range(24), range(24, 48), range(48)


def nord_pool(start: datetime, price: float) -> dict[str, Any]:
    """A row of the custom integration: its times are not text."""
    return {"start": start, "end": start + HOUR, "value": price}


def energi_data_service(start: datetime, price: float) -> dict[str, Any]:
    """A row of Energi Data Service, which says no end."""
    return {"hour": start, "price": price}


def entso_e(start: datetime, price: float) -> dict[str, Any]:
    """A row of ENTSO-E, whose times have a blank in them."""
    return {"time": str(start), "price": price}


def epex_spot(name: str, factor: float = 1) -> Callable[[datetime, float], Any]:
    """Return what makes a row of EPEX Spot."""
    return lambda start, price: {
        "start_time": start.isoformat(),
        "end_time": (start + HOUR).isoformat(),
        name: price * factor,
    }


def octopus(start: datetime, price: float) -> dict[str, Any]:
    """A row of Octopus Energy, including VAT."""
    return {
        "start": start.isoformat(),
        "end": (start + HOUR).isoformat(),
        "value_inc_vat": price,
        "is_capped": False,
    }


def amber(start: datetime, price: float) -> dict[str, Any]:
    """A row of Amber Electric."""
    return {
        "duration": 60,
        "per_kwh": price,
        "spot_per_kwh": price / 2,
        "start_time": start.isoformat(),
        "end_time": (start + HOUR).isoformat(),
    }


def frank(start: datetime, price: float) -> dict[str, Any]:
    """A row of Frank Energie."""
    return {"from": start, "till": start + HOUR, "price": price}


def zonneplan(start: datetime, price: float) -> dict[str, Any]:
    """A row of Zonneplan by the hour."""
    utc = start.astimezone(UTC)
    return {
        "electricity_price": round(price * 1e7),
        "electricity_price_excl_tax": 1,
        "tariff_group": "normal",
        "datetime": f"{utc:%Y-%m-%dT%H:%M:%S.000000Z}",
    }


def zonneplan_quarter(start: datetime, price: float) -> dict[str, Any]:
    """A row of Zonneplan by the quarter of an hour."""
    return {
        "start_date": start.isoformat(),
        "price_tax_included": {"amount": round(price * 1e7)},
    }


def tibber(start: datetime, price: float) -> dict[str, Any]:
    """A row as Tibber's interface writes it."""
    return {"startsAt": start.isoformat(), "total": price, "level": "NORMAL"}


def documented(start: datetime, price: float) -> dict[str, Any]:
    """A row of the shape that we document."""
    return {"start": start.isoformat(), "price": price}


INTEGRATIONS: dict[str, tuple[dict[str, Any], str | None]] = {
    "documented": ({"prices": rows(documented, BOTH)}, None),
    "Nord Pool": (
        {
            # Beside the rows it lists the plain numbers.
            "today": PRICES[:24],
            "tomorrow": PRICES[24:],
            "raw_today": rows(nord_pool, FIRST),
            "raw_tomorrow": rows(nord_pool, SECOND),
        },
        None,
    ),
    "Energi Data Service": (
        {
            "raw_today": rows(energi_data_service, FIRST),
            "raw_tomorrow": rows(energi_data_service, SECOND),
            "forecast": None,
        },
        None,
    ),
    "ENTSO-E": (
        {
            "prices_today": rows(entso_e, FIRST),
            "prices_tomorrow": rows(entso_e, SECOND),
            "prices": rows(entso_e, BOTH),
        },
        None,
    ),
    "ENTSO-E in templates": (
        {
            "prices_today": rows(entso_e, FIRST),
            "prices_tomorrow": rows(entso_e, SECOND),
        },
        None,
    ),
    "EPEX Spot": ({"data": rows(epex_spot("price_per_kwh"), BOTH)}, None),
    "EPEX Spot, cents": (
        {"data": rows(epex_spot("price_ct_per_kwh", 100), BOTH)},
        "ct/kWh",
    ),
    "EPEX Spot, MWh": (
        {"data": rows(epex_spot("price_eur_per_mwh", 1000), BOTH)},
        "EUR/MWh",
    ),
    "Octopus Energy": ({"rates": rows(octopus, BOTH)}, "GBP/kWh"),
    "Amber Electric": ({"forecasts": rows(amber, BOTH)}, None),
    "Frank Energie": ({"prices": rows(frank, BOTH)}, None),
    "Zonneplan": ({"forecast": rows(zonneplan, BOTH)}, "EUR/kWh"),
    "Zonneplan, quarters": (
        {"forecast": rows(zonneplan_quarter, BOTH)},
        "EUR/kWh",
    ),
    "Tibber in templates": (
        {"today": rows(tibber, FIRST), "tomorrow": rows(tibber, SECOND)},
        None,
    ),
    "plain numbers": ({"today": PRICES[:24], "tomorrow": PRICES[24:]}, None),
    "numbers as text": (
        {"today": [str(price) for price in PRICES[:24]], "tomorrow": PRICES[24:]},
        None,
    ),
}
_FACTORS = {"ct/kWh": 100, "EUR/MWh": 1000}


@pytest.mark.parametrize("name", INTEGRATIONS)
def test_each_shape_is_read(name: str) -> None:
    attributes, unit = INTEGRATIONS[name]
    told = read(attributes, TODAY, AMSTERDAM)
    assert told is not None
    assert told.unit == unit
    found = closed(told.slots)
    assert [slot.start for slot in found] == [MIDNIGHT + hour * HOUR for hour in BOTH]
    assert all(slot.end == slot.start + HOUR for slot in found)
    factor = _FACTORS.get(unit or "", 1)
    assert [slot.value / factor for slot in found] == pytest.approx(PRICES)


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"prices": None},
        {"prices": "0.1, 0.2"},
        {"prices": [0.1, 0.2]},
        {"prices": [{"start": "soon", "price": 0.1}]},
        {"prices": [{"start": "2026-11-22T00:00:00+01:00", "price": "cheap"}]},
        {"prices": [{"start": "2026-11-22T00:00:00+01:00", "price": True}]},
        {"today": [0.1] * 7},
        {"rates": []},
    ],
)
def test_what_has_no_shape_is_not_read(attributes: dict[str, Any]) -> None:
    assert read(attributes, TODAY, AMSTERDAM) is None


def test_a_row_without_a_price_is_a_gap() -> None:
    told_rows = rows(documented, range(4))
    told_rows[2]["price"] = None
    told_rows.append({"price": 3})
    told_rows.append("nothing")
    told = read({"prices": told_rows}, TODAY, AMSTERDAM)
    assert told is not None
    assert [slot.start for slot in told.slots] == [
        MIDNIGHT + hour * HOUR for hour in (0, 1, 3)
    ]
