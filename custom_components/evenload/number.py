"""The owner's limits: of each connector, and of each load balancing group."""

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
from homeassistant.const import Platform, UnitOfElectricCurrent, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .configuration import group_config, site_config
from .const import CONF_LIMIT, CONF_MAIN_FUSE_A, CONF_PHASES, CONF_VOLTAGE_V
from .data import EvenloadConfigEntry
from .devices import subentry_id
from .engine.balancing.checks import check_group
from .engine.model.identity import EvseKey
from .engine.model.limits import MINIMUM_CURRENT_A, Current, Power
from .engine.model.phases import CurrentType
from .engine.settings import shown_maximum, value
from .entity import EvseEntity, GroupEntity
from .errors import translated_errors
from .lazy import Latecomers
from .roster import async_add_as_they_come

# The engine sends one message at a time to each station, and lets one station not wait for another.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MaximumDescription(NumberEntityDescription):
    """The maximum of connectors of one kind."""

    current_type: CurrentType
    lazy: bool = False


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
LIMIT = NumberEntityDescription(key="limit", mode=NumberMode.BOX)

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
        has_value=lambda _, __: True,
        belonging=of_kind,
        subscribe=site.on_evse,
        add=lambda key, rows: async_add_entities(
            of_evse(key, rows), config_subentry_id=subentry_id(entry, key.identity)
        ),
    )
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=lambda key: of_evse(key, maxima.split(key)),
        group=lambda group_id: [GroupLimit(entry, group_id, LIMIT)],
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


class GroupLimit(GroupEntity, NumberEntity):
    """The limit of a group; it is what the group's form says."""

    @override
    def _refresh(self) -> bool:
        if self._group_id not in self._entry.subentries or not super()._refresh():
            return False
        options = self._entry.options
        self._attr_native_max_value = options[CONF_MAIN_FUSE_A]
        self._attr_native_min_value = MINIMUM_CURRENT_A
        match self._group.limit:
            case Current(value):
                self._attr_device_class = NumberDeviceClass.CURRENT
                self._attr_native_step = 1
                self._attr_native_unit_of_measurement = UnitOfElectricCurrent.AMPERE
            case Power(value):
                self._attr_device_class = NumberDeviceClass.POWER
                self._attr_native_step = 10
                self._attr_native_unit_of_measurement = UnitOfPower.WATT
                volts = options[CONF_VOLTAGE_V]
                self._attr_native_max_value *= volts * int(options[CONF_PHASES])
                self._attr_native_min_value *= volts
        self._attr_native_value = value
        return True

    @property
    @override
    def _shown(self) -> object:
        return (
            self.native_value,
            self.native_min_value,
            self.native_max_value,
            self.native_unit_of_measurement,
        )

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the limit, as the form would."""
        subentry = self._entry.subentries[self._group_id]
        data = {**subentry.data, CONF_LIMIT: value}
        site = site_config(self._entry)
        with translated_errors(self._entry):
            check_group(
                site,
                group_config(self._group_id, subentry.title, data, site.stations),
            )
        self.hass.config_entries.async_update_subentry(self._entry, subentry, data=data)
