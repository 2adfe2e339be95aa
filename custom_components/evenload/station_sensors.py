"""What a charging station shows: one row for each sensor."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.helpers.typing import StateType

from .engine.model.security import Protection
from .engine.model.stations import Station
from .engine.model.uplink import UplinkState
from .states import ERRORS, FIRMWARE_STATUSES, error_state, firmware_state


@dataclass(frozen=True, kw_only=True)
class StationSensorDescription(SensorEntityDescription):
    """A sensor of a station; `lazy` ones exist once their value was seen.

    No key may be one of a connector's: station "garage_1" and connector 1 of "garage" would have one name.
    """

    value: Callable[[Station], StateType]
    lazy: bool = False


STATION_SENSORS = (
    StationSensorDescription(
        key="firmware",
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda station: station.info.firmware,
    ),
    StationSensorDescription(
        key="firmware_status",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=FIRMWARE_STATUSES,
        lazy=True,
        value=lambda station: firmware_state(station.firmware_status),
    ),
    StationSensorDescription(
        key="protection",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[protection.value for protection in Protection],
        value=lambda station: station.protection,
    ),
    StationSensorDescription(
        key="uplink",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[state.value for state in UplinkState],
        lazy=True,
        value=lambda station: station.uplink,
    ),
    StationSensorDescription(
        key="station_error",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=ERRORS,
        value=lambda station: error_state(station.error),
    ),
)
