"""What the entities of stations, connectors and groups have in common."""

from abc import abstractmethod
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .data import EvenloadConfigEntry
from .devices import evse_device, group_device, node_name, node_state, station_device
from .engine.model.groups import GroupState
from .engine.model.identity import EvseKey
from .engine.model.stations import Evse, Station
from .engine.observers import Unsubscribe
from .engine.telling import Observer


class EvenloadEntity(Entity):
    """An entity that is told when what it shows has changed."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    # Whether it says nothing, and can do nothing, while its station is away.
    _needs_connection = True

    # Most of what an entity is told of concerns another: one report of a meter changes a few of a connector's twenty.
    _last_shown: object = None

    def __init__(
        self,
        entry: EvenloadConfigEntry,
        description: EntityDescription,
        unique_id_prefix: str,
    ) -> None:
        """Name it after what it describes."""
        self.entity_description = description
        self._entry = entry
        self._site = entry.runtime_data
        self._attr_translation_key = description.key
        self._attr_unique_id = f"{unique_id_prefix}_{description.key}"

    @abstractmethod
    def _subscribe(self, observer: Observer) -> Unsubscribe:
        """Ask to be told of changes."""

    @abstractmethod
    def _refresh(self) -> bool:
        """Take what it shows as it is now; returns whether it still exists."""

    @property
    def _shown(self) -> object:
        """Everything of its state that can change; what it equals is not written again."""
        return self.available

    @override
    async def async_added_to_hass(self) -> None:
        """Begin with what is now, and be told of changes; of settings the platform tells all its entities."""
        await super().async_added_to_hass()
        self._refresh()
        self._last_shown = self._shown
        self.async_on_remove(self._subscribe(self.async_changed))

    @callback
    def async_changed(self) -> None:
        """Show what is now, if that is news; what was removed takes its entities along by itself."""
        if self._refresh() and (shown := self._shown) != self._last_shown:
            self._last_shown = shown
            self.async_write_ha_state()


class StationEntity(EvenloadEntity):
    """An entity of a charging station; unavailable while that is not connected."""

    def __init__(
        self,
        entry: EvenloadConfigEntry,
        identity: str,
        description: EntityDescription,
    ) -> None:
        """Take the station as it is now."""
        super().__init__(entry, description, identity)
        self._identity = identity
        self._station: Station = self._site.stations[identity]

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device of the station. It is asked for once, and thousands of copies would stay."""
        return station_device(self._identity)

    @property
    @override
    def available(self) -> bool:
        """Whether the station is connected, if it has to be."""
        return self._station.connected or not self._needs_connection

    @override
    def _subscribe(self, observer: Observer) -> Unsubscribe:
        return self._site.on_station(self._identity, observer)

    @override
    def _refresh(self) -> bool:
        if (station := self._site.stations.get(self._identity)) is None:
            return False
        self._station = station
        return True


class EvseEntity(EvenloadEntity):
    """An entity of a connector; unavailable while its station is not connected."""

    def __init__(
        self,
        entry: EvenloadConfigEntry,
        key: EvseKey,
        description: EntityDescription,
    ) -> None:
        """Take the connector as it is now."""
        super().__init__(entry, description, str(key))
        self._key = key
        self._station: Station = self._site.stations[key.identity]

    @property
    @override
    def device_info(self) -> DeviceInfo | ChildDeviceInfo:
        """Return the device of the connector, as it is when it is asked for."""
        return evse_device(self.hass, self._entry, self._key)

    @property
    def _evse(self) -> Evse:
        return self._station.evses[self._key.evse]

    @property
    @override
    def available(self) -> bool:
        """Whether the station is connected, if it has to be."""
        return self._station.connected or not self._needs_connection

    @override
    def _subscribe(self, observer: Observer) -> Unsubscribe:
        return self._site.on_evse(self._key, observer)

    @override
    def _refresh(self) -> bool:
        station = self._site.stations.get(self._key.identity)
        if station is None or self._key.evse not in station.evses:
            return False
        self._station = station
        return True


class GroupEntity(EvenloadEntity):
    """An entity of a load balancing group, or (`ROOT`) of the grid connection."""

    def __init__(
        self,
        entry: EvenloadConfigEntry,
        group_id: str,
        description: EntityDescription,
    ) -> None:
        """Take the group as it is now."""
        super().__init__(entry, description, node_name(entry, group_id))
        self._group_id = group_id
        state = node_state(self._site, group_id)
        if state is None:
            raise KeyError(group_id)
        self._group: GroupState = state

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device of the group."""
        return group_device(node_name(self._entry, self._group_id))

    @override
    def _subscribe(self, observer: Observer) -> Unsubscribe:
        return self._site.on_group(self._group_id, observer)

    @override
    def _refresh(self) -> bool:
        if (group := node_state(self._site, self._group_id)) is None:
            return False
        self._group = group
        return True
