"""The limits of groups and of the grid connection, as they hold now."""

from collections.abc import Iterable
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import UnitOfElectricCurrent, UnitOfPower

from .configuration import site_config
from .data import EvenloadConfigEntry
from .engine.model.limits import Current, Power
from .engine.model.tree import ROOT
from .engine.settings import value as number_of
from .entity import GroupEntity
from .errors import translated_errors

LIMIT = NumberEntityDescription(key="limit", mode=NumberMode.BOX, native_min_value=0)

# Few have it: a signal from the grid operator, which an automation passes on.
CAP = NumberEntityDescription(
    key="cap",
    device_class=NumberDeviceClass.POWER,
    entity_registry_enabled_default=False,
    mode=NumberMode.BOX,
    native_min_value=0,
    native_step=100,
    native_unit_of_measurement=UnitOfPower.WATT,
)


def limits_of(entry: EvenloadConfigEntry, node_id: str) -> Iterable[NumberEntity]:
    """Return the limits of a group, or of the grid connection."""
    limit = GroupLimit(entry, node_id, LIMIT)
    return [limit, Cap(entry, node_id, CAP)] if node_id == ROOT else [limit]


class GroupLimit(GroupEntity, NumberEntity):
    """The limit of a group as it holds now; what its form says is the most that it can be."""

    @override
    def _refresh(self) -> bool:
        if not super()._refresh():
            return False
        limit = self._group.limit
        self._attr_native_value = number_of(limit)
        self._attr_native_max_value = number_of(self._group.rating or limit)
        if isinstance(limit, Current):
            self._attr_device_class = NumberDeviceClass.CURRENT
            self._attr_native_step = 1
            self._attr_native_unit_of_measurement = UnitOfElectricCurrent.AMPERE
        else:
            self._attr_device_class = NumberDeviceClass.POWER
            self._attr_native_step = 10
            self._attr_native_unit_of_measurement = UnitOfPower.WATT
        return True

    @property
    @override
    def _shown(self) -> object:
        return (
            self.native_value,
            self.native_max_value,
            self.native_unit_of_measurement,
        )

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the limit until it is set again, or its form says otherwise."""
        with translated_errors(self._entry):
            await self._site.set_limit(self._group_id, value)
        self.async_changed()


class Cap(GroupEntity, NumberEntity):
    """What the grid operator lets all stations together draw; at its highest there is no such limit."""

    @override
    def _refresh(self) -> bool:
        if not super()._refresh():
            return False
        config = site_config(self._entry)
        self._attr_native_max_value = float(
            round(config.main_fuse.a * config.voltage_v * len(config.phases))
        )
        cap, in_force = self._site.cap, self._site.cap_in_force
        self._attr_native_value = (
            cap.w if isinstance(cap, Power) else self._attr_native_max_value
        )
        # What must be left to the stations can be more than what was asked.
        self._attr_extra_state_attributes = {
            "in_force": in_force.w if isinstance(in_force, Power) else None
        }
        return True

    @property
    @override
    def _shown(self) -> object:
        return self.native_value, self.native_max_value, self.extra_state_attributes

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Obey the grid operator, or no more."""
        cap = Power(value) if value < self.native_max_value else None
        with translated_errors(self._entry):
            await self._site.set_cap(cap)
        self.async_changed()
