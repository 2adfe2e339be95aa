"""The fields of the form of the vehicle at a connector."""

from collections.abc import Iterable

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import PERCENTAGE
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
from homeassistant.util.unit_conversion import EnergyConverter
import voluptuous as vol

from ..connector_choice import connector_choice
from ..driver_config import WEEKDAYS
from ..v2g_config import CONF_CAPACITY_KWH, CONF_SOC_SENSOR
from .vehicle_config import (
    CONF_CALENDAR,
    CONF_CALENDAR_LEAD_MIN,
    CONF_CALENDAR_WORD,
    CONF_CAPACITY_SENSOR,
    CONF_DEPARTURE_DAYS,
    CONF_DEPARTURE_ENTITY,
    CONF_DEPARTURE_TIME,
    CONF_EFFICIENCY,
    DEFAULT_EFFICIENCY,
)

# In the form of a known station: whether anything is said of its vehicles, and of which connectors.
CONF_VEHICLES_KNOWN = "vehicles"
CONF_CONNECTORS = "connectors_vehicles"


def _number(unit: str) -> NumberSelector:
    """Return a field for any number: what is out of range is answered by a sentence of ours."""
    return NumberSelector(
        NumberSelectorConfig(
            mode=NumberSelectorMode.BOX, step="any", unit_of_measurement=unit
        )
    )


def _sensor(*filters: EntityWithDeviceFilterSelectorConfig) -> EntitySelector:
    return EntitySelector(EntitySelectorConfig(filter=list(filters)))


VEHICLE_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_SOC_SENSOR): _sensor(
            {"domain": "sensor", "device_class": SensorDeviceClass.BATTERY},
            {"domain": "sensor", "unit_of_measurement": [PERCENTAGE]},
        ),
        vol.Optional(CONF_CAPACITY_KWH): _number("kWh"),
        vol.Optional(CONF_CAPACITY_SENSOR): _sensor(
            {
                "domain": "sensor",
                "unit_of_measurement": sorted(
                    str(unit) for unit in EnergyConverter.VALID_UNITS
                ),
            }
        ),
        vol.Required(CONF_EFFICIENCY, default=DEFAULT_EFFICIENCY): _number("%"),
        vol.Optional(CONF_DEPARTURE_TIME): TimeSelector(),
        vol.Required(CONF_DEPARTURE_DAYS, default=list): SelectSelector(
            SelectSelectorConfig(
                options=list(WEEKDAYS),
                mode=SelectSelectorMode.LIST,
                multiple=True,
                translation_key="weekday",
            )
        ),
        vol.Optional(CONF_DEPARTURE_ENTITY): _sensor(
            {"domain": ["datetime", "input_datetime", "time"]},
            {"domain": "sensor", "device_class": SensorDeviceClass.TIMESTAMP},
        ),
        vol.Optional(CONF_CALENDAR): _sensor({"domain": "calendar"}),
        vol.Optional(CONF_CALENDAR_WORD): TextSelector(),
        vol.Required(CONF_CALENDAR_LEAD_MIN, default=0): _number("min"),
    }
)


def connectors_schema(connectors: Iterable[int]) -> vol.Schema:
    """Return the choice of the connectors of whose vehicles something is known."""
    return vol.Schema(
        {vol.Required(CONF_CONNECTORS, default=list): connector_choice(connectors)}
    )
