"""The fields of a meter's forms: its kind, its sensors, and how it is believed."""

from collections.abc import Collection
from typing import Any

from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .engine.model.phases import Phase
from .measuring import units_of
from .meter_config import (
    CONF_FALLBACK_A,
    CONF_INCLUDES_STATIONS,
    CONF_INVERTED,
    CONF_KIND,
    CONF_LARGEST_A,
    CONF_LOST_S,
    CONF_MARGIN_A,
    CONF_SPREAD,
    CONF_STALE_S,
    EXPORT,
    METER_DEFAULTS,
    NO_METER,
    TOTAL,
    MeterKind,
    Spread,
    feeds_back_apart,
)

METER_KIND = SelectSelector(
    SelectSelectorConfig(
        options=[NO_METER, *MeterKind],
        mode=SelectSelectorMode.DROPDOWN,
        translation_key="meter_kind",
    )
)

METER_SCHEMA = vol.Schema({vol.Required(CONF_KIND, default=NO_METER): METER_KIND})


def sensor_field(kind: MeterKind, ours: Collection[str] = ()) -> EntitySelector:
    """Return the field of one sensor of a meter, ours not among the choices."""
    return EntitySelector(
        EntitySelectorConfig(
            exclude_entities=sorted(one for one in ours if one.startswith("sensor.")),
            filter=EntityWithDeviceFilterSelectorConfig(
                domain="sensor", unit_of_measurement=units_of(kind)
            ),
        )
    )


def sensors_schema(
    kind: MeterKind, phases: tuple[Phase, ...], ours: Collection[str] = ()
) -> vol.Schema:
    """Return the fields of a meter's sensors, ours not among the choices; which are needed is answered by sentences of ours."""
    sensor = sensor_field(kind, ours)
    names = [TOTAL] if kind is MeterKind.TOTAL else [str(phase) for phase in phases]
    apart = feeds_back_apart(kind)
    fields: dict[Any, Any] = {
        vol.Optional(f"{prefix}{name}"): sensor
        for name in names
        for prefix in (("", EXPORT) if apart else ("",))
    }
    if kind is MeterKind.TOTAL and len(phases) > 1:
        lines = [Spread(phase) for phase in phases]
        fields[vol.Required(CONF_SPREAD, default=Spread.UNKNOWN)] = SelectSelector(
            SelectSelectorConfig(
                options=[Spread.UNKNOWN, Spread.EVEN, *lines],
                mode=SelectSelectorMode.DROPDOWN,
                translation_key="spread",
            )
        )
    fields[vol.Required(CONF_INVERTED, default=False)] = BooleanSelector()
    fields[vol.Required(CONF_INCLUDES_STATIONS, default=True)] = BooleanSelector()
    return vol.Schema(fields)


def _number(unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            mode=NumberSelectorMode.BOX, step="any", unit_of_measurement=unit
        )
    )


BELIEF_SCHEMA = vol.Schema(
    {
        vol.Required(key, default=METER_DEFAULTS[key]): _number(unit)
        for key, unit in (
            (CONF_MARGIN_A, "A"),
            (CONF_LARGEST_A, "A"),
            (CONF_FALLBACK_A, "A"),
            (CONF_STALE_S, "s"),
            (CONF_LOST_S, "s"),
        )
    }
)
