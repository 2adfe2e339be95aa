"""The owner's limits: of each connector, and of each load balancing group."""

from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import UnitOfElectricCurrent, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .configuration import group_config, site_config
from .const import (
    CONF_LIMIT,
    CONF_MAIN_FUSE_A,
    CONF_MAXIMUM_A,
    CONF_PHASES,
    CONF_VOLTAGE_V,
)
from .data import EvenloadConfigEntry
from .devices import subentry_id
from .engine.balancing.checks import check_group
from .engine.model.identity import EvseKey
from .engine.model.limits import MINIMUM_CURRENT_A, Current, Power
from .entity import EvseEntity, GroupEntity
from .errors import translated_errors
from .roster import async_add_as_they_come

# The engine sends one message at a time to each station, and lets one station not wait for another.
PARALLEL_UPDATES = 0

MAXIMUM_CURRENT = NumberEntityDescription(
    key="maximum_current",
    device_class=NumberDeviceClass.CURRENT,
    mode=NumberMode.SLIDER,
    native_min_value=MINIMUM_CURRENT_A,
    native_step=1,
    native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
)
LIMIT = NumberEntityDescription(key="limit", mode=NumberMode.BOX)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=lambda key: [MaximumCurrent(hass, entry, key, MAXIMUM_CURRENT)],
        group=lambda group_id: [GroupLimit(entry, group_id, LIMIT)],
    )


class MaximumCurrent(EvseEntity, NumberEntity):
    """The most that a connector may draw; the owner's, so it can be set while the station is away."""

    _needs_connection = False

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        key: EvseKey,
        description: NumberEntityDescription,
    ) -> None:
        """Take the connector as it is now."""
        super().__init__(hass, entry, key, description)
        self._subentry_id = subentry_id(entry, key.identity)

    @override
    def _refresh(self) -> bool:
        subentry = self._entry.subentries.get(self._subentry_id or "")
        if subentry is None or not super()._refresh():
            return False
        self._attr_native_max_value = subentry.data[CONF_MAXIMUM_A]
        maximum = self._evse.settings.maximum
        self._attr_native_value = maximum.a if maximum else self._attr_native_max_value
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
