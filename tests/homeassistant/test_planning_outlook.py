"""What the engine is told of the next hours, and what is shown of each input, whatever is wrong with one of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.planning import Outlook
from tests.homeassistant.conftest import OPTIONS, config_entry, group, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.planning_home import HOUR, NOW, PRICES, issues, tell_prices

SAID: dict[str, Any] = {
    "price_source": f"entity:{PRICES}",
    "export_source": "market",
    "export_deduction": 0.02,
    "surcharge": 0.1,
    "vat": 20,
    "forecasts": ["east"],
    "learn_house": True,
    "demand": False,
}
_PACKAGE = "custom_components.evenload.planning_inputs"


class Roof:
    """A forecast provider."""

    def __init__(self) -> None:
        """It makes a kilowatt in the next hours."""
        self.answer: Any = {
            "wh_hours": {(NOW + hour * HOUR).isoformat(): 1000.0 for hour in range(4)}
        }

    async def forecast(self, hass: HomeAssistant, entry_id: str) -> Any:
        """Answer, or fail."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def roof() -> Any:
    """Put a provider in the place of those that are installed."""
    roof = Roof()

    async def platforms(hass: HomeAssistant) -> dict[str, Any]:
        return {"east": roof.forecast}

    with patch(f"{_PACKAGE}.sun.async_get_energy_platforms", platforms):
        yield roof


@pytest.fixture
async def entry(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, roof: Roof
) -> MockConfigEntry:
    """A home in Amsterdam, with prices and a roof."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    hass.config.currency = "EUR"
    tell_prices(hass, 0.1, 0.2, -0.05, 0.3)
    provider = MockConfigEntry(domain="east", title="East roof", entry_id="east")
    provider.add_to_hass(hass)
    entry = config_entry(
        station("garage", "Garage"), station("drive", "Drive"), group("Yard", "garage")
    )
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"outlook": SAID})
    return entry


@pytest.fixture
async def told(hass: HomeAssistant, site: FakeSite) -> Callable[[], Outlook]:
    """Return what the engine was told last."""
    await hass.async_block_till_done(wait_background_tasks=True)
    return lambda: site.outlook


async def later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, passed: timedelta
) -> None:
    """Let some time pass."""
    freezer.tick(passed)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def shown(hass: HomeAssistant, name: str) -> str | None:
    """Return what the sensor of an input shows."""
    state = hass.states.get(f"sensor.home_{name}")
    return state and state.state


def hourly(values: Any) -> list[float | None]:
    """Return the value of each hour."""
    return [value and round(value, 6) for value in values[::4]]


async def test_all_of_it(hass: HomeAssistant, told: Callable[[], Outlook]) -> None:
    outlook = told()
    assert outlook.currency == "EUR"
    assert outlook.import_price is not None
    assert outlook.import_price.start == NOW
    # With what comes on top, and VAT on all of it.
    assert hourly(outlook.import_price.values) == [0.24, 0.36, 0.06, 0.48]
    assert outlook.export_price is not None
    assert hourly(outlook.export_price.values) == [0.08, 0.18, -0.07, 0.28]
    assert outlook.sun_w is not None
    assert hourly(outlook.sun_w.values)[:4] == [1000] * 4
    # Nothing is known of the house yet: there is no recorder.
    assert outlook.house_w is None
    assert [
        shown(hass, name)
        for name in ("prices", "export_prices", "solar_forecast", "expected_house_load")
    ] == ["good", "good", "good", "learning"]
    assert issues(hass) == []


async def test_new_prices_are_told_at_once(
    hass: HomeAssistant, told: Callable[[], Outlook]
) -> None:
    tell_prices(hass, 0.1, 0.2, -0.05, 0.3, 0.4)
    await hass.async_block_till_done(wait_background_tasks=True)
    prices = told().import_price
    assert prices is not None
    assert len(prices.values) == 20


async def test_each_quarter_begins_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, told: Callable[[], Outlook]
) -> None:
    await later(hass, freezer, timedelta(minutes=15, seconds=3))
    prices = told().import_price
    assert prices is not None
    assert prices.start == NOW + timedelta(minutes=15)
    assert len(prices.values) == 15


@pytest.mark.parametrize(
    ("say", "state", "issue"),
    [
        (lambda hass: hass.states.async_remove(PRICES), "missing", "input_missing"),
        (
            lambda hass: hass.states.async_set(PRICES, "0.2"),
            "unreadable",
            "input_unreadable",
        ),
        (
            lambda hass: tell_prices(hass, 1.0, unit="EUR/m³"),
            "other_unit",
            "input_other_unit",
        ),
        (
            lambda hass: tell_prices(hass, 1.0, unit="SEK/kWh"),
            "other_currency",
            "input_other_currency",
        ),
        (
            lambda hass: tell_prices(hass, 0.1, 0.1, 0.1, None, 0.3),
            "gaps",
            "input_gaps",
        ),
        (lambda hass: tell_prices(hass, 0.1, begin=NOW - 30 * HOUR), "over", None),
        (
            lambda hass: hass.states.async_set(PRICES, "unavailable"),
            "silent",
            None,
        ),
    ],
)
async def test_prices_that_cannot_be_planned_with(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    told: Callable[[], Outlook],
    say: Callable[[HomeAssistant], None],
    state: str,
    issue: str | None,
) -> None:
    say(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    outlook = told()
    assert shown(hass, "prices") == state
    # What is known of a series with gaps counts, and what was published by who says nothing now; of the others nothing does.
    counts = state in {"gaps", "missing", "silent"}
    assert (outlook.import_price is not None) == counts
    assert outlook.sun_w is not None
    assert issues(hass) == []
    # It has time to mend itself, and services have more than what the owner has chosen.
    await later(hass, freezer, timedelta(minutes=9))
    assert issues(hass) == []
    await later(hass, freezer, timedelta(minutes=52))
    expected = set() if issue is None else {issue}
    assert {key for key, _ in issues(hass)} == expected


async def test_published_prices_hold_while_their_source_says_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, told: Callable[[], Outlook]
) -> None:
    before = told()
    hass.states.async_set(PRICES, "unavailable")
    await hass.async_block_till_done(wait_background_tasks=True)
    await later(hass, freezer, timedelta(hours=2))
    assert told().import_price == before.import_price
    assert told().export_price == before.export_price
    assert shown(hass, "prices") == "silent"
    # Of four hours that were told none is left.
    await later(hass, freezer, timedelta(hours=2, minutes=1))
    assert told().import_price is None


async def test_prices_of_another_source_do_not_hold(
    hass: HomeAssistant, entry: MockConfigEntry, told: Callable[[], Outlook]
) -> None:
    said = SAID | {"price_source": "entity:sensor.others"}
    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"outlook": said})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shown(hass, "prices") == "missing"
    assert told().import_price is None


async def test_an_issue_comes_and_goes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, told: Callable[[], Outlook]
) -> None:
    hass.states.async_remove(PRICES)
    await hass.async_block_till_done(wait_background_tasks=True)
    await later(hass, freezer, timedelta(minutes=11))
    # What is paid for feeding in is made of the same.
    assert [key for key, _ in issues(hass)] == ["input_missing"] * 2
    assert issues(hass)[0][1] == {"name": "Home", "source": PRICES}
    tell_prices(hass, 0.1, 0.2, begin=NOW)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == []
    assert shown(hass, "prices") == "good"
    assert told().import_price is not None


async def test_a_provider_that_throws(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    roof: Roof,
    told: Callable[[], Outlook],
) -> None:
    answer, roof.answer = roof.answer, ZeroDivisionError("no sun")
    await later(hass, freezer, timedelta(minutes=15, seconds=3))
    assert told().sun_w is None
    assert told().import_price is not None
    assert shown(hass, "solar_forecast") == "failed"
    # It is tried again within a minute.
    roof.answer = answer
    await later(hass, freezer, timedelta(minutes=1))
    assert told().sun_w is not None
    assert shown(hass, "solar_forecast") == "good"


async def test_one_that_goes_on_throwing_is_an_issue(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    roof: Roof,
    told: Callable[[], Outlook],
) -> None:
    roof.answer = ZeroDivisionError("no sun")
    for _ in range(6):
        await later(hass, freezer, timedelta(minutes=15))
    assert (
        "input_failed",
        {"name": "Home", "source": "East roof", "detail": "no sun"},
    ) in issues(hass)


async def test_what_is_not_chosen_any_more_is_not_shown(
    hass: HomeAssistant, entry: MockConfigEntry, told: Callable[[], Outlook]
) -> None:
    hass.config_entries.async_update_entry(entry, options=OPTIONS)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert told() == Outlook()
    assert shown(hass, "prices") is None
    said = SAID | {
        "price_source": "two_rates",
        "high_price": 0.3,
        "low_price": 0.2,
        "low_from": "23:00:00",
        "low_until": "07:00:00",
        "export_source": "fixed",
        "export_price": 0.07,
        "forecasts": [],
    }
    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"outlook": said})
    await hass.async_block_till_done(wait_background_tasks=True)
    outlook = told()
    assert outlook.import_price is not None
    # From four in the afternoon: seven hours high, eight low.
    assert hourly(outlook.import_price.values)[:16] == [0.3] * 7 + [0.2] * 8 + [0.3]
    assert outlook.export_price is not None
    assert set(outlook.export_price.values) == {0.07}
    assert (shown(hass, "prices"), shown(hass, "solar_forecast")) == ("good", None)


async def test_it_ends_with_the_entry(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    site: FakeSite,
    told: Callable[[], Outlook],
) -> None:
    hass.states.async_remove(PRICES)
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_unload(entry.entry_id)
    count = len(site.outlooks)
    await later(hass, freezer, timedelta(hours=1))
    assert len(site.outlooks) == count
    assert issues(hass) == []
