"""Which drivers an action means: they are chosen by their devices, never by a name that may change."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, service

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .driver_config import drivers_of


def driver_of(hass: HomeAssistant, entry: EvenloadConfigEntry, device_id: str) -> str:
    """Return the driver of a site that a device is. Raises where it is none."""
    device = dr.async_get(hass).async_get(device_id)
    known = drivers_of(entry)
    names = {name for _, name in device.identifiers} if device else set()
    if found := names & known.keys():
        return found.pop()
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="driver_unknown",
        translation_placeholders={
            "driver": (device.name if device else None) or device_id,
            "site": entry.title,
        },
    )


def drivers_by_site(
    hass: HomeAssistant, device_ids: Iterable[str]
) -> dict[str, set[str]]:
    """Return the drivers that devices are, by the entries of their sites. Raises where one is none."""
    found: dict[str, set[str]] = {}
    for device_id in device_ids:
        entry: EvenloadConfigEntry
        _, entry = service.async_get_device_and_config_entry(hass, DOMAIN, device_id)
        driver = driver_of(hass, entry, device_id)
        found.setdefault(entry.entry_id, set()).add(driver)
    return found
