"""Conditions hold while what they say is so, at the stations that were chosen."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.condition import CONDITIONS
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.household import MeterState
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.model.tree import ROOT
from tests.homeassistant.automating import connect, device, go, limit
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_meter_form import METER
from tests.homeassistant.test_translations import ENGLISH, ICONS


@pytest.fixture
async def online(hass: HomeAssistant, site: FakeSite) -> FakeSite:
    """A site whose stations are connected and free."""
    return await connect(hass, site)


async def checker(
    hass: HomeAssistant, name: str, target: dict[str, Any], **options: Any
) -> condition.ConditionChecker:
    """Return a condition, as an automation has it."""
    config = await condition.async_validate_condition_config(
        hass,
        {"condition": f"evenload.{name}", "target": target, "options": options},
    )
    return await condition.async_from_config(hass, config)


async def holds(
    hass: HomeAssistant, name: str, *devices: str, **options: Any
) -> bool | None:
    """Return whether a condition holds at these devices."""
    target = {"device_id": [device(hass, found) for found in devices]}
    found = await checker(hass, name, target, **options)
    result = found.async_check()
    found.async_unload()
    return result


OF_STATUS = {
    EvseStatus.AVAILABLE: {"is_unplugged"},
    EvseStatus.PREPARING: {"is_plugged_in"},
    EvseStatus.CHARGING: {"is_plugged_in", "is_charging"},
    EvseStatus.SUSPENDED_EV: {"is_plugged_in"},
    EvseStatus.SUSPENDED_EVSE: {"is_plugged_in", "is_paused"},
    EvseStatus.FINISHING: {"is_plugged_in"},
    EvseStatus.RESERVED: {"is_unplugged"},
    EvseStatus.UNAVAILABLE: set(),
    EvseStatus.FAULTED: {"is_faulted"},
}


@pytest.mark.parametrize("status", EvseStatus)
async def test_what_a_connector_is_doing(
    hass: HomeAssistant, online: FakeSite, status: EvseStatus
) -> None:
    await go(hass, online, status)
    every = {"is_charging", "is_faulted", "is_paused", "is_plugged_in", "is_unplugged"}
    found = {name for name in every if await holds(hass, name, "garage")}
    assert found == OF_STATUS[status]


async def test_of_several_one_is_enough_unless_all_must(
    hass: HomeAssistant, online: FakeSite
) -> None:
    await go(hass, online, EvseStatus.CHARGING)
    assert await holds(hass, "is_charging", "garage", "drive")
    assert not await holds(hass, "is_charging", "garage", "drive", behavior="all")
    key = EvseKey("drive", 1)
    online.put(replace(online.evse(key), status=EvseStatus.CHARGING))
    await hass.async_block_till_done()
    assert await holds(hass, "is_charging", "garage", "drive", behavior="all")


@pytest.mark.parametrize(
    ("reason", "waits", "limited"),
    [
        (Reason.WAITING_FOR_TURN, True, True),
        (Reason.GROUP_LIMIT, False, True),
        (Reason.GRID_OPERATOR, False, True),
        (Reason.OWN_MAXIMUM, False, False),
        (Reason.PAUSED, False, False),
    ],
)
async def test_what_limits_a_vehicle(
    hass: HomeAssistant, online: FakeSite, reason: Reason, waits: bool, limited: bool
) -> None:
    await go(hass, online, EvseStatus.CHARGING)
    await limit(hass, online, reason)
    assert await holds(hass, "is_waiting", "garage") is waits
    assert await holds(hass, "is_limited", "garage") is limited
    # A free connector minds no limit.
    await go(hass, online, EvseStatus.AVAILABLE)
    assert not await holds(hass, "is_limited", "garage")


async def test_for_how_long(
    hass: HomeAssistant, online: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    target = {"device_id": device(hass, "garage")}
    found = await checker(hass, "is_plugged_in", target, **{"for": {"minutes": 5}})
    await go(hass, online, EvseStatus.PREPARING)
    freezer.tick(timedelta(minutes=3))
    await go(hass, online, EvseStatus.CHARGING)
    assert not found.async_check()
    freezer.tick(timedelta(minutes=3))
    assert found.async_check()
    found.async_unload()


async def test_a_station_is_there_or_not(hass: HomeAssistant, online: FakeSite) -> None:
    for connected in (True, False):
        online.put_station("garage", connected=connected)
        await hass.async_block_till_done()
        assert await holds(hass, "is_online", "garage") is connected
        assert await holds(hass, "is_offline", "garage") is not connected
    # What it was doing is not known.
    assert not await holds(hass, "is_unplugged", "garage")
    assert not await holds(hass, "is_plugged_in", "garage")


async def test_circuits(
    hass: HomeAssistant, entry: MockConfigEntry, online: FakeSite
) -> None:
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "meter": METER}
    )
    await hass.async_block_till_done()
    for overload, meter in ((True, MeterState.LOST), (False, MeterState.STALE)):
        online.put_group(ROOT, overload=overload, meter=meter)
        await hass.async_block_till_done()
        assert await holds(hass, "is_overloaded", "site") is overload
        assert await holds(hass, "is_meter_lost", "site") is (meter is MeterState.LOST)


@pytest.mark.usefixtures("site")
async def test_every_condition_is_described(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "automation", {})
    await holds(hass, "is_charging", "garage")
    described = await condition.async_get_all_descriptions(hass)
    ours = {
        name.removeprefix("evenload."): description
        for name, description in described.items()
        if name.startswith("evenload.")
    }
    assert ours.keys() == CONDITIONS.keys() == ENGLISH["conditions"].keys()
    assert ICONS["conditions"].keys() == CONDITIONS.keys()
    for name, description in ours.items():
        assert description, name
        words = ENGLISH["conditions"][name]
        assert description["fields"].keys() == words["fields"].keys()
