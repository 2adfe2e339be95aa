"""A source of prices that is away for hours: the owner is told, and no cost is said to be known that is not."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from tests.homeassistant.conftest import OPTIONS, config_entry, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.planning_home import HOUR, NOW, PRICES, issues, tell_prices

SAID: dict[str, Any] = {
    "price_source": f"entity:{PRICES}",
    "export_source": "none",
    "surcharge": 0.1,
    "vat": 20,
    "forecasts": [],
    "learn_house": False,
    "demand": False,
}


@pytest.fixture
async def entry(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> MockConfigEntry:
    """A home with a sensor that lists prices from two hours ago on."""
    freezer.move_to(NOW)
    hass.config.currency = "EUR"
    tell_prices(hass, 0.1, 0.2, 0.3, 0.4, begin=NOW - 2 * HOUR)
    entry = config_entry(station("garage", "Garage"))
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"outlook": SAID})
    return entry


async def later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, passed: timedelta
) -> None:
    """Let some time pass."""
    freezer.tick(passed)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_it_is_told_after_two_hours_and_taken_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, site: FakeSite
) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    hass.states.async_set(PRICES, "unavailable")
    await later(hass, freezer, timedelta(minutes=119))
    assert issues(hass) == []
    # What was published holds for as long as it reaches, and not longer.
    assert site.outlook.import_price is not None
    assert site.outlook.import_price.at(NOW + 2 * HOUR) is None
    await later(hass, freezer, timedelta(minutes=2))
    assert site.outlook.import_price is None
    [(key, words)] = issues(hass)
    assert key == "prices_missing"
    assert words is not None
    assert words["name"] == "Home"
    tell_prices(hass, 0.1, 0.2, 0.3)
    tell_prices(hass, 0.1, 0.2, begin=NOW + 2 * HOUR)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == []


async def test_what_a_source_lists_of_the_past_is_handed_on(
    hass: HomeAssistant, site: FakeSite
) -> None:
    """So that what flowed while nobody heard it gets its cost, with what comes on top."""
    await hass.async_block_till_done(wait_background_tasks=True)
    outlook = site.outlook
    bought, sold = outlook.past
    assert bought is not None
    assert sold is None
    assert bought.at(NOW - 2 * HOUR) == pytest.approx(0.24)
    assert bought.at(NOW - timedelta(minutes=1)) == pytest.approx(0.36)
    assert bought.at(NOW - 3 * HOUR) is None
    assert bought.at(NOW) is None
    assert outlook.import_price is not None
    assert outlook.import_price.at(NOW) == pytest.approx(0.48)


async def test_two_rates_are_known_of_days_ago(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    said = {
        "price_source": "two_rates",
        "high_price": 0.3,
        "low_price": 0.2,
        "low_from": "23:00:00",
        "low_until": "07:00:00",
        "weekend_low": False,
        "export_source": "fixed",
        "export_price": 0.07,
        "forecasts": [],
    }
    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"outlook": said})
    await hass.async_block_till_done(wait_background_tasks=True)
    bought, sold = site.outlook.past
    assert bought is not None
    assert sold is not None
    assert {bought.at(NOW - hours * HOUR) for hours in range(1, 25)} == {0.2, 0.3}
    assert bought.at(NOW - 6 * 24 * HOUR) is not None
    assert sold.at(NOW - 24 * HOUR) == 0.07
