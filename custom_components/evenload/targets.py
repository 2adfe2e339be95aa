"""Whom an action means: connectors, stations, groups or grid connections, by entities, devices, areas or labels."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from .configuration import site_config
from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import named_node
from .engine.model.identity import EvseKey
from .engine.model.tree import ROOT


class Target(NamedTuple):
    """A connector (`key`), or a group or grid connection (`node_id`)."""

    entry: EvenloadConfigEntry
    key: EvseKey | None
    node_id: str

    @property
    def name(self) -> str:
        """Return what the engine knows it by."""
        return self.node_id if self.key is None else str(self.key)


def targets(call: ServiceCall) -> list[Target]:
    """Return everything that is meant, each once, in a lasting order; a station stands for its connectors."""
    found = {
        (target.entry.entry_id, target.name): target
        for device_id in _devices(call)
        for target in _of_device(call.hass, device_id)
    }
    return [found[place] for place in sorted(found)]


def connectors(call: ServiceCall) -> list[tuple[EvenloadConfigEntry, EvseKey]]:
    """Return the connectors that are meant: of a station, all of them. Raises where there is none."""
    found = [(target.entry, target.key) for target in targets(call) if target.key]
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_connector"
        )
    return found


def connectors_behind(
    call: ServiceCall,
) -> list[tuple[EvenloadConfigEntry, EvseKey]]:
    """Return the connectors that are meant: of a group or grid connection, all behind it. Raises where there is none."""
    found: dict[tuple[str, EvseKey], EvenloadConfigEntry] = {}
    for entry, key, node_id in targets(call):
        keys = _behind(entry, node_id) if key is None else (key,)
        found |= {(entry.entry_id, one): entry for one in keys}
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_target"
        )
    return [(entry, key) for (_, key), entry in found.items()]


def stations(call: ServiceCall) -> list[tuple[EvenloadConfigEntry, str]]:
    """Return the stations that are meant, or of which a connector is. Raises where there is none."""
    entries = {key.identity: entry for entry, key in connectors(call)}
    return [(entry, identity) for identity, entry in entries.items()]


def what_they_may(
    call: ServiceCall, meant: Sequence[tuple[EvenloadConfigEntry, EvseKey]]
) -> ServiceResponse:
    """Return what connectors may do now, and why, if anybody wants to know."""
    if not call.return_response:
        return None
    answers: list[Any] = []
    for entry, key in meant:
        evse = entry.runtime_data.evse(key)
        allotment = evse.allotment
        answers.append(
            {
                "station": key.identity,
                "connector": key.evse,
                "charging_allowed": evse.settings.charging_allowed,
                "paused_for": [
                    {"reason": one.reason, "until": one.until.isoformat()}
                    for one in evse.paused_for
                ],
                "priority": evse.settings.priority,
                "charges_first": evse.settings.boosted,
                "allowed_a": allotment.current.a if allotment else None,
                "limited_by": allotment.reason.value if allotment else None,
            }
        )
    return {"connectors": answers}


def _behind(entry: EvenloadConfigEntry, node_id: str) -> Iterator[EvseKey]:
    for identity in sorted(site_config(entry).stations_below(node_id)):
        station = entry.runtime_data.stations.get(identity)
        for evse in station.evses if station else ():
            yield EvseKey(identity, evse)


def _devices(call: ServiceCall) -> set[str]:
    """Return the devices that are named, and those of the entities that are."""
    selected = async_extract_referenced_entity_ids(
        call.hass, TargetSelection(call.data)
    )
    registry = er.async_get(call.hass)
    entities = map(
        registry.async_get, selected.referenced | selected.indirectly_referenced
    )
    return selected.referenced_devices | {
        entity.device_id
        for entity in entities
        if entity and entity.platform == DOMAIN and entity.device_id
    }


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
                yield Target(entry, None, node_id)
            station = site.stations.get(identity)
            for evse in station.evses if station else ():
                if not number or number == str(evse):
                    yield Target(entry, EvseKey(identity, evse), ROOT)
