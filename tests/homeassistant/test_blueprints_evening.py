"""The blueprint that has vehicles carry the house in the evening."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.v2x import V2gMode
from tests.homeassistant.automating import GARAGE, device
from tests.homeassistant.blueprints import FOLDER, end, restart, use
from tests.homeassistant.conftest import config_entry, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_discharging import PERMISSION

DRIVE = EvseKey("drive", 1)
OFF, CHARGE_ONLY = V2gMode.OFF, V2gMode.CHARGE_ONLY
HOUSE, SETPOINT = V2gMode.HOUSE, V2gMode.SETPOINT


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with two vehicles that may feed back."""
    entry = config_entry(
        station("garage", "Garage", v2g={"1": PERMISSION}),
        station("drive", "Drive", v2g={"1": PERMISSION}),
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> AsyncGenerator[FakeSite]:
    """An afternoon at home, by the clock on its wall."""
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    freezer.move_to(when(16))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry.runtime_data
    await end(hass)


def when(hour: int, day: int = 2) -> datetime:
    """Return a time in November 2026, which begins on a Sunday."""
    local = dt_util.get_default_time_zone()
    return datetime(2026, 11, day, hour, 0, 1, tzinfo=local)


async def evening(hass: HomeAssistant, **inputs: Any) -> None:
    """Set up the automation for both vehicles."""
    connectors = [device(hass, name) for name in ("garage", "drive")]
    await use(hass, "v2h_evening_peak", connectors=connectors, **inputs)


async def at(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hour: int, day: int = 2
) -> None:
    """Let it become this hour."""
    freezer.move_to(when(hour, day))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


def modes(site: FakeSite) -> list[V2gMode]:
    """Return what the two vehicles do."""
    return [site.evse(key).settings.v2g_mode for key in (GARAGE, DRIVE)]


async def test_vehicles_carry_the_house_in_the_evening(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, home: FakeSite
) -> None:
    await home.set_v2g_mode(DRIVE, CHARGE_ONLY)
    await evening(hass)
    await at(hass, freezer, 17)
    assert modes(home) == [HOUSE, HOUSE]
    await at(hass, freezer, 21)
    assert modes(home) == [CHARGE_ONLY, CHARGE_ONLY]


async def test_what_its_owner_decides_stays(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, home: FakeSite
) -> None:
    await home.set_v2g_mode(GARAGE, SETPOINT)
    await evening(hass, afterwards="off")
    await at(hass, freezer, 17)
    assert modes(home) == [SETPOINT, HOUSE]
    await home.set_v2g_mode(DRIVE, CHARGE_ONLY)
    await at(hass, freezer, 21)
    assert modes(home) == [SETPOINT, CHARGE_ONLY]


async def test_on_other_days_they_rest(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, home: FakeSite
) -> None:
    await evening(hass, days=["mon", "tue"])
    await at(hass, freezer, 17, day=4)
    assert modes(home) == [OFF, OFF]
    await at(hass, freezer, 17, day=9)
    assert modes(home) == [HOUSE, HOUSE]


@pytest.mark.parametrize(
    ("hour", "before", "after"),
    [
        (19, CHARGE_ONLY, HOUSE),
        (19, HOUSE, HOUSE),
        (22, HOUSE, CHARGE_ONLY),
        (22, OFF, OFF),
    ],
)
async def test_home_assistant_was_away_in_the_evening(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    home: FakeSite,
    hour: int,
    before: V2gMode,
    after: V2gMode,
) -> None:
    await home.set_v2g_mode(GARAGE, before)
    await at(hass, freezer, hour)
    await evening(hass)
    await restart(hass)
    await hass.async_block_till_done()
    assert modes(home)[0] is after


NIGHT = {"begin": "22:00:00", "end": "02:00:00"}


async def test_a_night_belongs_to_the_day_on_which_it_begins(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, home: FakeSite
) -> None:
    await evening(hass, **NIGHT, days=["mon"])
    # From Sunday to Monday it rests, from Monday to Tuesday it does not.
    for day, hour, expected in (
        (1, 22, OFF),
        (2, 2, OFF),
        (2, 22, HOUSE),
        (3, 2, CHARGE_ONLY),
        (3, 22, CHARGE_ONLY),
        (4, 2, CHARGE_ONLY),
        (9, 22, HOUSE),
    ):
        await at(hass, freezer, hour, day)
        assert modes(home)[0] is expected, (day, hour)


@pytest.mark.parametrize(
    ("day", "hour", "before", "after"),
    [
        (2, 23, OFF, HOUSE),
        (3, 1, OFF, HOUSE),
        (3, 1, HOUSE, HOUSE),
        (3, 3, HOUSE, CHARGE_ONLY),
        (2, 1, OFF, OFF),
        (4, 1, OFF, OFF),
        # On another day its owner chose it by hand.
        (3, 23, HOUSE, HOUSE),
        (4, 3, HOUSE, HOUSE),
    ],
)
async def test_home_assistant_was_away_at_night(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    home: FakeSite,
    day: int,
    hour: int,
    before: V2gMode,
    after: V2gMode,
) -> None:
    await home.set_v2g_mode(GARAGE, before)
    await at(hass, freezer, hour, day)
    await evening(hass, **NIGHT, days=["mon"])
    await restart(hass)
    await hass.async_block_till_done()
    assert modes(home)[0] is after


async def test_only_who_may_feed_back_is_listed(
    hass: HomeAssistant, entry: MockConfigEntry, home: FakeSite
) -> None:
    hass.config_entries.async_add_subentry(
        entry, ConfigSubentry(**station("shed", "Shed"))
    )
    await hass.async_block_till_done()
    await evening(hass)
    path = FOLDER / "evenload/v2h_evening_peak.yaml"
    about: Any = load_yaml_dict(str(path))["blueprint"]
    [listed] = about["input"]["connectors"]["selector"]["device"]["entity"]
    registry = er.async_get(hass)
    found = {
        one.device_id
        for one in er.async_entries_for_config_entry(registry, entry.entry_id)
        if one.platform == listed["integration"]
        and one.domain == listed["domain"]
        and one.original_device_class == listed["device_class"]
    }
    assert found == {device(hass, "garage"), device(hass, "drive")}
