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
    PERCENTAGE,
    EntityCategory,
    Platform,
    UnitOfElectricCurrent,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import EvenloadConfigEntry
from .devices import subentry_id
from .discharging import where_allowed
from .engine.model.configuration import Strategy
from .engine.model.identity import EvseKey
from .engine.model.phases import CurrentType
from .engine.model.v2x import LEAST_SOC_PERCENT
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

DISCHARGE_LIMIT = NumberEntityDescription(
    key="discharge_limit",
    device_class=NumberDeviceClass.POWER,
    mode=NumberMode.BOX,
    native_min_value=0,
    native_step=100,
    native_unit_of_measurement=UnitOfPower.WATT,
)
MINIMUM_SOC = NumberEntityDescription(
    key="minimum_soc",
    mode=NumberMode.SLIDER,
    native_max_value=100,
    native_min_value=LEAST_SOC_PERCENT,
    native_step=1,
    native_unit_of_measurement=PERCENTAGE,
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
    of_discharging = where_allowed(
        hass,
        entry,
        async_add_entities,
        Platform.NUMBER,
        (DISCHARGE_LIMIT, MINIMUM_SOC),
        lambda key, row: (DischargeLimit if row is DISCHARGE_LIMIT else MinimumSoc)(
            entry, key, row
        ),
    )
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=lambda key: (
            *of_evse(key, maxima.split(key)),
            *priorities.of(key),
            *of_discharging(key),
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


class DischargeLimit(EvseEntity, NumberEntity):
    """The most that the vehicle feeds back; at its highest it is what the form allows."""

    _needs_connection = False

    @override
    def _refresh(self) -> bool:
        if not super()._refresh():
            return False
        if (config := self._site.v2g_config(self._key)) is None:
            return False
        self._attr_native_max_value = config.maximum_w
        limit_w = self._evse.settings.discharge_limit_w
        self._attr_native_value = (
            config.maximum_w if limit_w is None else min(limit_w, config.maximum_w)
        )
        return True

    @property
    @override
    def _shown(self) -> object:
        return self.native_value, self.native_max_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the most that it feeds back."""
        with translated_errors(self._entry):
            await self._site.set_discharge_limit(self._key, value)


class MinimumSoc(EvseEntity, NumberEntity):
    """How full the vehicle stays; the form says with what it begins."""

    _needs_connection = False

    @override
    def _refresh(self) -> bool:
        if not super()._refresh():
            return False
        if (config := self._site.v2g_config(self._key)) is None:
            return False
        percent = self._evse.settings.minimum_soc_percent
        self._attr_native_value = (
            config.minimum_soc_percent if percent is None else percent
        )
        return True

    @property
    @override
    def _shown(self) -> object:
        return self.native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set how full it stays."""
        with translated_errors(self._entry):
            await self._site.set_minimum_soc(self._key, value)
