"""What the engine is told of a vehicle, and when it leaves, while sensors, calendars and owners change their minds."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import VehicleFacts
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from tests.homeassistant.conftest import config_entry, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.planning_home import HOUR, NOW, issues

GARAGE = EvseKey("garage", 1)
SOC, LEAVES = "sensor.soc", "input_datetime.leaves"
CAR = {
    "soc_sensor": SOC,
    "capacity_kwh": 60,
    "efficiency": 90,
    "departure_entity": LEAVES,
}
# Of tomorrow, in Amsterdam.
SEVEN = NOW + 15 * HOUR


@pytest.fixture
async def entry(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> MockConfigEntry:
    """A home in Amsterdam, with a car."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    say(hass, SOC, "62")
    hass.states.async_set(LEAVES, "2026-11-23 07:00:00")
    entry = config_entry(station("garage", "Garage", cars={"1": CAR}))
    entry.add_to_hass(hass)
    return entry


def say(hass: HomeAssistant, entity_id: str, state: str) -> None:
    """Let a sensor say something."""
    hass.states.async_set(
        entity_id, state, {"unit_of_measurement": "%", "friendly_name": "Soc"}
    )


async def settle(hass: HomeAssistant) -> None:
    """Wait until all has been told."""
    await hass.async_block_till_done(wait_background_tasks=True)


async def later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, passed: timedelta
) -> None:
    """Let some time pass."""
    freezer.tick(passed)
    async_fire_time_changed(hass)
    await settle(hass)


async def plug(hass: HomeAssistant, site: FakeSite, *, into: bool = True) -> None:
    """Plug the car in, or out."""
    status = EvseStatus.CHARGING if into else EvseStatus.AVAILABLE
    site.put(Evse(key=GARAGE, status=status, settings=site.evse(GARAGE).settings))
    await settle(hass)


def leaves(site: FakeSite) -> datetime | None:
    """Return when the car is said to leave."""
    return site.evse(GARAGE).settings.departs_at


def shown(hass: HomeAssistant, name: str) -> str | None:
    """Return what the sensor of an input shows."""
    state = hass.states.get(f"sensor.garage_{name}")
    return state and state.state


async def test_facts_of_the_vehicle(hass: HomeAssistant, site: FakeSite) -> None:
    await settle(hass)
    assert site.vehicles[GARAGE] == VehicleFacts(
        capacity_wh=60_000, soc_percent=62, efficiency=0.9
    )
    say(hass, SOC, "64.5")
    await settle(hass)
    assert site.vehicles[GARAGE].soc_percent == 64.5
    assert shown(hass, "vehicle_s_sensors") == "good"


async def test_a_car_that_sleeps_has_not_changed_its_mind(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, site: FakeSite
) -> None:
    say(hass, SOC, "unavailable")
    await settle(hass)
    assert site.vehicles[GARAGE].soc_percent == 62
    assert shown(hass, "vehicle_s_sensors") == "silent"
    assert issues(hass) == []
    # But of another one that is plugged in nothing is known.
    await plug(hass, site)
    assert site.vehicles[GARAGE].soc_percent is None


async def test_a_state_of_charge_of_101_percent(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, site: FakeSite
) -> None:
    say(hass, SOC, "101")
    await settle(hass)
    assert site.vehicles[GARAGE] == VehicleFacts(capacity_wh=60_000)
    assert shown(hass, "vehicle_s_sensors") == "out_of_range"
    await later(hass, freezer, timedelta(minutes=11))
    assert issues(hass) == [
        ("input_out_of_range", {"name": "Home", "source": "Soc", "value": "101 %"})
    ]
    say(hass, SOC, "100")
    await settle(hass)
    assert site.vehicles[GARAGE].soc_percent == 100
    assert issues(hass) == []


async def test_a_departure_is_told_of_a_vehicle_that_is_plugged_in(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await settle(hass)
    assert leaves(site) is None
    await plug(hass, site)
    assert leaves(site) == SEVEN
    hass.states.async_set(LEAVES, "2026-11-23 09:30:00")
    await settle(hass)
    assert leaves(site) == SEVEN + 2.5 * HOUR


async def test_what_was_set_by_hand_holds_until_the_source_says_something_else(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, site: FakeSite
) -> None:
    await plug(hass, site)
    await site.set_departure(GARAGE, NOW + 5 * HOUR)
    await later(hass, freezer, timedelta(minutes=16))
    say(hass, SOC, "70")
    await settle(hass)
    assert leaves(site) == NOW + 5 * HOUR
    hass.states.async_set(LEAVES, "2026-11-23 08:00:00")
    await settle(hass)
    assert leaves(site) == SEVEN + HOUR
    # The next time it is plugged in the source counts again.
    await plug(hass, site, into=False)
    await site.set_departure(GARAGE, None)
    await plug(hass, site)
    assert leaves(site) == SEVEN + HOUR


async def test_what_was_set_before_plugging_in_holds(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await site.set_departure(GARAGE, NOW + 5 * HOUR)
    await plug(hass, site)
    assert leaves(site) == NOW + 5 * HOUR
    hass.states.async_set(LEAVES, "2026-11-23 08:00:00")
    await settle(hass)
    assert leaves(site) == SEVEN + HOUR


async def test_the_next_morning_comes_by_itself(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    site: FakeSite,
    entry: MockConfigEntry,
) -> None:
    subentry = entry.subentries["station-garage"]
    cars = {"1": {"departure_time": "07:00:00"}}
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "cars": cars}
    )
    await plug(hass, site)
    assert leaves(site) == SEVEN
    await later(hass, freezer, timedelta(hours=15, minutes=1))
    assert leaves(site) == SEVEN + timedelta(days=1)


async def test_a_departure_in_the_past_is_none(
    hass: HomeAssistant, site: FakeSite
) -> None:
    hass.states.async_set(LEAVES, "2026-11-22 07:00:00")
    await plug(hass, site)
    assert leaves(site) is None
    assert shown(hass, "departures") == "over"
    assert issues(hass) == []


async def test_nothing_is_known_once_nothing_is_said(
    hass: HomeAssistant, site: FakeSite, entry: MockConfigEntry
) -> None:
    await settle(hass)
    subentry = entry.subentries["station-garage"]
    data: dict[str, Any] = {k: v for k, v in subentry.data.items() if k != "cars"}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await settle(hass)
    assert site.vehicles[GARAGE] == VehicleFacts()
    assert shown(hass, "vehicle_s_sensors") is None
