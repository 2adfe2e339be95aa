"""Our registers fit into the Energy dashboard: as devices, and of vehicles that feed back as batteries."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

from homeassistant.components.energy import async_get_manager
from homeassistant.components.energy.validate import async_validate
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
    get_start_time,
)

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.conftest import group, station
from tests.homeassistant.real_site import Station, until
from tests.homeassistant.test_discharging import PERMISSION

pytestmark = pytest.mark.usefixtures("recorder_mock", "socket_enabled")

engine, site = real_site.engine, real_site.site

IMPORT = "sensor.garage_energy"
EXPORT = "sensor.garage_energy_fed_back"
POWER = "sensor.garage_power"
SOC = "sensor.garage_state_of_charge"

MEASURED = {
    "Energy.Active.Import.Register": ("1234000", "Wh"),
    "Energy.Active.Export.Register": ("56000", "Wh"),
    "Power.Active.Import": ("0", "W"),
    "Power.Active.Export": ("3000", "W"),
    "SoC": ("61", "Percent"),
}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with a vehicle that may feed back."""
    return real_site.entry_of(
        hass,
        station("garage", "Garage", v2g={"1": PERMISSION}),
        group("Yard", "garage"),
    )


@pytest.fixture
async def garage(hass: HomeAssistant, site: Site) -> AsyncGenerator[Station]:
    """A station with a vehicle, that told what its meter reads; its statistics are there."""
    assert await async_setup_component(hass, "energy", {})
    garage = await Station.dial(site, "garage")
    await garage.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Charging"
    )
    values = [
        {"measurand": measurand, "value": value, "unit": unit}
        for measurand, (value, unit) in MEASURED.items()
    ]
    now = datetime.now(UTC)
    await garage.say(
        "MeterValues",
        connectorId=1,
        meterValue=[{"timestamp": now.isoformat(), "sampledValue": values}],
    )
    await until(hass, IMPORT, "1234.0")
    await until(hass, POWER, "-3000.0")
    await _statistics(hass, now)
    yield garage
    await garage.hang_up()


async def _statistics(hass: HomeAssistant, now: datetime) -> None:
    """Have statistics of what was just said, as they are made every five minutes."""
    await async_wait_recording_done(hass)
    # Those of the five minutes that run now.
    do_adhoc_statistics(hass, start=get_start_time(now))
    await async_wait_recording_done(hass)


async def complaints(hass: HomeAssistant, **settings: Any) -> dict[str, Any]:
    """Enter something in the Energy dashboard, and return what it does not like about it."""
    manager = await async_get_manager(hass)
    await manager.async_update(settings)
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    found: dict[str, Any] = (await async_validate(hass)).as_dict()
    return found


async def test_a_connector_is_a_device(hass: HomeAssistant, garage: Station) -> None:
    found = await complaints(
        hass, device_consumption=[{"stat_consumption": IMPORT, "stat_rate": POWER}]
    )
    # What feeds back shows a power below nothing, which is allowed.
    assert found["device_consumption"] == [[]]


async def test_a_vehicle_that_feeds_back_is_a_battery(
    hass: HomeAssistant, garage: Station
) -> None:
    battery = {
        "type": "battery",
        "stat_energy_from": EXPORT,
        "stat_energy_to": IMPORT,
        "power_config": {"stat_rate_inverted": POWER},
        "stat_soc": SOC,
    }
    found = await complaints(hass, energy_sources=[battery])
    (issues,) = found["energy_sources"]
    # The sensor that Home Assistant makes of the power has no statistics before five minutes have passed.
    made = [issue for issue in issues if issue["type"] != "statistics_not_defined"]
    assert made == []
    assert all(
        not entity.startswith("sensor.garage_energy")
        for issue in issues
        for entity, _ in issue["affected_entities"]
    )
    manager = await async_get_manager(hass)
    (kept,) = manager.data["energy_sources"]
    assert float(hass.states.get(kept["stat_rate"]).state) == 3000


async def test_every_register_fits(hass: HomeAssistant, garage: Station) -> None:
    """Whatever of ours counts energy can be chosen there."""
    registry = er.async_get(hass)
    ours = [
        entry.entity_id
        for entry in er.async_entries_for_config_entry(registry, "site")
        if entry.platform == DOMAIN
        and entry.domain == "sensor"
        and entry.original_device_class == "energy"
        and (entry.capabilities or {}).get("state_class")
    ]
    assert {IMPORT, EXPORT} <= set(ours)
    sources = [
        {
            "type": "grid",
            "stat_energy_from": entity_id,
            "stat_energy_to": None,
            "stat_cost": None,
            "entity_energy_price": None,
            "number_energy_price": None,
            "stat_compensation": None,
            "entity_energy_price_export": None,
            "number_energy_price_export": None,
            "cost_adjustment_day": 0,
        }
        for entity_id in (IMPORT, EXPORT)
    ]
    found = await complaints(hass, energy_sources=sources)
    assert found["energy_sources"] == [[], []]
    for entity_id in ours:
        state = hass.states.get(entity_id)
        assert state is not None
        assert state.attributes["unit_of_measurement"] == "kWh", entity_id


async def test_a_station_that_is_gone_is_no_reason_to_choose_anew(
    hass: HomeAssistant, garage: Station
) -> None:
    await garage.hang_up()
    await until(hass, IMPORT, "unavailable")
    found = await complaints(hass, device_consumption=[{"stat_consumption": IMPORT}])
    (issues,) = found["device_consumption"]
    assert {issue["type"] for issue in issues} == {"entity_unavailable"}
