"""The life of a site in Home Assistant."""

from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload import async_remove_config_entry_device
from custom_components.evenload.checks import check_site
from custom_components.evenload.const import DOMAIN
from custom_components.evenload.devices import evse_identifier
from custom_components.evenload.engine.model.errors import ListenerError
from custom_components.evenload.engine.model.events import (
    Booted,
    Connected,
    Disconnected,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import (
    Evse,
    OcppVersion,
    StationInfo,
)
from custom_components.evenload.engine.vault import Part
from tests.homeassistant.conftest import NOW, OPTIONS, config_entry, group, station
from tests.homeassistant.fake_site import FakeSite


def device(hass: HomeAssistant, name: str) -> dr.DeviceEntry:
    """Return a device of the site."""
    found = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, name), "site")
    assert found
    return found


async def test_the_port_is_open_while_the_entry_is_loaded(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    assert entry.state is ConfigEntryState.LOADED
    assert site.is_open
    assert hass.states.get("sensor.garage_power").state == "unavailable"

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not site.is_open
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.runtime_data.is_open


async def test_entities_are_there_before_the_port_opens(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    seen: list[str] = []

    async def look(_: FakeSite) -> None:
        seen.extend(state.entity_id for state in hass.states.async_all())

    with patch.object(FakeSite, "open", look):
        await hass.config_entries.async_setup(entry.entry_id)
    assert "sensor.garage_power" in seen
    assert "sensor.drive_power" in seen


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("address_in_use", ConfigEntryState.SETUP_RETRY),
        ("cannot_bind", ConfigEntryState.SETUP_RETRY),
        ("invalid_certificate", ConfigEntryState.SETUP_ERROR),
    ],
)
async def test_a_port_that_cannot_be_opened_is_said(
    hass: HomeAssistant, entry: MockConfigEntry, key: str, state: ConfigEntryState
) -> None:
    error = ListenerError(key, None, 9000, "no")
    with patch.object(FakeSite, "error", error):
        assert not await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    assert entry.state is state
    assert entry.error_reason_translation_key == key
    assert entry.error_reason_translation_placeholders == {
        "port": "9000",
        "detail": "no",
    }

    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_a_platform_that_stays_keeps_the_port_open(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    with patch.object(
        hass.config_entries, "async_unload_platforms", return_value=False
    ):
        assert not await hass.config_entries.async_unload(entry.entry_id)
    assert site.is_open
    # What looks at the clock goes on meanwhile: here it ends.
    entry.mock_state(hass, ConfigEntryState.LOADED)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_group_comes_and_goes_without_a_reload(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    hass.config_entries.async_remove_subentry(entry, "group-yard")
    site.shout_group("group-yard")
    await hass.async_block_till_done()
    assert hass.states.get("number.yard_limit") is None

    # Its stations were removed before it: it waits for others.
    hass.config_entries.async_add_subentry(entry, ConfigSubentry(**group("Barn")))
    await hass.async_block_till_done()
    assert hass.states.get("number.barn_limit").state == "20"
    check_site(entry, OPTIONS)


async def test_stopping_home_assistant_closes_the_port(
    hass: HomeAssistant, site: FakeSite
) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert not site.is_open


async def test_each_part_of_the_site_is_a_device(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    home = device(hass, "site")
    assert (home.name, home.entry_type) == ("Home", dr.DeviceEntryType.SERVICE)
    yard = device(hass, "group-yard")
    assert (yard.name, yard.entry_type) == ("Yard", dr.DeviceEntryType.SERVICE)
    assert yard.config_subentry_id == "group-yard"
    garage = device(hass, "garage")
    assert (garage.name, garage.via_device_id) == ("Garage", yard.id)
    assert yard.via_device_id == home.id
    assert garage.config_subentry_id == "station-garage"


async def test_devices_hang_on_each_other_as_circuits_do(hass: HomeAssistant) -> None:
    entry = config_entry(
        station("garage", "Garage"),
        station("barn", "Barn"),
        group("Yard", "garage", parent="group-annexe"),
        group("Annexe"),
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    home, yard, annexe = (
        device(hass, name) for name in ("site", "group-yard", "group-annexe")
    )
    assert device(hass, "garage").via_device_id == yard.id
    assert device(hass, "barn").via_device_id == home.id
    assert (yard.via_device_id, annexe.via_device_id) == (annexe.id, home.id)

    hass.config_entries.async_remove_subentry(entry, "group-annexe")
    await hass.async_block_till_done()
    assert device(hass, "group-yard").via_device_id == home.id
    entry.runtime_data.tell(Booted(identity="garage", at=NOW, info=StationInfo()))
    assert device(hass, "garage").via_device_id == yard.id


async def test_a_device_says_what_its_station_says(
    hass: HomeAssistant, site: FakeSite
) -> None:
    info = StationInfo(vendor="Alfen", model="Eve", serial="ACE1", firmware="6.1")
    site.put_station("garage", info=info)
    site.tell(Booted(identity="garage", at=NOW, info=info))

    garage = device(hass, "garage")
    assert garage.manufacturer == "Alfen"
    assert garage.model == "Eve"
    assert garage.serial_number == "ACE1"
    assert garage.sw_version == "6.1"


async def test_a_second_connector_makes_children_and_keeps_every_name(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    entities = er.async_get(hass)
    before = entities.async_get("sensor.garage_power")
    assert before.device_id == device(hass, "garage").id
    site.put(Evse(EvseKey("garage", 2)))
    await hass.async_block_till_done()

    devices = dr.async_get(hass)
    for number, entity_id in (
        (1, "sensor.garage_power"),
        (2, "sensor.garage_connector_2_power"),
    ):
        identifier = evse_identifier(EvseKey("garage", number))
        child = devices.async_get_child_device_by_identifier(identifier, "site")
        assert child.name == f"Connector {number}"
        assert child.parent_device_id == device(hass, "garage").id
        entity = entities.async_get(entity_id)
        assert entity.device_id == child.id
        assert entity.unique_id == f"garage_{number}_power"
    connection = entities.async_get("binary_sensor.garage_connection")
    assert connection.device_id == device(hass, "garage").id


async def test_a_station_comes_and_goes_without_a_reload(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    hass.config_entries.async_add_subentry(
        entry, ConfigSubentry(**station("barn", "Barn"))
    )
    await hass.async_block_till_done()
    assert hass.states.get("sensor.barn_status").state == "unavailable"

    hass.config_entries.async_remove_subentry(entry, "station-barn")
    await hass.async_block_till_done()
    assert hass.states.get("sensor.barn_status") is None
    assert not dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "barn"), "site"
    )
    assert "barn" not in site.config.stations

    hass.config_entries.async_add_subentry(
        entry, ConfigSubentry(**station("barn", "Barn"))
    )
    await hass.async_block_till_done()
    assert hass.states.get("sensor.barn_status").state == "unavailable"
    assert entry.runtime_data is site


async def test_a_station_that_tells_while_it_is_removed_does_no_harm(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    hass.config_entries.async_remove_subentry(entry, "station-garage")
    site.shout("garage")
    await hass.async_block_till_done()
    assert hass.states.get("sensor.garage_status") is None


async def test_only_what_is_gone_can_be_removed(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    devices = dr.async_get(hass)
    stale = devices.async_get_or_create(
        config_entry_id="site", identifiers={(DOMAIN, "sold")}
    )
    for name in ("site", "garage", "group-yard"):
        with pytest.raises(HomeAssistantError) as refused:
            await async_remove_config_entry_device(hass, entry, device(hass, name))
        assert refused.value.translation_key == "device_in_use"
    assert await async_remove_config_entry_device(hass, entry, stale)


async def test_a_removed_site_leaves_nothing_behind(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    with patch("custom_components.evenload.vault.DurableStore.async_remove") as remove:
        await hass.config_entries.async_remove(entry.entry_id)
    # And what is told late waits in a file of its own.
    assert remove.call_count == len(Part) + 1


async def test_a_renamed_site_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    hass.config_entries.async_update_entry(entry, title="Workshop", options=OPTIONS)
    await hass.async_block_till_done()
    assert site.config.name == "Workshop"
    assert device(hass, "site").name == "Workshop"


async def test_a_station_s_absence_is_logged_once(
    hass: HomeAssistant, site: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    gone = Disconnected(identity="garage", at=NOW, reason="closed")
    back = Connected(identity="garage", at=NOW, version=OcppVersion.V16, address="")
    for event in (back, gone, gone, back, back):
        site.tell(event)
    assert caplog.text.count("Station Garage is gone") == 1
    assert caplog.text.count("Station Garage is back") == 1
