"""Triggers with the real engine: a vehicle's whole visit, as its station tells it, and the station's going."""

import asyncio

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.automating import device
from tests.homeassistant.real_site import Station, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

AT_STATION = ("station_came_online", "station_went_offline")
AT_CONNECTOR = (
    "vehicle_plugged_in",
    "started_charging",
    "paused_charging",
    "stopped_charging",
    "limit_became_active",
    "vehicle_unplugged",
)


engine, entry, site = real_site.engine, real_site.entry, real_site.site


@pytest.fixture
async def runs(hass: HomeAssistant, site: Site) -> list[ServiceCall]:
    """What every trigger in the garage started."""
    target = {"device_id": device(hass, "garage")}
    automations = [
        {
            "triggers": {"trigger": f"evenload.{name}", "target": target},
            "actions": {"action": "test.run", "data": {"name": name}},
        }
        for name in (*AT_STATION, *AT_CONNECTOR)
    ]
    found = async_mock_service(hass, "test", "run")
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    return found


async def test_a_vehicle_comes_charges_and_goes(
    hass: HomeAssistant, site: Site, runs: list[ServiceCall]
) -> None:
    garage = await Station.dial(site, "garage")
    for status, state in (
        ("Available", "available"),
        ("Preparing", "preparing"),
        ("Charging", "charging"),
        ("SuspendedEVSE", "suspended_evse"),
        ("SuspendedEV", "suspended_ev"),
        ("Charging", "charging"),
        ("Finishing", "finishing"),
        ("Available", "available"),
    ):
        await garage.say(
            "StatusNotification", connectorId=1, errorCode="NoError", status=status
        )
        await until(hass, "sensor.garage_status", state)
        await hass.async_block_till_done()
    await garage.hang_up()
    await until(hass, "binary_sensor.garage_connection", "off")
    async with asyncio.timeout(5):
        while len(runs) < 9:
            await asyncio.sleep(0.01)
    found = [run.data["name"] for run in runs]
    assert found.index("vehicle_plugged_in") < found.index("started_charging")
    assert [name for name in found if name in AT_STATION] == list(AT_STATION)
    assert [name for name in found if name in AT_CONNECTOR[1:4]] == [
        "started_charging",
        "paused_charging",
        "started_charging",
        "stopped_charging",
    ]
    for name in ("vehicle_plugged_in", "limit_became_active", "vehicle_unplugged"):
        assert found.count(name) == 1, name
