"""Another source takes the place of one that planning cannot use, right from Repairs; and what is said while no prices come."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.identity import EvseKey
from tests.homeassistant import test_planning_outlook
from tests.homeassistant.conftest import OPTIONS, config_entry, group, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.mending import answered, opened, ours
from tests.homeassistant.planning_home import NOW, PRICES, tell_prices
from tests.homeassistant.test_discharging import PERMISSION
from tests.homeassistant.test_planning_outlook import SAID, later

roof = test_planning_outlook.roof

SOON = timedelta(minutes=11)
CAR = {
    "soc_sensor": "sensor.soc",
    "capacity_sensor": "sensor.capacity",
    "efficiency": 90,
    "departure_entity": "input_datetime.leaves",
    "calendar_lead_min": 0,
}
DEMAND = {
    "demand": True,
    "demand_price": 100,
    "demand_sensor": "sensor.peak",
    "export_source": "sensor",
    "export_sensor": "sensor.fed",
}


def say(hass: HomeAssistant, entity_id: str, state: str, unit: str = "") -> None:
    about = {"unit_of_measurement": unit, "friendly_name": entity_id}
    hass.states.async_set(entity_id, state, about)


@pytest.fixture
async def entry(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, roof: Any
) -> MockConfigEntry:
    """A home in which everything that plans need is read from somewhere."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    hass.config.currency = "EUR"
    tell_prices(hass, *[0.2] * 30)
    tell_prices(hass, *[0.1] * 30, entity_id="sensor.fed")
    tell_prices(hass, *[0.3] * 30, entity_id="sensor.other")
    say(hass, "sensor.peak", "2", "kW")
    say(hass, "sensor.power", "3", "kW")
    say(hass, "sensor.soc", "50", "%")
    say(hass, "sensor.battery", "60", "%")
    say(hass, "sensor.capacity", "60", "kWh")
    say(hass, "sensor.holds", "70", "kWh")
    say(hass, "sensor.kilometres", "300", "km")
    say(hass, "input_datetime.leaves", "2026-11-23 07:00:00")
    say(hass, "input_datetime.holiday", "2026-11-24 07:00:00")
    for name in ("east", "west"):
        MockConfigEntry(domain="east", title=name, entry_id=name).add_to_hass(hass)
    entry = config_entry(
        station(
            "garage",
            "Garage",
            cars={"1": CAR},
            v2g={"1": PERMISSION | {"soc_sensor": "sensor.soc"}},
        ),
        group("Yard", "garage"),
    )
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options=OPTIONS | {"outlook": SAID | DEMAND}
    )
    return entry


def kept(entry: MockConfigEntry) -> dict[str, Any]:
    """Return all that is said of sources."""
    data = entry.subentries["station-garage"].data
    return {**entry.options["outlook"], **data["cars"]["1"]}


type Gone = Callable[[HomeAssistant], object]


def gone(entity_id: str) -> Gone:
    return lambda hass: hass.states.async_remove(entity_id)


def other_unit(entity_id: str) -> Gone:
    return lambda hass: say(hass, entity_id, "1", "V")


@pytest.mark.parametrize(
    ("goes", "wrong", "right", "expected"),
    [
        (
            gone(PRICES),
            {"sensor.soc": "input_unreadable", "sensor.none": "input_missing"},
            "sensor.other",
            {"price_source": "sensor", "price_sensor": "sensor.other"},
        ),
        (
            lambda hass: tell_prices(hass, 0.1, unit="EUR/m³"),
            {},
            "sensor.other",
            {"price_source": "sensor", "price_sensor": "sensor.other"},
        ),
        (gone("sensor.fed"), {}, "sensor.other", {"export_sensor": "sensor.other"}),
        (
            other_unit("sensor.peak"),
            {"sensor.soc": "input_other_unit"},
            "sensor.power",
            {"demand_sensor": "sensor.power"},
        ),
        (
            gone("sensor.soc"),
            {"sensor.power": "input_other_unit"},
            "sensor.battery",
            {"soc_sensor": "sensor.battery"},
        ),
        (
            other_unit("sensor.capacity"),
            {"sensor.kilometres": "input_other_unit"},
            "sensor.holds",
            {"capacity_sensor": "sensor.holds"},
        ),
    ],
    ids=["prices", "unit", "export", "peak", "soc", "capacity"],
)
async def test_another_one_takes_its_place(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    site: FakeSite,
    goes: Gone,
    wrong: dict[str, str],
    right: str,
    expected: dict[str, Any],
) -> None:
    before = kept(entry)
    goes(hass)
    # It is looked at before time passes: who asks for forecasts gives up when it does.
    await hass.async_block_till_done(wait_background_tasks=True)
    await later(hass, freezer, timedelta(minutes=16))
    await later(hass, freezer, SOON)
    (key,) = {k for k in ("input_missing", "input_other_unit") if ours(hass, k)}
    page = await opened(hass, key)
    assert page["step_id"] == "input"
    source = page["description_placeholders"]["source"]
    for chosen, why in wrong.items():
        page = await answered(hass, page, source=chosen)
        assert page["errors"] == {"base": why}
        assert page["description_placeholders"]["source"] == source
        assert page["description_placeholders"]["chosen_source"] == chosen
    page = await answered(hass, page, source=right)
    assert page["type"] == "create_entry"
    assert kept(entry) == before | expected
    assert ours(hass, key) == []


async def test_what_two_forms_say_is_changed_in_both(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    site: FakeSite,
) -> None:
    hass.states.async_remove("sensor.soc")
    await hass.async_block_till_done(wait_background_tasks=True)
    await later(hass, freezer, SOON)
    page = await opened(hass, "input_missing")
    await answered(hass, page, source="sensor.battery")
    data = entry.subentries["station-garage"].data
    assert data["cars"]["1"]["soc_sensor"] == "sensor.battery"
    assert data["v2g"]["1"]["soc_sensor"] == "sensor.battery"
    assert site.vehicles[EvseKey("garage", 1)].soc_percent == 60


async def test_a_departure_is_read_elsewhere(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    site: FakeSite,
) -> None:
    hass.states.async_remove("input_datetime.leaves")
    await hass.async_block_till_done(wait_background_tasks=True)
    await later(hass, freezer, SOON)
    page = await opened(hass, "input_missing")
    page = await answered(hass, page, source="input_datetime.holiday")
    assert kept(entry)["departure_entity"] == "input_datetime.holiday"
    assert ours(hass, "input_missing") == []


async def test_a_forecast_that_is_gone_is_chosen_anew(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    site: FakeSite,
) -> None:
    assert await hass.config_entries.async_remove("east")
    await later(hass, freezer, timedelta(minutes=16))
    await later(hass, freezer, SOON)
    page = await opened(hass, "input_missing")
    (selector,) = page["data_schema"].schema.values()
    assert selector.config["options"] == [{"value": "west", "label": "west"}]
    page = await answered(hass, page, source="west")
    assert kept(entry)["forecasts"] == ["west"]


async def test_our_own_sensors_tell_nothing_new(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    site: FakeSite,
) -> None:
    hass.states.async_remove("sensor.soc")
    await later(hass, freezer, SOON)
    await later(hass, freezer, SOON)
    page = await opened(hass, "input_missing")
    page = await answered(hass, page, source="sensor.garage_power")
    assert page["errors"] == {"base": "input_own"}
    # It came back meanwhile.
    say(hass, "sensor.soc", "50", "%")
    page = await answered(hass, page, source="sensor.battery")
    assert page["type"] == "create_entry"
    assert kept(entry)["soc_sensor"] == "sensor.soc"


@pytest.mark.parametrize(
    "silent",
    [
        lambda hass: hass.states.async_set(PRICES, "unavailable"),
        lambda hass: tell_prices(hass, 0.1, begin=NOW - timedelta(hours=30)),
    ],
    ids=["unavailable", "over"],
)
async def test_prices_that_stay_away_for_hours_are_an_issue(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    site: FakeSite,
    silent: Gone,
) -> None:
    silent(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    await later(hass, freezer, timedelta(hours=1, minutes=59))
    assert ours(hass, "prices_missing") == []
    await later(hass, freezer, timedelta(minutes=2))
    (issue,) = ours(hass, "prices_missing")
    named = issue.translation_placeholders or {}
    assert "prices" in named["source"].lower()
    # Silent in another way: that is the same to who waits for a price.
    hass.states.async_set(PRICES, "unknown")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(ours(hass, "prices_missing")) == 1
    tell_prices(hass, *[0.2] * 30)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ours(hass, "prices_missing") == []
