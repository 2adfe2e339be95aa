"""Prices from integrations that answer an action, asked as each of them is to be asked."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.planning_inputs.prices import async_prices
from custom_components.evenload.planning_inputs.quarters import series
from custom_components.evenload.planning_inputs.sources import found_prices
from custom_components.evenload.planning_inputs.trouble import (
    InputState,
    InputTroubleError,
)

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
HORIZON = timedelta(hours=36)


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: Any) -> AsyncGenerator[None]:
    """A home in Amsterdam."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    hass.config.currency = "EUR"
    yield
    for entry in hass.config_entries.async_entries():
        # There is nothing to unload.
        assert isinstance(entry, MockConfigEntry)
        entry.mock_state(hass, ConfigEntryState.NOT_LOADED)


def rows(*prices: float, begin: datetime = NOW) -> list[dict[str, Any]]:
    """Return a row of each hour."""
    return [
        {"start": (begin + place * HOUR).isoformat(), "price": price}
        for place, price in enumerate(prices)
    ]


async def hourly(hass: HomeAssistant, source: str, **how: Any) -> list[float | None]:
    """Return the price of each coming hour."""
    found = series(await async_prices(hass, source, NOW, HORIZON, **how), NOW, HORIZON)
    return [] if found is None else list(found.values[::4])


async def trouble(hass: HomeAssistant, source: str) -> InputTroubleError:
    """Return what is wrong with a source."""
    with pytest.raises(InputTroubleError) as caught:
        await async_prices(hass, source, NOW, HORIZON)
    return caught.value


def integration(hass: HomeAssistant, domain: str, **data: Any) -> MockConfigEntry:
    """Return a loaded entry of an integration."""
    entry = MockConfigEntry(
        domain=domain, title=domain.title(), data=data, entry_id=f"{domain}-1"
    )
    entry.add_to_hass(hass)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    return entry


def answers(
    hass: HomeAssistant, domain: str, service: str, answer: Any
) -> list[dict[str, Any]]:
    """Let an action answer; returns what it is asked."""
    asked: list[dict[str, Any]] = []

    async def handle(call: ServiceCall) -> ServiceResponse:
        asked.append(dict(call.data))
        found = answer(call.data) if callable(answer) else answer
        if isinstance(found, Exception):
            raise found
        return found

    hass.services.async_register(
        domain, service, handle, supports_response=SupportsResponse.ONLY
    )
    return asked


async def test_nord_pool_is_asked_by_day_and_area(hass: HomeAssistant) -> None:
    integration(hass, "nordpool", currency="EUR", areas=["NL", "BE"])

    def of_day(said: Any) -> Any:
        if said["date"] != "2026-11-22":
            # What is not known yet is an empty list.
            return {"BE": []}
        spans = [{**row, "end": (NOW + HOUR).isoformat()} for row in rows(100.0)]
        return {"BE": spans}

    asked = answers(hass, "nordpool", "get_price_indices_for_date", of_day)
    sources = found_prices(hass)
    assert sources == {
        "action:nordpool:nordpool-1:NL": "Nordpool NL",
        "action:nordpool:nordpool-1:BE": "Nordpool BE",
    }
    assert await hourly(hass, "action:nordpool:nordpool-1:BE") == [0.1]
    assert [row["date"] for row in asked] == [
        "2026-11-22",
        "2026-11-23",
        "2026-11-24",
    ]
    assert {
        "config_entry": "nordpool-1",
        "areas": ["BE"],
        "resolution": 15,
    }.items() <= asked[0].items()


async def test_tibber_answers_by_home_and_its_sensor_knows_the_currency(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entry = integration(hass, "tibber")
    home = [
        {"start_time": row["start"], "price": row["price"]} for row in rows(0.31, 0.29)
    ]
    asked = answers(hass, "tibber", "get_prices", {"prices": {"Home": home}})
    source = "action:tibber:tibber-1:"
    assert await hourly(hass, source) == [0.31, 0.29]
    assert asked[0]["start"] == "2026-11-22T16:00:00+01:00"
    entity_registry.async_get_or_create(
        "sensor", "tibber", "price", config_entry=entry, unit_of_measurement="NOK/kWh"
    )
    assert (await trouble(hass, source)).state is InputState.OTHER_CURRENCY


@pytest.mark.parametrize(
    ("domain", "service", "start", "export_service"),
    [
        ("energyzero", "get_energy_prices", "start", "get_energy_prices"),
        (
            "easyenergy",
            "get_energy_usage_prices",
            "timestamp",
            "get_energy_return_prices",
        ),
    ],
)
async def test_those_that_know_tomorrow_only_in_the_afternoon(
    hass: HomeAssistant, domain: str, service: str, start: str, export_service: str
) -> None:
    integration(hass, domain)

    def of_day(said: Any) -> Any:
        if said["start"] != "2026-11-22":
            return ServiceValidationError("no data")
        price = 0.05 if said.get("price_type") == "market" else 0.27
        return {"prices": [{start: str(NOW), "price": price}]}

    answers(hass, domain, service, of_day)
    source = f"action:{domain}:{domain}-1:"
    assert await hourly(hass, source) == [0.27]
    if export_service != service:
        answers(
            hass, domain, export_service, {"prices": [{start: str(NOW), "price": 0.05}]}
        )
    assert await hourly(hass, source, export=True) == [0.05]


async def test_amber_answers_for_both_ways(hass: HomeAssistant) -> None:
    hass.config.currency = "AUD"
    integration(hass, "amberelectric")

    def of_channel(said: Any) -> Any:
        price = 0.08 if said["channel_type"] == "feed_in" else 0.33
        return {
            "forecasts": [
                {
                    "start_time": NOW.isoformat(),
                    "end_time": (NOW + HOUR).isoformat(),
                    "per_kwh": price,
                }
            ]
        }

    asked = answers(hass, "amberelectric", "get_forecasts", of_channel)
    source = "action:amberelectric:amberelectric-1:"
    assert await hourly(hass, source) == [0.33]
    assert await hourly(hass, source, export=True) == [0.08]
    assert asked[0]["config_entry_id"] == "amberelectric-1"


@pytest.mark.parametrize(
    "error", [HomeAssistantError("away"), KeyError("area"), ZeroDivisionError()]
)
async def test_an_action_that_throws_anything(
    hass: HomeAssistant, error: Exception
) -> None:
    integration(hass, "nordpool", currency="EUR", areas=["NL"])
    answers(hass, "nordpool", "get_price_indices_for_date", error)
    found = await trouble(hass, "action:nordpool:nordpool-1:NL")
    assert found.state is InputState.FAILED
    assert found.placeholders["source"] == "Nordpool"
    assert found.placeholders["detail"]


async def test_an_integration_that_is_gone_or_not_ready(hass: HomeAssistant) -> None:
    source = "action:tibber:tibber-1:"
    assert (await trouble(hass, source)).state is InputState.MISSING
    entry = integration(hass, "tibber")
    entry.mock_state(hass, ConfigEntryState.SETUP_RETRY)
    assert (await trouble(hass, source)).state is InputState.SILENT
    entry.mock_state(hass, ConfigEntryState.LOADED)
    # The action is not there.
    assert (await trouble(hass, source)).state is InputState.FAILED
    answers(hass, "tibber", "get_prices", {"prices": {}})
    assert (await trouble(hass, source)).state is InputState.SILENT
