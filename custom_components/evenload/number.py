"""The owner's numbers: the maximum and the priority of each connector, and the limits of what they share."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import (
    EntityCategory,
    Platform,
    UnitOfElectricCurrent,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import EvenloadConfigEntry
from .devices import subentry_id
from .engine.model.configuration import Strategy
from .engine.model.identity import EvseKey
from .engine.model.phases import CurrentType
from .engine.settings import PRIORITIES, shown_maximum, value
from .entity import EvseEntity
from .errors import translated_errors
from .lazy import Latecomers
from .node_numbers import limits_of
from .roster import async_add_as_they_come
from .sharing import WhereSharedBy

# The engine sends one message at a time to each station, and lets one station not wait for another.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MaximumDescription(NumberEntityDescription):
    """The maximum of connectors of one kind."""

    current_type: CurrentType


MAXIMA = (
    MaximumDescription(
        key="maximum_current",
        current_type=CurrentType.AC,
        device_class=NumberDeviceClass.CURRENT,
        mode=NumberMode.SLIDER,
        native_step=1,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
    ),
    # Direct current is limited in watts.
    MaximumDescription(
        key="maximum_power",
        current_type=CurrentType.DC,
        device_class=NumberDeviceClass.POWER,
        mode=NumberMode.BOX,
        native_step=100,
        native_unit_of_measurement=UnitOfPower.WATT,
    ),
)
PRIORITY = NumberEntityDescription(
    key="priority",
    entity_category=EntityCategory.CONFIG,
    mode=NumberMode.SLIDER,
    native_max_value=PRIORITIES[-1],
    native_min_value=PRIORITIES[0],
    native_step=1,
)

_OF_KIND = {
    given: tuple(row for row in MAXIMA if row.current_type is given)
    for given in CurrentType
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    site = entry.runtime_data

    def of_evse(key: EvseKey, rows: Iterable[MaximumDescription]) -> list[Maximum]:
        return [Maximum(entry, key, row) for row in rows]

    def of_kind(key: EvseKey) -> tuple[MaximumDescription, ...]:
        known = key.identity in site.stations
        return _OF_KIND[site.kind(key).current_type] if known else ()

    maxima = Latecomers[EvseKey, MaximumDescription](
        hass,
        entry,
        MAXIMA,
        Platform.NUMBER,
        belonging=of_kind,
        subscribe=site.on_evse,
        add=lambda key, rows: async_add_entities(
            of_evse(key, rows), config_subentry_id=subentry_id(entry, key.identity)
        ),
    )
    priorities = WhereSharedBy(
        hass,
        entry,
        async_add_entities,
        Strategy.PRIORITY,
        (Platform.NUMBER, PRIORITY.key),
        create=lambda key: Priority(entry, key, PRIORITY),
    )
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=lambda key: (
            *of_evse(key, maxima.split(key)),
            *priorities.of(key),
        ),
        node=lambda node_id: limits_of(entry, node_id),
    )


class Maximum(EvseEntity, NumberEntity):
    """The most that a connector may draw; the owner's, so it can be set while the station is away."""

    _needs_connection = False

    @override
    def _refresh(self) -> bool:
        if not super()._refresh():
            return False
        kind = self._site.kind(self._key)
        self._attr_native_min_value = value(kind.minimum)
        self._attr_native_max_value = floor(value(kind.maximum) + 1e-6)
        maximum = shown_maximum(self._evse.settings, kind)
        self._attr_native_value = (
            self._attr_native_max_value if maximum is None else round(maximum, 1)
        )
        return True

    @property
    @override
    def _shown(self) -> object:
        return self.native_value, self.native_max_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the most that it may draw."""
        with translated_errors(self._entry):
            await self._site.set_maximum(self._key, value)


class Priority(EvseEntity, NumberEntity):
    """Whom a connector comes before; the owner's, so it can be set while the station is away."""

    _needs_connection = False

    @property
    @override
    def native_value(self) -> float:
        """Return its priority: 10 comes first."""
        return self._evse.settings.priority

    @property
    @override
    def _shown(self) -> object:
        return self.native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set its priority."""
        with translated_errors(self._entry):
            await self._site.set_priority(self._key, int(value))
