"""Devices: the site, its stations, their connectors, the load balancing groups and the drivers."""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import (
    ChildDeviceInfo,
    DeviceEntryType,
    DeviceInfo,
)

from .central_config import central_systems
from .configuration import site_config
from .const import CONF_IDENTITY, DOMAIN, SUBENTRY_STATION
from .data import EvenloadConfigEntry
from .driver_config import drivers_of
from .engine.model.groups import GroupState
from .engine.model.identity import EvseKey
from .engine.model.stations import Station
from .engine.model.tree import ROOT
from .engine.site import Site
from .programme_config import programmes

# By this the list from which an action's driver is chosen knows them.
DRIVER_MODEL = "Driver"


def station_subentry(
    entry: EvenloadConfigEntry, identity: str
) -> ConfigSubentry | None:
    """Return the subentry of a station, or None when the owner removed it."""
    return next(
        (
            subentry
            for subentry in entry.get_subentries_of_type(SUBENTRY_STATION)
            if subentry.data[CONF_IDENTITY] == identity
        ),
        None,
    )


def station_subentries(entry: EvenloadConfigEntry) -> dict[str, ConfigSubentry]:
    """Return the subentry of every station that the site has: for those who want more than one."""
    return {
        identity: subentry
        for subentry in entry.get_subentries_of_type(SUBENTRY_STATION)
        if (identity := subentry.data[CONF_IDENTITY]) in entry.runtime_data.stations
    }


def subentry_id(entry: EvenloadConfigEntry, identity: str) -> str | None:
    """Return the id of the subentry of a station, or None when the owner removed it."""
    subentry = station_subentry(entry, identity)
    return subentry.subentry_id if subentry else None


def station_device(identity: str) -> DeviceInfo:
    """Return the device of a station, for entities; the registry knows the rest."""
    return DeviceInfo(identifiers={(DOMAIN, identity)})


def node_name(entry: EvenloadConfigEntry, node_id: str) -> str:
    """Return what a group, or the grid connection (`ROOT`), is known by in Home Assistant."""
    return entry.entry_id if node_id == ROOT else node_id


def named_node(entry: EvenloadConfigEntry, name: str) -> str:
    """Return the node that is known by this name."""
    return ROOT if name == entry.entry_id else name


def node_state(site: Site, node_id: str) -> GroupState | None:
    """Return a group, or the whole site, as it is now; None where there is none."""
    return site.whole if node_id == ROOT else site.groups.get(node_id)


def group_device(group_id: str) -> DeviceInfo:
    """Return the device of a group, for entities; the registry knows the rest."""
    return DeviceInfo(identifiers={(DOMAIN, group_id)})


def service_device(name: str, model: str, title: str) -> DeviceInfo:
    """Return the device of something that is no station and no group, for entities."""
    return DeviceInfo(
        entry_type=DeviceEntryType.SERVICE,
        identifiers={(DOMAIN, name)},
        manufacturer="Evenload",
        model=model,
        name=title,
    )


def evse_identifier(key: EvseKey) -> tuple[str, str]:
    """Return what names the device of a connector; no identity of a station has a slash."""
    return (DOMAIN, f"{key.identity}/{key.evse}")


def station_of(entry: EvenloadConfigEntry, device: dr.AnyDeviceEntry) -> str | None:
    """Return the station that a device is, or is a connector of."""
    names = {name.partition("/")[0] for _, name in device.identifiers}
    return next((name for name in names if name in entry.runtime_data.stations), None)


@callback
def evse_device(
    hass: HomeAssistant, entry: EvenloadConfigEntry, key: EvseKey
) -> DeviceInfo | ChildDeviceInfo:
    """Return the device of a connector, for entities.

    A station with a single connector is one device: "Garage Power" is what its owner looks for.
    """
    if len(entry.runtime_data.stations[key.identity].evses) == 1:
        return station_device(key.identity)
    return ChildDeviceInfo(
        identifiers={evse_identifier(key)},
        parent_device_id=dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, key.identity), config_entry_id=entry.entry_id
        ),
    )


@callback
def async_sync_devices(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Register what the site has; a device must be there before its entities and its children."""
    registry = dr.async_get(hass)
    config = site_config(entry)
    circuits = {ROOT: _sync_site(hass, entry)}
    waiting = list(config.groups.values())
    while waiting:
        group = waiting.pop(0)
        if (group.parent or ROOT) not in circuits:
            # That comes first: every group hangs on the site in the end.
            waiting.append(group)
            continue
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=group.id,
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, group.id)},
            manufacturer="Evenload",
            model="Load balancing group",
            name=group.name,
            via_device_id=circuits[group.parent or ROOT],
        )
        circuits[group.id] = device.id
    for identity, subentry in station_subentries(entry).items():
        station = entry.runtime_data.stations[identity]
        above = circuits[config.circuits_above(identity)[0]]
        _sync_station(hass, entry, subentry, station, above)
    for driver in drivers_of(entry).values():
        registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=driver.id,
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, driver.id)},
            manufacturer="Evenload",
            model=DRIVER_MODEL,
            name=driver.name,
        )


@callback
def async_sync_station(
    hass: HomeAssistant, entry: EvenloadConfigEntry, identity: str
) -> None:
    """Register what one station says of itself."""
    station = entry.runtime_data.stations.get(identity)
    subentry = station_subentry(entry, identity)
    if station is not None and subentry is not None:
        above = node_name(entry, site_config(entry).circuits_above(identity)[0])
        # A group that was added just now gets its device in a moment.
        device = dr.async_get(hass).async_get_device_by_identifier(
            (DOMAIN, above), entry.entry_id
        )
        device_id = device.id if device else _sync_site(hass, entry)
        _sync_station(hass, entry, subentry, station, device_id)


def _sync_site(hass: HomeAssistant, entry: EvenloadConfigEntry) -> str:
    """Register the site itself; returns its device."""
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        entry_type=DeviceEntryType.SERVICE,
        identifiers={(DOMAIN, entry.entry_id)},
        manufacturer="Evenload",
        model="Grid connection",
        name=entry.title,
    )
    return device.id


def _sync_station(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    subentry: ConfigSubentry,
    station: Station,
    circuit_id: str,
) -> None:
    """Register a station with what it says of itself, and its connectors when it has several; `circuit_id` is the device that it is behind."""
    registry = dr.async_get(hass)
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, station.identity)},
        manufacturer=station.info.vendor,
        model=station.info.model,
        name=subentry.title,
        serial_number=station.info.serial,
        sw_version=station.info.firmware,
        via_device_id=circuit_id,
    )
    if len(station.evses) == 1:
        return
    for number in station.evses:
        key = EvseKey(station.identity, number)
        child = registry.async_get_or_create_child(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            identifiers={evse_identifier(key)},
            parent_device_id=device.id,
            translation_key="evse",
            translation_placeholders={"number": str(number)},
        )
        _move_entities(hass, f"{key}_", device.id, child.id)


def _move_entities(hass: HomeAssistant, prefix: str, from_id: str, to_id: str) -> None:
    """Move a connector's entities from the station that seemed to have only one."""
    registry = er.async_get(hass)
    for entity in er.async_entries_for_device(
        registry, from_id, include_disabled_entities=True
    ):
        if entity.unique_id.startswith(prefix):
            registry.async_update_entity(entity.entity_id, device_id=to_id)


def is_known_device(entry: EvenloadConfigEntry, device: dr.AnyDeviceEntry) -> bool:
    """Whether the site, one of its stations, groups or drivers, or a connector is this device."""
    site = entry.runtime_data
    known = {(DOMAIN, entry.entry_id)}
    known |= {(DOMAIN, name) for name in (*site.stations, *site.groups)}
    known |= {
        (DOMAIN, name)
        for name in (*programmes(entry), *drivers_of(entry), *central_systems(entry))
    }
    known |= {
        evse_identifier(EvseKey(station.identity, number))
        for station in site.stations.values()
        for number in station.evses
    }
    return not known.isdisjoint(device.identifiers)
