"""The actions that give a vehicle, a group or the whole site a signed setpoint, and take it back."""

from collections.abc import Iterator
from typing import NamedTuple

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
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
from .devices import named_node
from .discharge_services import ATTR_DURATION, ATTR_POWER, ATTR_UNTIL, said_end
from .engine.model.identity import EvseKey
from .engine.model.tree import ROOT
from .engine.model.v2x import V2gMode
from .errors import translated_errors

SERVICE_DISPATCH = "dispatch"
SERVICE_END_DISPATCH = "end_dispatch"

ATTR_AFTERWARDS = "afterwards"

DISPATCH_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_POWER): vol.Coerce(float),
        vol.Exclusive(ATTR_UNTIL, "end"): cv.datetime,
        vol.Exclusive(ATTR_DURATION, "end"): cv.positive_time_period,
        vol.Optional(ATTR_AFTERWARDS, default=V2gMode.CHARGE_ONLY): vol.Coerce(V2gMode),
    }
)
END_SCHEMA = cv.make_entity_service_schema({})


class Target(NamedTuple):
    """Who is meant: a node of the tree, or an EVSE by its key in words."""

    entry: EvenloadConfigEntry
    name: str


@callback
def async_setup_dispatch_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action, schema in (
        (SERVICE_DISPATCH, _dispatch, DISPATCH_SCHEMA),
        (SERVICE_END_DISPATCH, _end_dispatch, END_SCHEMA),
    ):
        hass.services.async_register(
            DOMAIN,
            name,
            action,
            schema=schema,
            supports_response=SupportsResponse.OPTIONAL,
        )


async def _dispatch(call: ServiceCall) -> ServiceResponse:
    """Give a setpoint, and return it with what those who are meant can do of it."""
    until = said_end(call)
    if until is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="dispatch_without_end"
        )
    entry, name = _target(call)
    site = entry.runtime_data
    with translated_errors(entry):
        dispatch = await site.dispatch(
            name, call.data[ATTR_POWER], until, afterwards=call.data[ATTR_AFTERWARDS]
        )
        battery = site.battery_of(name)
    if not call.return_response:
        return None
    return {
        "id": dispatch.id,
        "target": name,
        "power_w": dispatch.power_w,
        "until": dispatch.until.isoformat(),
        "afterwards": dispatch.afterwards,
        "vehicles": battery.vehicles,
        "charge_power_w": battery.charge_w,
        "discharge_power_w": battery.discharge_w,
        "energy_available_wh": battery.available_wh,
    }


async def _end_dispatch(call: ServiceCall) -> ServiceResponse:
    """Take a setpoint back, and return whether there was one."""
    entry, name = _target(call)
    site = entry.runtime_data
    ended = any(one.target == name for one in site.dispatches)
    with translated_errors(entry):
        await site.end_dispatch(name)
    if not call.return_response:
        return None
    return {"target": name, "ended": ended}


def _target(call: ServiceCall) -> Target:
    """Return who is meant. Raises where that is nobody, or more than one: a power is for all of them together."""
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
        target.name: target
        for device_id in devices
        for target in _of_device(hass, device_id)
    }
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="dispatch_nobody"
        )
    if len(found) > 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="dispatch_several"
        )
    return next(iter(found.values()))


def _of_device(hass: HomeAssistant, device_id: str) -> Iterator[Target]:
    """Yield whom a device stands for: the site, a group, or the connectors of a station."""
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return
    entries: list[EvenloadConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    for _, name in device.identifiers:
        identity, _, number = name.partition("/")
        for entry in entries:
            site = entry.runtime_data
            node_id = named_node(entry, name)
            if node_id == ROOT or node_id in site.groups:
                yield Target(entry, node_id)
            station = site.stations.get(identity)
            for evse in station.evses if station else ():
                if not number or number == str(evse):
                    yield Target(entry, str(EvseKey(identity, evse)))
