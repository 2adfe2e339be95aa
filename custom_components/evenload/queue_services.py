"""Actions for who charges first: they take connectors by any of their entities, devices, areas or labels."""

from collections.abc import Iterator

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
import voluptuous as vol

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.identity import EvseKey
from .errors import translated_errors

SERVICE_BOOST = "boost"
SERVICE_SET_PRIORITY = "set_priority"

ATTR_ON = "on"
ATTR_PRIORITY = "priority"

BOOST_SCHEMA = cv.make_entity_service_schema(
    {vol.Optional(ATTR_ON, default=True): cv.boolean}
)
PRIORITY_SCHEMA = cv.make_entity_service_schema(
    {vol.Required(ATTR_PRIORITY): vol.Coerce(int)}
)


@callback
def async_setup_queue_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(DOMAIN, SERVICE_BOOST, _boost, schema=BOOST_SCHEMA)
    hass.services.async_register(
        DOMAIN, SERVICE_SET_PRIORITY, _set_priority, schema=PRIORITY_SCHEMA
    )


async def _boost(call: ServiceCall) -> None:
    """Put connectors to the front of the queue until they are unplugged, or take them back."""
    for entry, key in connectors(call):
        with translated_errors(entry):
            await entry.runtime_data.boost(key, on=call.data[ATTR_ON])


async def _set_priority(call: ServiceCall) -> None:
    """Set whom connectors come before."""
    for entry, key in connectors(call):
        with translated_errors(entry):
            await entry.runtime_data.set_priority(key, call.data[ATTR_PRIORITY])


def connectors(call: ServiceCall) -> list[tuple[EvenloadConfigEntry, EvseKey]]:
    """Return the connectors that are meant: of a station, all of them. Raises where there is none."""
    hass = call.hass
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(call.data))
    registry = er.async_get(hass)
    entities = map(
        registry.async_get, selected.referenced | selected.indirectly_referenced
    )
    devices = selected.referenced_devices | {
        entity.device_id
        for entity in entities
        if entity and entity.platform == DOMAIN and entity.device_id
    }
    found = {
        key: entry
        for device_id in devices
        for entry, key in _of_device(hass, device_id)
    }
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_connector"
        )
    return [(entry, key) for key, entry in sorted(found.items(), key=_place)]


def _place(found: tuple[EvseKey, EvenloadConfigEntry]) -> str:
    return str(found[0])


def _of_device(
    hass: HomeAssistant, device_id: str
) -> Iterator[tuple[EvenloadConfigEntry, EvseKey]]:
    """Yield the connectors that a device is, or has."""
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return
    entries: list[EvenloadConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    for _, name in device.identifiers:
        identity, _, number = name.partition("/")
        for entry in entries:
            station = entry.runtime_data.stations.get(identity)
            for evse in station.evses if station else ():
                if not number or number == str(evse):
                    yield entry, EvseKey(identity, evse)
