"""Which sensors are those of a car: found, and offered in the form."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN


@dataclass(frozen=True, slots=True)
class Car:
    """The sensors of a car that tell how full it is, and what it holds."""

    soc_sensor: str
    capacity_sensor: str | None = None


@callback
def found_cars(hass: HomeAssistant, taken: Collection[str] = ()) -> list[Car]:
    """Return the cars that this Home Assistant knows, but those whose sensor is taken by another connector.

    What has a battery and tells a distance, of its range or of its way, is a car; phones and vacuum cleaners do not.
    """
    devices: dict[str, dict[str, str]] = defaultdict(dict)
    for entity in er.async_get(hass).entities.values():
        kind = entity.device_class or entity.original_device_class
        if (
            entity.domain == Platform.SENSOR
            and entity.platform != DOMAIN
            and entity.device_id
            and kind
            and not entity.disabled_by
        ):
            devices[entity.device_id].setdefault(kind, entity.entity_id)
    return [
        Car(sensors[battery], sensors.get(SensorDeviceClass.ENERGY_STORAGE))
        for sensors in devices.values()
        for battery in [SensorDeviceClass.BATTERY]
        if battery in sensors
        and SensorDeviceClass.DISTANCE in sensors
        and sensors[battery] not in taken
    ]
