"""Whether each station is connected, and each group within its limit."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import EvenloadConfigEntry
from .entity import GroupEntity, StationEntity
from .roster import async_add_as_they_come

# Nothing is polled.
PARALLEL_UPDATES = 0

CONNECTED = BinarySensorEntityDescription(
    key="connected",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
OVERLOAD = BinarySensorEntityDescription(
    key="overload", device_class=BinarySensorDeviceClass.PROBLEM
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors."""
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        station=lambda identity: [Connected(entry, identity, CONNECTED)],
        node=lambda node_id: [Overload(entry, node_id, OVERLOAD)],
    )


class Connected(StationEntity, BinarySensorEntity):
    """Whether the station is connected: the one thing that is known while it is not."""

    _needs_connection = False

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it is connected now."""
        return self._station.connected

    @property
    @override
    def _shown(self) -> object:
        return self.is_on


class Overload(GroupEntity, BinarySensorEntity):
    """Whether more flows through a limit than it carries."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it is too much now."""
        return self._group.overload

    @property
    @override
    def _shown(self) -> object:
        return self.is_on
