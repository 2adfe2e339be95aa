"""What a meter's forms may accept. Each check raises `BadSetting` with the key of the sentence to show."""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import CONF_METER, DOMAIN, SUBENTRY_GROUP
from .engine.model.configuration import SiteConfig
from .engine.model.errors import BadSetting
from .engine.model.limits import MINIMUM_CURRENT_A
from .engine.model.phases import Phase, PhaseCurrents
from .measuring import converter, currents, unit_of, value_of
from .meter_config import (
    CONF_FALLBACK_A,
    CONF_LARGEST_A,
    CONF_LOST_S,
    CONF_MARGIN_A,
    CONF_STALE_S,
    TOTAL,
    MeterKind,
    MeterSensors,
    is_complete,
)

# A meter that reports less often than this cannot protect a fuse.
MAXIMUM_STALE_S = 600
MAXIMUM_LOST_S = 3600
MINIMUM_STALE_S = 2


def check_sensors(
    hass: HomeAssistant, sensors: MeterSensors, needed: tuple[Phase, ...]
) -> None:
    """Check the sensors that were chosen: one of every line that is needed, and each of the right kind.

    Keys: `meter_line_missing` (line), `meter_total_missing`, `meter_sensor_twice` (sensor), and those of `check_sensor`.
    """
    if sensors.kind is MeterKind.TOTAL:
        if TOTAL not in sensors.taken:
            raise BadSetting("meter_total_missing")
    else:
        pairs = sensors.kind is MeterKind.POWER_PAIRS
        for line in needed:
            if line not in sensors.taken or (pairs and line not in sensors.fed_back):
                raise BadSetting("meter_line_missing", line=line.upper())
    if not sensors.taken.keys() >= sensors.fed_back.keys():
        raise BadSetting("meter_export_alone")
    for entity_id in sensors.entities:
        if sensors.entities.count(entity_id) > 1:
            raise BadSetting("meter_sensor_twice", sensor=entity_id)
        check_sensor(hass, sensors.kind, entity_id)


def check_sensor(hass: HomeAssistant, kind: MeterKind, entity_id: str) -> None:
    """Check one sensor.

    Keys: `meter_sensor_own`, `meter_sensor_missing`, `meter_sensor_silent`, `meter_sensor_wrong_kind` (unit, wanted);
    all with its name (sensor).
    """
    if entity_id in own_sensors(hass):
        raise BadSetting("meter_sensor_own", sensor=entity_id)
    if (state := hass.states.get(entity_id)) is None:
        raise BadSetting("meter_sensor_missing", sensor=entity_id)
    if state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        raise BadSetting("meter_sensor_silent", sensor=state.name)
    if converter(kind, unit_of(state)) is None or value_of(kind, state) is None:
        raise BadSetting(
            "meter_sensor_wrong_kind",
            sensor=state.name,
            unit=unit_of(state) or "–",
            wanted="A" if kind is MeterKind.CURRENTS else "W",
        )


def check_lines_of_groups(entry: ConfigEntry, site: SiteConfig) -> None:
    """Check that the meters of groups measure every line that their stations are on, as they will be in this site.

    Keys: `group_meter_lacks_line` (group, line).
    """
    for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP):
        if not (meter := subentry.data.get(CONF_METER)):
            continue
        for identity in site.stations_below(subentry.subentry_id):
            for line in site.stations[identity].wiring:
                if not is_complete(meter, (line,)):
                    raise BadSetting(
                        "group_meter_lacks_line",
                        group=subentry.title,
                        line=line.upper(),
                    )


def own_sensors(hass: HomeAssistant) -> set[str]:
    """Return the entities that are ours: what the stations draw is no meter of the house."""
    registry = er.async_get(hass)
    return {
        entity.entity_id
        for entity in registry.entities.values()
        if entity.platform == DOMAIN
    }


def check_belief(data: Mapping[str, Any], limit_a: float) -> None:
    """Check how a meter is believed, at a node with this limit.

    Keys: `margin_out_of_range`, `largest_out_of_range`, `fallback_out_of_range`, `stale_out_of_range`,
    `lost_out_of_range`, each with its bounds (minimum, maximum).
    """
    _check("margin_out_of_range", data[CONF_MARGIN_A], 0, limit_a - MINIMUM_CURRENT_A)
    _check("largest_out_of_range", data[CONF_LARGEST_A], 0, limit_a)
    fallback_a = data[CONF_FALLBACK_A]
    # Between nothing and what a vehicle needs is nothing that could be used.
    if fallback_a != 0:
        _check("fallback_out_of_range", fallback_a, MINIMUM_CURRENT_A, limit_a)
    stale_s = data[CONF_STALE_S]
    _check("stale_out_of_range", stale_s, MINIMUM_STALE_S, MAXIMUM_STALE_S)
    _check("lost_out_of_range", data[CONF_LOST_S], stale_s, MAXIMUM_LOST_S)


def _check(key: str, value: float, minimum: float, maximum: float) -> None:
    if not isfinite(value) or not minimum <= value <= maximum:
        raise BadSetting(key, minimum=f"{minimum:g}", maximum=f"{maximum:g}")


def live_reading(
    hass: HomeAssistant, sensors: MeterSensors, site: SiteConfig
) -> tuple[PhaseCurrents, datetime] | None:
    """Return what a meter says now and since when, or None while one of its sensors says nothing."""
    values: dict[str, float] = {}
    times: list[datetime] = []
    for entity_id in sensors.entities:
        state = hass.states.get(entity_id)
        value = None if state is None else value_of(sensors.kind, state)
        if state is None or value is None:
            return None
        values[entity_id] = value
        times.append(state.last_reported)
    return currents(sensors, values, site), min(times)
