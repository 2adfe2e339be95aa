"""The real engine under a grid programme: what the business logic orders reaches the station, and ends when it is cancelled."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.control.v2x import direction
from custom_components.evenload.engine.site import Site
from custom_components.evenload.programmes import PROGRAMMES
from tests.engine.grid.business import Business
from tests.homeassistant import programme_home, test_real_discharging as real
from tests.homeassistant.real_site import until
from tests.openadr_vtn import Vtn

business, programme, vtn = (
    programme_home.business,
    programme_home.programme,
    programme_home.vtn,
)
engine, site, garage = real.engine, real.site, real.garage


@pytest.fixture
def entry(hass: HomeAssistant, vtn: Vtn, programme: str) -> MockConfigEntry:
    """A house that takes 3 kW, a vehicle that may feed back, and a programme."""
    vtn.clock = None
    return real.house(hass, programme_home.subentry(vtn))


async def poll(hass: HomeAssistant) -> None:
    """Ask the programme now. Time is not turned: the engine's own would be as well."""
    await programme_home.settled(hass)
    found = hass.data[PROGRAMMES]["site"]
    await found.running["programme-flex"].poll(lambda: None)
    await found.act()


async def test_a_setpoint_reaches_the_vehicle_and_ends(
    hass: HomeAssistant,
    site: Site,
    garage: real.Feeding,
    business: Business,
    programme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("TURNS_AFTER", "BEGINS_AGAIN_AFTER"):
        monkeypatch.setattr(direction, name, timedelta(seconds=1))
    await real.choose(hass, "grid_programme")
    await real.press_test(hass)
    now = datetime.now(UTC)
    event = business.event(
        programme, ("DISPATCH_SETPOINT", -2.0), start=now, duration=timedelta(hours=1)
    )
    await poll(hass)
    assert [(one.power_w, one.source) for one in site.dispatches] == [
        (-2000, "programme")
    ]
    await until(hass, "sensor.garage_setpoint", "-2000.0")
    # It is shown when it leaves.
    async with asyncio.timeout(5):
        while garage.written[-1] not in ("-2000", "-2000.0"):
            await asyncio.sleep(0.01)
    business.cancel(event)
    await poll(hass)
    assert site.dispatches == ()


async def test_limits_reach_the_engine_and_are_taken_back(
    hass: HomeAssistant, site: Site, business: Business, programme: str
) -> None:
    now = datetime.now(UTC)
    kinds = ("IMPORT_CAPACITY_LIMIT", "EXPORT_CAPACITY_LIMIT")
    events = [
        business.event(programme, (kind, 0.0), start=now, duration=timedelta(hours=1))
        for kind in kinds
    ]
    await poll(hass)
    limits = site._fleet.sharing.circuits.import_limits
    assert limits.lowest_w(datetime.now(UTC)) == 0
    assert site.export_cap_w == 0
    for event in events:
        business.cancel(event)
    await poll(hass)
    assert limits.lowest_w(datetime.now(UTC)) is None


async def test_anybody_may_dispatch(
    hass: HomeAssistant, site: Site, garage: Any
) -> None:
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, "site"), "site")
    answer = await hass.services.async_call(
        DOMAIN,
        "dispatch",
        {"device_id": device.id, "power": -1000, "duration": "00:30:00"},
        blocking=True,
        return_response=True,
    )
    (dispatch,) = site.dispatches
    assert (dispatch.id, dispatch.target) == (answer["id"], "")
    assert dispatch.afterwards is None
    await hass.services.async_call(
        DOMAIN, "end_dispatch", {"device_id": device.id}, blocking=True
    )
    assert site.dispatches == ()
