"""What discharging shows: of a connector what it is told and why it is not done, of a group its vehicles as one battery."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .data import EvenloadConfigEntry
from .discharging import where_allowed, where_any_allowed
from .engine.model.identity import EvseKey
from .engine.model.v2x import Battery, DischargeState, Hindrance
from .engine.model.v2x_ability import OperationMode
from .entity import EvseEntity, GroupEntity
from .sensor_forms import ENERGY, STORED_ENERGY, WATTS

# Home Assistant keeps "unknown" for what is not known.
NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class DischargeSensorDescription(SensorEntityDescription):
    """A sensor of a connector that may feed back, and what else it says."""

    value: Callable[[DischargeState], StateType | datetime]
    more: Callable[[DischargeState], Mapping[str, Any]] = lambda _: {}


@dataclass(frozen=True, kw_only=True)
class BatterySensorDescription(SensorEntityDescription):
    """A sensor of all vehicles of a group, or of the site, as one battery."""

    value: Callable[[Battery], float]


DISCHARGE_SENSORS = (
    DischargeSensorDescription(
        key="discharge_left",
        **ENERGY,
        value=lambda discharge: discharge.left_wh,
    ),
    DischargeSensorDescription(
        key="discharges_until",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda discharge: discharge.until,
        more=lambda discharge: {"source": discharge.source},
    ),
    DischargeSensorDescription(
        key="hindrance",
        device_class=SensorDeviceClass.ENUM,
        options=[NOTHING, *(hindrance.value for hindrance in Hindrance)],
        value=lambda discharge: discharge.hindrance or NOTHING,
    ),
    DischargeSensorDescription(
        key="operation_mode",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[mode.name.lower() for mode in OperationMode],
        value=lambda discharge: discharge.operation_mode.name.lower(),
    ),
    DischargeSensorDescription(
        key="setpoint",
        **WATTS,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda discharge: discharge.setpoint_w,
    ),
)


def _energy(key: str, value: Callable[[Battery], float]) -> BatterySensorDescription:
    return BatterySensorDescription(
        key=key,
        **STORED_ENERGY,
        state_class=SensorStateClass.MEASUREMENT,
        value=value,
    )


def _power(key: str, value: Callable[[Battery], float]) -> BatterySensorDescription:
    return BatterySensorDescription(
        key=key,
        **WATTS,
        state_class=SensorStateClass.MEASUREMENT,
        value=value,
    )


BATTERY_SENSORS = (
    _energy("battery_available", lambda battery: battery.available_wh),
    _power("battery_down", lambda battery: battery.charge_w),
    _power("battery_up", lambda battery: battery.discharge_w),
    _energy("battery_wanted", lambda battery: battery.wanted_wh),
)


def discharge_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> Callable[[EvseKey], list[Entity]]:
    """Return what makes the sensors of connectors that may feed back."""
    return where_allowed(
        hass,
        entry,
        async_add_entities,
        Platform.SENSOR,
        DISCHARGE_SENSORS,
        lambda key, row: DischargeSensor(entry, key, row),
    )


def battery_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> Callable[[str], list[Entity]]:
    """Return what makes the sensors of groups, and of the site, with vehicles that may feed back."""
    return where_any_allowed(
        hass,
        entry,
        async_add_entities,
        Platform.SENSOR,
        BATTERY_SENSORS,
        lambda node_id, row: BatterySensor(entry, node_id, row),
    )


class DischargeSensor(EvseEntity, SensorEntity):
    """What becomes of discharging; it is known while the station is away, too."""

    entity_description: DischargeSensorDescription
    _needs_connection = False

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return what is known now."""
        return self.entity_description.value(self._evse.discharge)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return what belongs to it."""
        return self.entity_description.more(self._evse.discharge)

    @property
    @override
    def _shown(self) -> object:
        return self.native_value, self.extra_state_attributes


class BatterySensor(GroupEntity, SensorEntity):
    """What the vehicles of a group could give and take."""

    entity_description: BatterySensorDescription

    @override
    def _refresh(self) -> bool:
        if not super()._refresh():
            return False
        battery = self._site.battery_of(self._group_id)
        self._attr_native_value = round(self.entity_description.value(battery))
        return True

    @property
    @override
    def _shown(self) -> object:
        return self.native_value
