"""Prices from entities and actions, found by themselves, in Home Assistant's currency per kWh."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.evenload.planning_inputs.prices import async_prices, entities_of
from custom_components.evenload.planning_inputs.quarters import series
from custom_components.evenload.planning_inputs.sources import found_prices
from custom_components.evenload.planning_inputs.trouble import (
    InputState,
    InputTroubleError,
)

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
HORIZON = timedelta(hours=36)
SENSOR = "sensor.prices"


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: Any) -> None:
    """A home in Amsterdam."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    hass.config.currency = "EUR"


def rows(*prices: float, begin: datetime = NOW) -> list[dict[str, Any]]:
    """Return a row of each hour."""
    return [
        {"start": (begin + place * HOUR).isoformat(), "price": price}
        for place, price in enumerate(prices)
    ]


def tell(hass: HomeAssistant, unit: str, *prices: float, **attributes: Any) -> None:
    """Let the sensor tell prices."""
    hass.states.async_set(
        SENSOR,
        str(prices[0]),
        {"unit_of_measurement": unit, "prices": rows(*prices), **attributes},
    )


async def hourly(hass: HomeAssistant, source: str, **how: Any) -> list[float | None]:
    """Return the price of each coming hour."""
    found = series(await async_prices(hass, source, NOW, HORIZON, **how), NOW, HORIZON)
    return [] if found is None else list(found.values[::4])


async def trouble(hass: HomeAssistant, source: str) -> InputTroubleError:
    """Return what is wrong with a source."""
    with pytest.raises(InputTroubleError) as caught:
        await async_prices(hass, source, NOW, HORIZON)
    return caught.value


@pytest.mark.parametrize(
    ("unit", "told"),
    [("EUR/kWh", 0.25), ("€/kWh", 0.25), ("ct/kWh", 25), ("EUR/MWh", 250)],
)
async def test_units_and_cents(hass: HomeAssistant, unit: str, told: float) -> None:
    tell(hass, unit, told, -told)
    assert await hourly(hass, f"entity:{SENSOR}") == pytest.approx([0.25, -0.25])


async def test_a_currency_that_is_told_beside_the_unit(hass: HomeAssistant) -> None:
    hass.config.currency = "DKK"
    tell(hass, "kr/kWh", 2, currency="DKK")
    assert await hourly(hass, f"entity:{SENSOR}") == [2]
    tell(hass, "kr/kWh", 2, currency="SEK")
    found = await trouble(hass, f"entity:{SENSOR}")
    assert found.state is InputState.OTHER_CURRENCY
    assert found.placeholders == {"source": "prices", "found": "SEK", "wanted": "DKK"}


@pytest.mark.parametrize(
    ("state", "attributes", "expected"),
    [
        (None, {}, InputState.MISSING),
        ("unavailable", {}, InputState.SILENT),
        ("unknown", {"unit_of_measurement": "EUR/kWh"}, InputState.SILENT),
        ("0.2", {"unit_of_measurement": "EUR/kWh"}, InputState.UNREADABLE),
        ("0.2", {"prices": rows(1)}, InputState.OTHER_UNIT),
        (
            "0.2",
            {"unit_of_measurement": "EUR/m³", "prices": rows(1)},
            InputState.OTHER_UNIT,
        ),
        (
            "0.2",
            {"unit_of_measurement": "SEK/kWh", "prices": rows(1)},
            InputState.OTHER_CURRENCY,
        ),
    ],
)
async def test_what_is_wrong_with_an_entity(
    hass: HomeAssistant,
    state: str | None,
    attributes: dict[str, Any],
    expected: InputState,
) -> None:
    if state is not None:
        hass.states.async_set(SENSOR, state, attributes)
    assert (await trouble(hass, f"entity:{SENSOR}")).state is expected


async def test_an_entity_of_today_and_the_one_of_tomorrow(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    hass.config.currency = "GBP"
    ids = [
        entity_registry.async_get_or_create(
            "event",
            "octopus_energy",
            f"octopus_energy_electricity_1_2_{day}_day_rates",
            suggested_object_id=name,
        ).entity_id
        for day, name in (("current", "rates"), ("next", "more_rates"))
    ]
    source = f"entity:{ids[0]}"
    assert entities_of(hass, source) == ids
    of_day = [
        {"start": row["start"], "value_inc_vat": row["price"]}
        for row in rows(0.3, 0.2, 0.1, 0.4)
    ]
    hass.states.async_set(ids[0], "x", {"rates": of_day[:2]})
    hass.states.async_set(ids[1], "x", {"rates": []})
    assert await hourly(hass, source) == [0.3, 0.2]
    hass.states.async_set(ids[1], "x", {"rates": of_day[2:]})
    assert await hourly(hass, source) == [0.3, 0.2, 0.1, 0.4]


async def test_what_is_found(hass: HomeAssistant) -> None:
    def show(name: str, unit: str, price: float, begin: datetime = NOW) -> None:
        hass.states.async_set(
            f"sensor.{name}",
            "1",
            {
                "unit_of_measurement": unit,
                "prices": rows(price, begin=begin),
                "friendly_name": name,
            },
        )

    show("market", "EUR/MWh", 80)
    show("total", "ct/kWh", 29)
    show("gas", "EUR/m³", 1.2)
    show("swedish", "SEK/kWh", 1.1)
    show("yesterday", "EUR/kWh", 0.5, NOW - 24 * HOUR)
    hass.states.async_set("sensor.power", "7", {"unit_of_measurement": "W"})
    # What costs most is what the owner pays.
    assert found_prices(hass) == {
        "entity:sensor.total": "total",
        "entity:sensor.market": "market",
    }
