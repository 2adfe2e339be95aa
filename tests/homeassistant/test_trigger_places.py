"""Triggers of stations, groups and the grid connection."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.household import MeterState
from custom_components.evenload.engine.model.stations import StationError
from custom_components.evenload.engine.model.tree import ROOT
from tests.homeassistant.automating import arm, connect, device
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_meter_form import METER


@pytest.fixture
async def online(hass: HomeAssistant, site: FakeSite) -> FakeSite:
    """A site whose stations are connected and free."""
    return await connect(hass, site)


@pytest.mark.parametrize("name", ["group-yard", "site"])
async def test_overload(hass: HomeAssistant, online: FakeSite, name: str) -> None:
    node = ROOT if name == "site" else name
    target = {"device_id": device(hass, name)}
    runs = await arm(hass, "became_overloaded", target)
    for overload in (True, True, False):
        online.put_group(node, overload=overload)
        await hass.async_block_till_done()
    assert len(runs) == 1


async def test_overload_is_over(hass: HomeAssistant, online: FakeSite) -> None:
    target = {"device_id": device(hass, "group-yard")}
    runs = await arm(hass, "no_longer_overloaded", target)
    for overload in (True, False):
        online.put_group("group-yard", overload=overload)
        await hass.async_block_till_done()
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("trigger", "states", "fires"),
    [
        ("meter_lost", (MeterState.STALE, MeterState.LOST), 1),
        ("meter_came_back", (MeterState.LOST, MeterState.FRESH), 1),
        # It was late, not lost.
        ("meter_came_back", (MeterState.STALE, MeterState.FRESH), 0),
    ],
)
async def test_the_meter(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    online: FakeSite,
    trigger: str,
    states: tuple[MeterState, ...],
    fires: int,
) -> None:
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "meter": METER}
    )
    await hass.async_block_till_done()
    before = MeterState.LOST if states[0] is MeterState.FRESH else MeterState.FRESH
    online.put_group(ROOT, meter=before)
    await hass.async_block_till_done()
    runs = await arm(hass, trigger, {"device_id": device(hass, "site")})
    for state in states:
        online.put_group(ROOT, meter=state)
        await hass.async_block_till_done()
    assert len(runs) == fires


async def test_a_station_goes_and_comes(hass: HomeAssistant, online: FakeSite) -> None:
    area = ar.async_get(hass).async_create("Yard")
    dr.async_get(hass).async_update_device(device(hass, "garage"), area_id=area.id)
    runs = await arm(hass, "station_went_offline", {"area_id": area.id})
    for identity, expected in (("drive", 0), ("garage", 1)):
        online.put_station(identity, connected=False)
        await hass.async_block_till_done()
        assert len(runs) == expected


async def test_a_station_comes_back(hass: HomeAssistant, online: FakeSite) -> None:
    online.put_station("garage", connected=False)
    await hass.async_block_till_done()
    # Under whatever name its owner likes.
    er.async_get(hass).async_update_entity(
        "binary_sensor.garage_connection", new_entity_id="binary_sensor.wallbox"
    )
    await hass.async_block_till_done()
    target = {"entity_id": "binary_sensor.wallbox"}
    runs = await arm(hass, "station_came_online", target)
    online.put_station("garage", connected=True)
    await hass.async_block_till_done()
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("code", "fires"), [("GroundFailure", 1), ("WeakSignal", 0), ("MakersOwn", 1)]
)
async def test_a_whole_station_has_a_fault(
    hass: HomeAssistant, online: FakeSite, code: str, fires: int
) -> None:
    runs = await arm(hass, "station_faulted", {"device_id": device(hass, "garage")})
    online.put_station("garage", error=StationError(code))
    await hass.async_block_till_done()
    assert len(runs) == fires
