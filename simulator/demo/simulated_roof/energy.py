"""The forecast as the Energy dashboard, and Evenload, ask for it."""

from typing import Any

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession


async def async_get_solar_forecast(
    hass: HomeAssistant, config_entry_id: str
) -> dict[str, Any] | None:
    """Return what the roof will make in each hour, in Wh."""
    entry = hass.config_entries.async_get_entry(config_entry_id)
    if entry is None:
        return None
    session = async_get_clientsession(hass)
    async with session.get(f"{entry.data[CONF_URL]}/forecast") as response:
        response.raise_for_status()
        told: dict[str, Any] = await response.json()
        return told
