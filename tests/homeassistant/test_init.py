"""The life of a site in Home Assistant."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.fake_site import FakeSite


async def test_the_port_is_open_while_the_entry_is_loaded(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    assert entry.state is ConfigEntryState.LOADED
    assert site.is_open
    assert hass.states.get("sensor.garage_power").state == "unavailable"

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not site.is_open
