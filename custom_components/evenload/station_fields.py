"""The fields of a station's form beside its name: wiring, connectors, and what its owner knows better."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import (
    AUTOMATIC,
    CONF_CURRENT_TYPE,
    CONF_EVSES,
    CONF_LEASES,
    CONF_LIMIT_UNIT,
    CONF_MAXIMUM,
    CONF_NUMBER,
    CONF_PAUSE,
    CONF_PHASE_SWITCHING,
    CONF_PHASES,
    CONF_SIMULTANEOUS,
    CONF_UNIT,
    NO,
    SECTION_ADVANCED,
    SECTION_CONNECTORS,
    UNIT_AMPERES,
    UNIT_WATTS,
    YES,
)
from .driver_config import SECTION_ADMISSION, drivers_of
from .driver_fields import admission_schema
from .engine.model.capabilities import PauseMethod
from .engine.model.phases import CurrentType
from .grid import GRIDS
from .planning_inputs.vehicle_fields import CONF_VEHICLES_KNOWN
from .schemas import STATION_SCHEMA
from .uplink_config import UPLINK_FIELD
from .v2g_fields import CONF_DISCHARGING
from .wiring import wirings_on

# More connectors than any station has.
MAXIMUM_CONNECTORS = 20


def _choice(translation_key: str, options: Iterable[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options),
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=translation_key,
        )
    )


def _symbols(options: Iterable[str]) -> SelectSelector:
    """Return a choice inside of an object: Home Assistant's page translates none there, so it shows what all languages write alike."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=option, label=option.upper())
                for option in options
            ],
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


CONNECTORS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_SIMULTANEOUS, default=True): BooleanSelector(),
        vol.Required(CONF_EVSES, default=list): ObjectSelector(
            ObjectSelectorConfig(
                multiple=True,
                translation_key="connector",
                label_field=CONF_NUMBER,
                description_field=CONF_CURRENT_TYPE,
                fields={
                    CONF_NUMBER: ObjectSelectorField(
                        required=True,
                        selector=NumberSelector(
                            NumberSelectorConfig(
                                mode=NumberSelectorMode.BOX,
                                min=1,
                                max=MAXIMUM_CONNECTORS,
                                step=1,
                            )
                        ),
                    ),
                    CONF_CURRENT_TYPE: ObjectSelectorField(
                        required=True, selector=_symbols(CurrentType)
                    ),
                    CONF_MAXIMUM: ObjectSelectorField(
                        selector=NumberSelector(
                            NumberSelectorConfig(
                                mode=NumberSelectorMode.BOX, step="any"
                            )
                        )
                    ),
                    CONF_UNIT: ObjectSelectorField(
                        selector=_symbols((UNIT_AMPERES, UNIT_WATTS))
                    ),
                },
            )
        ),
    }
)

OVERRIDES_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_LIMIT_UNIT, default=AUTOMATIC): _choice(
            "limit_unit", (AUTOMATIC, UNIT_AMPERES, UNIT_WATTS)
        ),
        vol.Required(CONF_PAUSE, default=AUTOMATIC): _choice(
            "pause", (AUTOMATIC, *PauseMethod)
        ),
        vol.Required(CONF_LEASES, default=AUTOMATIC): _choice(
            "yes_no", (AUTOMATIC, YES, NO)
        ),
        vol.Required(CONF_PHASE_SWITCHING, default=AUTOMATIC): _choice(
            "yes_no", (AUTOMATIC, YES, NO)
        ),
    }
)

# What is known of its vehicles, and whether they may feed back, is asked of a station that is known; sections come last.
KNOWN_STATION_SCHEMA = vol.Schema(
    dict(
        sorted(
            {
                **STATION_SCHEMA.schema,
                **UPLINK_FIELD,
                vol.Required(CONF_VEHICLES_KNOWN, default=False): BooleanSelector(),
                vol.Required(CONF_DISCHARGING, default=False): BooleanSelector(),
            }.items(),
            key=lambda field: isinstance(field[1], section),
        )
    )
)


def usual_wiring(entry: ConfigEntry) -> str:
    """Return how most stations of a site are wired."""
    return GRIDS[entry.options[CONF_PHASES]].wiring


def station_schema(
    base: vol.Schema, entry: ConfigEntry, data: Mapping[str, Any] | None = None
) -> vol.Schema:
    """Return a station's form with the wirings that its site allows; what few owners need comes last, folded away."""
    known = (data or {}).get(CONF_PHASES)
    grid = GRIDS[entry.options[CONF_PHASES]]
    options = wirings_on(grid.phases, split_phase=grid.split_phase)
    if known is not None and known not in options:
        # The site had more phases once: the form opens all the same, and says so when it is saved.
        options.append(known)
    fields = {
        key: _choice("wiring", options) if key == CONF_PHASES else field
        for key, field in base.schema.items()
    }
    return vol.Schema(
        {
            **fields,
            vol.Optional(SECTION_ADMISSION): section(
                admission_schema(
                    {one.id: one.name for one in drivers_of(entry).values()}
                ),
                {"collapsed": True},
            ),
            vol.Optional(SECTION_CONNECTORS): section(
                CONNECTORS_SCHEMA, {"collapsed": True}
            ),
            vol.Optional(SECTION_ADVANCED): section(
                OVERRIDES_SCHEMA, {"collapsed": True}
            ),
        }
    )
