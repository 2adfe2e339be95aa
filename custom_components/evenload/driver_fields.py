"""The fields of a driver's form, and of whom a station lets charge."""

from collections.abc import Mapping

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TimeSelector,
)
import voluptuous as vol

from .const import SECTION_MORE
from .driver_config import (
    CONF_BEGINS,
    CONF_BLOCKED,
    CONF_CONCURRENT,
    CONF_COUNTED,
    CONF_DEFAULT_DRIVER,
    CONF_ENDS,
    CONF_POLICY,
    CONF_STATIONS,
    CONF_TOKENS,
    CONF_VALID_UNTIL,
    CONF_WEEKDAYS,
    MIDNIGHT,
    WEEKDAYS,
)
from .engine.model.drivers import TokenPolicy

# Whether a card is to be held to a reader now; it is asked for and never kept.
CONF_READER = "reader"

MORE_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_WEEKDAYS, default=list): SelectSelector(
            SelectSelectorConfig(
                options=list(WEEKDAYS), multiple=True, translation_key="weekday"
            )
        ),
        vol.Optional(CONF_BEGINS, default=MIDNIGHT): TimeSelector(),
        vol.Optional(CONF_ENDS, default=MIDNIGHT): TimeSelector(),
        vol.Optional(CONF_VALID_UNTIL): DateSelector(),
        vol.Required(CONF_COUNTED, default=True): BooleanSelector(),
        vol.Required(CONF_CONCURRENT, default=False): BooleanSelector(),
        vol.Required(CONF_BLOCKED, default=False): BooleanSelector(),
    }
)


def driver_schema(stations: Mapping[str, str]) -> vol.Schema:
    """Return the form of a driver; `stations` are the names of the site's by their identities."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Optional(CONF_TOKENS, default=list): TextSelector(
                TextSelectorConfig(multiple=True)
            ),
            vol.Optional(CONF_READER): _choice(stations),
            vol.Optional(CONF_STATIONS, default=list): _choice(stations, multiple=True),
            vol.Required(SECTION_MORE): section(MORE_SCHEMA, {"collapsed": True}),
        }
    )


def admission_schema(drivers: Mapping[str, str]) -> vol.Schema:
    """Return the section of a station's form that says whom it lets charge."""
    return vol.Schema(
        {
            vol.Required(CONF_POLICY, default=TokenPolicy.FREE): SelectSelector(
                SelectSelectorConfig(
                    options=list(TokenPolicy),
                    mode=SelectSelectorMode.LIST,
                    translation_key="policy",
                )
            ),
            vol.Optional(CONF_DEFAULT_DRIVER): _choice(drivers),
        }
    )


def _choice(names: Mapping[str, str], *, multiple: bool = False) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=name)
                for value, name in names.items()
            ],
            multiple=multiple,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )
