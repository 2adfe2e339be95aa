"""The real engine in Home Assistant: a station dials in over a real socket."""

import asyncio
import socket

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.conftest import config_entry, station
from tests.homeassistant.real_site import Station, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


engine, entry, site = real_site.engine, real_site.entry, real_site.site


async def test_a_station_s_life_is_seen(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    assert hass.states.get("sensor.garage_status").state == "unavailable"
    garage = await Station.dial(site, "garage")
    await garage.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Preparing"
    )
    await until(hass, "sensor.garage_status", "preparing")
    await until(hass, "binary_sensor.garage_connection", "on")
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "garage"), "site"
    )
    assert (device.manufacturer, device.sw_version) == ("Alfen", "6.1")
    await until(hass, "sensor.garage_allowed_current", "10.0")
    await until(hass, "sensor.garage_limited_by", "group_limit")

    await hass.services.async_call(
        "button", "press", {"entity_id": "button.garage_unlock_cable"}, blocking=True
    )
    assert "UnlockConnector" in garage.heard
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.yard_limit", "value": 16},
        blocking=True,
    )
    await until(hass, "sensor.garage_allowed_current", "8.0")
    assert entry.runtime_data is site

    await garage.hang_up()
    await until(hass, "sensor.garage_status", "unavailable")
    await until(hass, "sensor.garage_allowed_current", "unavailable")


async def test_closing_the_site_is_no_station_s_absence(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: Site,
    caplog: pytest.LogCaptureFixture,
) -> None:
    garage = await Station.dial(site, "garage")
    await until(hass, "binary_sensor.garage_connection", "on")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await garage.hang_up()
    assert "Station Garage is gone" not in caplog.text


async def test_an_unknown_station_is_adopted_on_the_connection_that_it_has(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    barn = await Station.dial(site, "barn")
    async with asyncio.timeout(5):
        while not (
            cards := hass.config_entries.flow.async_progress_by_handler(
                DOMAIN, match_context={"source": SOURCE_INTEGRATION_DISCOVERY}
            )
        ):
            await asyncio.sleep(0.01)
    assert cards[0]["context"]["title_placeholders"] == {"name": "Alfen Eve (barn)"}
    result = await hass.config_entries.flow.async_configure(
        cards[0]["flow_id"], {"name": "Barn"}
    )
    assert result["reason"] == "station_added"

    await until(hass, "binary_sensor.barn_connection", "on")
    await barn.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Available"
    )
    await until(hass, "sensor.barn_status", "available")
    await barn.say(
        "StatusNotification", connectorId=2, errorCode="NoError", status="Charging"
    )
    await until(hass, "sensor.barn_connector_2_status", "charging")
    await barn.hang_up()


async def test_entities_wait_for_their_station_after_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    garage = await Station.dial(site, "garage")
    await garage.say(
        "StatusNotification", connectorId=2, errorCode="NoError", status="Available"
    )
    await until(hass, "sensor.garage_connector_2_status", "available")
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.garage_maximum_current", "value": 13},
        blocking=True,
    )
    assert await hass.config_entries.async_unload(entry.entry_id)
    await garage.hang_up()

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.garage_connector_2_status").state == "unavailable"
    assert hass.states.get("number.garage_maximum_current").state == "13.0"
    assert hass.states.get("sensor.garage_firmware").state == "unavailable"

    garage = await Station.dial(entry.runtime_data, "garage")
    await until(hass, "binary_sensor.garage_connection", "on")
    await garage.hang_up()


async def test_a_port_that_is_taken_is_tried_again_until_it_is_free(
    hass: HomeAssistant,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        entry = config_entry(station("garage", "Garage"), port=port, host="127.0.0.1")
        entry.add_to_hass(hass)
        assert not await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "address_in_use"

    for _ in range(2):
        assert await hass.config_entries.async_reload(entry.entry_id)
        assert entry.runtime_data.port == port
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_certificate_that_is_none_is_not_tried_again(
    hass: HomeAssistant,
) -> None:
    wrong = {"certificate": __file__, "private_key": __file__}
    entry = config_entry(port=0, host="127.0.0.1", **wrong)
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "invalid_certificate"
