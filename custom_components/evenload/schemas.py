"""The fields of the forms."""

from collections.abc import Mapping

from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PASSWORD, CONF_PORT
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import (
    CONF_CERTIFICATE,
    CONF_CLIENT_CA,
    CONF_IDENTITY,
    CONF_KEEP_LEAST,
    CONF_KEEP_MONTHS,
    CONF_LIMIT,
    CONF_MAIN_FUSE_A,
    CONF_MAXIMUM_A,
    CONF_MEMBERS,
    CONF_METER,
    CONF_OF_GROUPS,
    CONF_PARENT,
    CONF_PHASES,
    CONF_PRIVATE_KEY,
    CONF_SECURITY_PROFILE,
    CONF_SHADOW,
    CONF_STRATEGY,
    CONF_TLS_PORT,
    CONF_TURN_MIN,
    CONF_UNIT,
    CONF_VOLTAGE_V,
    DEFAULT_MAIN_FUSE_A,
    DEFAULT_MAXIMUM_A,
    DEFAULT_PHASES,
    DEFAULT_PORT,
    DEFAULT_TURN_MIN,
    DEFAULT_VOLTAGE_V,
    PARENT_SITE,
    SECTION_ADVANCED,
    SECTION_MORE,
    SECTION_SECURITY,
    UNIT_AMPERES,
    UNIT_WATTS,
)
from .engine.model.configuration import Strategy
from .engine.model.security import SecurityProfile
from .form_errors import SECTIONS
from .grid import GRIDS
from .meter_config import NO_METER
from .meter_fields import METER_KIND


def _number(unit: str | None = None) -> NumberSelector:
    """Return a field for any number: what is out of range is answered by a sentence of ours."""
    config = NumberSelectorConfig(mode=NumberSelectorMode.BOX, step="any")
    if unit:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


PHASES = SelectSelector(
    SelectSelectorConfig(
        options=list(GRIDS),
        mode=SelectSelectorMode.LIST,
        translation_key="phases",
    )
)


# What is no port is answered by a sentence of ours.
PORT = NumberSelector(NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=1))

CONNECTION_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PORT, default=DEFAULT_PORT): PORT,
        vol.Required(SECTION_ADVANCED): section(
            vol.Schema(
                {
                    vol.Optional(CONF_HOST): TextSelector(),
                    vol.Optional(CONF_CERTIFICATE): TextSelector(),
                    vol.Optional(CONF_PRIVATE_KEY): TextSelector(),
                    vol.Optional(CONF_TLS_PORT): PORT,
                    vol.Optional(CONF_CLIENT_CA): TextSelector(),
                }
            ),
            {"collapsed": True},
        ),
    }
)

SITE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_MAIN_FUSE_A, default=DEFAULT_MAIN_FUSE_A): _number("A"),
        vol.Required(CONF_PHASES, default=DEFAULT_PHASES): PHASES,
        vol.Required(CONF_VOLTAGE_V, default=DEFAULT_VOLTAGE_V): _number("V"),
    }
)

# Bookkeeping asks for ten years and more.
SESSIONS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_KEEP_MONTHS, default=0): NumberSelector(
            NumberSelectorConfig(mode=NumberSelectorMode.BOX, min=0, max=240, step=1)
        )
    }
)

# A grid operator's signal comes later, if ever.
GRID_SCHEMA = SITE_SCHEMA.extend(
    {vol.Required(CONF_KEEP_LEAST, default=False): BooleanSelector()}
)

# What every owner knows comes first, what few need last.
USER_SCHEMA = SITE_SCHEMA.extend(CONNECTION_SCHEMA.schema)

SECURITY_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_SECURITY_PROFILE, default="0"): SelectSelector(
            SelectSelectorConfig(
                options=[str(int(profile)) for profile in SecurityProfile],
                mode=SelectSelectorMode.LIST,
                translation_key="security_profile",
            )
        ),
        vol.Optional(CONF_PASSWORD): TextSelector(
            TextSelectorConfig(
                type=TextSelectorType.PASSWORD, autocomplete="new-password"
            )
        ),
    }
)

STATION_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_PHASES, default=DEFAULT_PHASES): PHASES,
        vol.Required(CONF_MAXIMUM_A, default=DEFAULT_MAXIMUM_A): _number("A"),
        vol.Optional(SECTION_SECURITY): section(SECURITY_SCHEMA, {"collapsed": True}),
    }
)

NEW_STATION_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_IDENTITY): TextSelector(),
        **STATION_SCHEMA.schema,
    }
)


def unfolded(
    schema: vol.Schema, errors: Mapping[str, str], usual: str | None = None
) -> vol.Schema:
    """Return a form with the section unfolded that the sentence above it speaks of; most speak of the usual one."""
    if "base" not in errors:
        return schema
    shown = SECTIONS.get(errors["base"], usual)
    return vol.Schema(
        {
            name: section(field.schema, {"collapsed": False})
            if str(name) == shown
            else field
            for name, field in schema.schema.items()
        }
    )


STRATEGY = SelectSelector(
    SelectSelectorConfig(
        options=[strategy.value for strategy in Strategy],
        mode=SelectSelectorMode.DROPDOWN,
        translation_key="strategy",
    )
)

# How turns are taken, and whether anything is sent: of the site and of every group.
_TURNS = {
    vol.Required(CONF_TURN_MIN, default=DEFAULT_TURN_MIN): _number("min"),
    vol.Required(CONF_SHADOW, default=False): BooleanSelector(),
}

SHARING_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_STRATEGY, default=Strategy.EQUAL_SERVE): STRATEGY,
        **_TURNS,
    }
)

_MORE_SCHEMA = vol.Schema(
    {**_TURNS, vol.Required(CONF_OF_GROUPS, default=False): BooleanSelector()}
)


def _choice(labels: Mapping[str, str], mode: SelectSelectorMode) -> SelectSelector:
    """Return a choice among what has names of the owner's."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in labels.items()
            ],
            mode=mode,
            multiple=mode is SelectSelectorMode.LIST,
        )
    )


def group_schema(stations: Mapping[str, str], parents: Mapping[str, str]) -> vol.Schema:
    """Return the fields of a group; `stations` are their names by identity, `parents` what it may hang on."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_LIMIT): _number(),
            vol.Required(CONF_UNIT, default=UNIT_AMPERES): vol.All(
                vol.Lower,
                SelectSelector(
                    SelectSelectorConfig(
                        options=[UNIT_AMPERES, UNIT_WATTS],
                        mode=SelectSelectorMode.LIST,
                        translation_key="unit",
                    )
                ),
            ),
            vol.Required(CONF_STRATEGY, default=Strategy.EQUAL_SERVE): STRATEGY,
            vol.Required(CONF_MEMBERS, default=list): _choice(
                stations, SelectSelectorMode.LIST
            ),
            vol.Required(CONF_PARENT, default=PARENT_SITE): _choice(
                parents, SelectSelectorMode.DROPDOWN
            ),
            vol.Required(CONF_METER, default=NO_METER): METER_KIND,
            vol.Optional(SECTION_MORE): section(_MORE_SCHEMA, {"collapsed": True}),
        }
    )
