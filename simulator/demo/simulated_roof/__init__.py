"""A solar roof's forecast for the demo: an integration of Home Assistant as a weather service would bring one."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Nothing to set up: the forecast is asked for when somebody wants it."""
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Nothing to take down."""
    return True
