"""A few lines for the page that shows how Home Assistant is doing."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .data import EvenloadConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Offer them."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Return how many stations there are, and where they dial in."""
    entries: list[EvenloadConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    sites = [entry.runtime_data for entry in entries]
    stations = [station for site in sites for station in site.stations.values()]
    versions = {station.version for station in stations if station.version}
    return {
        "ports": ", ".join(str(site.port) for site in sites),
        "stations": len(stations),
        "stations_connected": sum(station.connected for station in stations),
        "versions": ", ".join(sorted(versions)),
        "encrypted_ports": ", ".join(
            str(site.security.tls_port) for site in sites if site.security.tls_port
        ),
        "encryption_failures": sum(
            site.security.tls_failures.total() for site in sites
        ),
    }
