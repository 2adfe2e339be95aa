"""The fields of the forms of discharging: what a connector may feed back, and how its station is told."""

from collections.abc import Iterable, Sequence
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import PERCENTAGE
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.util.unit_conversion import FrequencyConverter
import voluptuous as vol

from .connector_choice import connector_choice
from .const import CONF_UNIT, SECTION_ADVANCED, UNIT_AMPERES, UNIT_WATTS
from .engine.model.capabilities import Purpose
from .engine.model.v2x import IdleMethod, Steering
from .engine.model.v2x_ability import Method
from .v2g_config import (
    AS_IT_SAYS,
    CONF_CAPACITY_KWH,
    CONF_CHARGES_BY_LIMITS,
    CONF_CLEAR_BEFORE_SET,
    CONF_CONFIRMED,
    CONF_DISCHARGE_IS_POSITIVE,
    CONF_DISCHARGE_W,
    CONF_EXPIRES_S,
    CONF_EXPORT_BY_PHASE,
    CONF_EXPORT_CAP_W,
    CONF_FIELD,
    CONF_FIELDS,
    CONF_FREQUENCY_SENSOR,
    CONF_FREQUENCY_W,
    CONF_IDLE,
    CONF_KEY,
    CONF_MESSAGE,
    CONF_MINIMUM_SOC,
    CONF_MINIMUM_W,
    CONF_PURPOSE,
    CONF_REFRESH_S,
    CONF_RELEASE_FIELDS,
    CONF_RELEASED,
    CONF_REPLY_FIELD,
    CONF_REPLY_VALUE,
    CONF_SCALE,
    CONF_SETTLES_S,
    CONF_SOC_SENSOR,
    CONF_STEERING,
    CONF_TOLD,
    CONF_UPKEEP_W,
    CONF_VALUE,
    CONF_VEHICLES,
    CONF_VENDOR,
    CONF_WEAR,
    CONF_WHERE,
    DEFAULT_MINIMUM_SOC,
    DIALECT_DEFAULTS,
    TO_GRID,
    TO_HOUSE,
)

CONF_DISCHARGING = "discharging"
CONF_CONNECTORS = "connectors_discharging"


def _number(unit: str | None = None) -> NumberSelector:
    """Return a field for any number: what is out of range is answered by a sentence of ours."""
    config = NumberSelectorConfig(mode=NumberSelectorMode.BOX, step="any")
    if unit:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def _choice(
    translation_key: str,
    options: Iterable[str],
    mode: SelectSelectorMode = SelectSelectorMode.DROPDOWN,
) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options), mode=mode, translation_key=translation_key
        )
    )


def _sensor(device_class: SensorDeviceClass, units: Iterable[str]) -> EntitySelector:
    """Return a choice among the sensors of a kind; some do not say which kind they are, only in what they measure."""
    return EntitySelector(
        EntitySelectorConfig(
            filter=[
                EntityWithDeviceFilterSelectorConfig(
                    domain="sensor", device_class=device_class
                ),
                EntityWithDeviceFilterSelectorConfig(
                    domain="sensor", unit_of_measurement=list(units)
                ),
            ]
        )
    )


def permission_schema(steerings: Sequence[Steering], currency: str) -> vol.Schema:
    """Return what a connector may feed back; who sets the power is asked where its station leaves a choice."""
    chosen: dict[Any, Any] = {}
    if len(steerings) > 1:
        chosen[vol.Required(CONF_STEERING, default=Steering.EVENLOAD)] = _choice(
            "steering", steerings, SelectSelectorMode.LIST
        )
    return vol.Schema(
        {
            vol.Required(CONF_DISCHARGE_W): _number("W"),
            vol.Required(CONF_WHERE, default=TO_HOUSE): _choice(
                "where", (TO_HOUSE, TO_GRID), SelectSelectorMode.LIST
            ),
            vol.Required(CONF_MINIMUM_SOC, default=DEFAULT_MINIMUM_SOC): _number("%"),
            vol.Optional(CONF_SOC_SENSOR): _sensor(
                SensorDeviceClass.BATTERY, [PERCENTAGE]
            ),
            vol.Optional(CONF_CAPACITY_KWH): _number("kWh"),
            vol.Optional(CONF_WEAR): _number(f"{currency}/kWh"),
            vol.Optional(CONF_VEHICLES, default=list): TextSelector(
                TextSelectorConfig(multiple=True)
            ),
            vol.Required(CONF_TOLD, default=AS_IT_SAYS): _choice(
                "told", (AS_IT_SAYS, *Method)
            ),
            **chosen,
            vol.Required(CONF_CONFIRMED, default=False): BooleanSelector(),
        }
    )


# Of the site: what may reach the grid, and what tells its frequency.
GRID_DISCHARGE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_EXPORT_CAP_W, default=0): _number("W"),
        vol.Required(CONF_EXPORT_BY_PHASE, default=False): bool,
        vol.Optional(CONF_FREQUENCY_SENSOR): _sensor(
            SensorDeviceClass.FREQUENCY,
            sorted(unit for unit in FrequencyConverter.VALID_UNITS if unit),
        ),
        vol.Required(CONF_FREQUENCY_W, default=0): _number("W"),
    }
)


def connectors_schema(connectors: Iterable[int]) -> vol.Schema:
    """Return the choice of the connectors that may feed back."""
    return vol.Schema(
        {vol.Required(CONF_CONNECTORS, default=list): connector_choice(connectors)}
    )


MESSAGE_FIELDS = ObjectSelector(
    ObjectSelectorConfig(
        multiple=True,
        translation_key="message_field",
        label_field=CONF_FIELD,
        description_field=CONF_VALUE,
        fields={
            CONF_FIELD: ObjectSelectorField(required=True, selector=TextSelector()),
            CONF_VALUE: ObjectSelectorField(required=True, selector=TextSelector()),
        },
    )
)

_TEXT = TextSelector()

# What the manual has to say of each way.
_OF_METHOD: dict[Method, dict[Any, Any]] = {
    Method.NEGATIVE_LIMIT: {
        vol.Required(CONF_UNIT, default=UNIT_WATTS): _choice(
            "unit_of_power", (UNIT_WATTS, UNIT_AMPERES)
        ),
        vol.Required(CONF_PURPOSE, default=DIALECT_DEFAULTS.purpose): _choice(
            "purpose", Purpose
        ),
        vol.Required(CONF_CLEAR_BEFORE_SET, default=False): BooleanSelector(),
    },
    Method.CONFIGURATION_KEY: {
        vol.Optional(CONF_KEY): _TEXT,
        vol.Optional(CONF_RELEASED): _TEXT,
    },
    Method.VARIABLE: {
        vol.Optional(CONF_KEY): _TEXT,
        vol.Optional(CONF_RELEASED): _TEXT,
    },
    Method.DATA_TRANSFER: {
        vol.Optional(CONF_VENDOR): _TEXT,
        vol.Optional(CONF_MESSAGE): _TEXT,
        vol.Optional(CONF_FIELDS, default=list): MESSAGE_FIELDS,
        vol.Optional(CONF_RELEASE_FIELDS, default=list): MESSAGE_FIELDS,
        vol.Optional(CONF_REPLY_FIELD): _TEXT,
        vol.Optional(CONF_REPLY_VALUE): _TEXT,
    },
}

_DEFAULT = DIALECT_DEFAULTS
_NUMBERS = {
    CONF_MINIMUM_W: (_DEFAULT.minimum_w, "W"),
    CONF_UPKEEP_W: (_DEFAULT.upkeep_w, "W"),
    CONF_REFRESH_S: (_DEFAULT.refresh_s, "s"),
    CONF_SETTLES_S: (_DEFAULT.settles_s, "s"),
}

ADVANCED_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_IDLE, default=_DEFAULT.idle): _choice("idle", IdleMethod),
        **{
            vol.Required(name, default=usual): _number(unit)
            for name, (usual, unit) in _NUMBERS.items()
        },
        vol.Optional(CONF_EXPIRES_S): _number("s"),
        vol.Required(CONF_SCALE, default=_DEFAULT.scale): _number(),
        vol.Required(CONF_DISCHARGE_IS_POSITIVE, default=False): BooleanSelector(),
        vol.Required(CONF_CHARGES_BY_LIMITS, default=True): BooleanSelector(),
    }
)


def dialect_schema(method: Method, *, unfolded: bool = False) -> vol.Schema:
    """Return what the manual has to say of one way to tell a station; what few need is folded away."""
    return vol.Schema(
        {
            **_OF_METHOD.get(method, {}),
            vol.Required(SECTION_ADVANCED): section(
                ADVANCED_SCHEMA, {"collapsed": not unfolded and method in _OF_METHOD}
            ),
        }
    )
