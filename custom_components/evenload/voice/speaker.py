"""Where somebody is who speaks."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er


@callback
def area_of_speaker(
    hass: HomeAssistant, satellite_id: str | None, device_id: str | None
) -> str | None:
    """Return the area of the voice satellite, as Home Assistant itself finds it for its own sentences."""
    satellite = er.async_get(hass).async_get(satellite_id) if satellite_id else None
    if satellite is not None:
        if satellite.area_id is not None:
            return satellite.area_id
        device_id = satellite.device_id or device_id
    if device_id is None:
        return None
    if (device := dr.async_get(hass).async_get(device_id)) is None:
        return None
    return dr.async_get_effective_area_id(hass, device)
