"""Whether each station is connected, each vehicle feeds back, and each group is within its limit."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import EvenloadConfigEntry
from .discharging import where_allowed
from .entity import EvseEntity, GroupEntity, StationEntity
from .roster import async_add_as_they_come

# Nothing is polled.
PARALLEL_UPDATES = 0

CONNECTED = BinarySensorEntityDescription(
    key="connected",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
DISCHARGING = BinarySensorEntityDescription(key="discharging")
OVERLOAD = BinarySensorEntityDescription(
    key="overload", device_class=BinarySensorDeviceClass.PROBLEM
)

# Meters show a few watts while nothing flows.
DISCHARGES_W = 50


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors."""
    of_discharging = where_allowed(
        hass,
        entry,
        async_add_entities,
        Platform.BINARY_SENSOR,
        (DISCHARGING,),
        lambda key, row: Discharging(entry, key, row),
    )
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        station=lambda identity: [Connected(entry, identity, CONNECTED)],
        evse=of_discharging,
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


class Discharging(EvseEntity, BinarySensorEntity):
    """Whether energy comes out of the vehicle, as it is measured."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it does now."""
        power_w = self._evse.reading.power_w
        return None if power_w is None else power_w < -DISCHARGES_W

    @property
    @override
    def _shown(self) -> object:
        return self.available, self.is_on


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
