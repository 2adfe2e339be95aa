"""The dashboard of our own: its files, which Home Assistant serves, and what they cannot read from its states."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from homeassistant.components import frontend, websocket_api
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
import voluptuous as vol

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import evse_identifier
from .engine.model.identity import EvseKey

FOLDER = Path(__file__).parent / "frontend"
MAIN = "evenload.js"


async def async_setup_dashboard(hass: HomeAssistant) -> None:
    """Serve the dashboard and have browsers load it; without Home Assistant's own frontend there is nobody to look."""
    websocket_api.async_register_command(hass, websocket_wirings)
    if frontend.DOMAIN not in hass.config.components:
        return
    address = f"/{DOMAIN}/{await hass.async_add_executor_job(edition)}"
    await hass.http.async_register_static_paths(
        [StaticPathConfig(address, str(FOLDER))]
    )
    frontend.add_extra_js_url(hass, f"{address}/{MAIN}")


def edition() -> str:
    """Return what changes with every change of a file: browsers keep what they once fetched from an address."""
    digest = sha256()
    for file in sorted(FOLDER.glob("*.js")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


@callback
@websocket_command({vol.Required("type"): "evenload/wirings"})
def websocket_wirings(
    hass: HomeAssistant,
    connection: ActiveConnection,
    message: dict[str, Any],
) -> None:
    """Tell of each connector's device on which lines it is, and what an ampere on all of them carries: direct current has no phases."""
    entries: list[EvenloadConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    told = {
        device_id: {
            "lines": entry.runtime_data.wiring(key.identity),
            "watts_per_ampere": kind.watts(1.0),
            "watts_fed_per_ampere": kind.voltage_v * kind.phases,
        }
        for entry in entries
        for key in _connectors(entry)
        for kind in [entry.runtime_data.kind(key)]
        if (device_id := _device_id(hass, entry, key))
    }
    connection.send_result(message["id"], told)


def _connectors(entry: EvenloadConfigEntry) -> Iterator[EvseKey]:
    """Return the connectors of a site."""
    for station in entry.runtime_data.stations.values():
        yield from (EvseKey(station.identity, number) for number in station.evses)


def _device_id(
    hass: HomeAssistant, entry: EvenloadConfigEntry, key: EvseKey
) -> str | None:
    """Return the device that shows a connector: the station itself, where it is the only one."""
    is_alone = len(entry.runtime_data.stations[key.identity].evses) == 1
    identifier = (DOMAIN, key.identity) if is_alone else evse_identifier(key)
    device = dr.async_get(hass).async_get_device_by_identifier(
        identifier, entry.entry_id
    )
    return device.id if device else None
