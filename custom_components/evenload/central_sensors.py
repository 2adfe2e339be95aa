"""The sensor of a central system above the site or a group: how the connection to it is."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .central_config import central_systems
from .const import SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .devices import service_device
from .engine.model.uplink import NodeUplink, UplinkState
from .engine.observers import Unsubscribe
from .engine.telling import Observer
from .entity import EvenloadEntity

CENTRAL_SENSOR = SensorEntityDescription(
    key="central_state",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    options=[state.value for state in UplinkState],
)


class CentralSensor(EvenloadEntity, SensorEntity):
    """How the connection to one central system is."""

    def __init__(self, entry: EvenloadConfigEntry, central: NodeUplink) -> None:
        """Take it as it is now."""
        super().__init__(entry, CENTRAL_SENSOR, central.id)
        self._central = central
        self._attr_device_info = service_device(
            central.id, "Central system", central.name
        )

    @property
    @override
    def native_value(self) -> str | None:
        """Return how it is."""
        status = self._site.node_uplink(self._central.id)
        return None if status is None else status.state.value

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return since when, how many messages wait, and what went wrong last in the other side's words."""
        status = self._site.node_uplink(self._central.id)
        if status is None:
            return {}
        return {
            "since": status.since,
            "messages_waiting": status.queued,
            "detail": status.detail[:200],
        }

    @property
    @override
    def _shown(self) -> object:
        # With every message that waits nothing is news.
        status = self._site.node_uplink(self._central.id)
        return status and (status.state, status.detail)

    @override
    def _subscribe(self, observer: Observer) -> Unsubscribe:
        return self._site.on_node_uplink(self._central.id, observer)

    @override
    def _refresh(self) -> bool:
        return self._central.id in central_systems(self._entry)


@callback
def async_add_central_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensor of every central system that comes."""
    added: set[str] = set()

    @callback
    def sweep() -> None:
        every = central_systems(entry)
        added.intersection_update(every)
        for name in every.keys() - added:
            added.add(name)
            async_add_entities(
                [CentralSensor(entry, every[name])], config_subentry_id=name
            )

    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), sweep)
    )
    sweep()
