"""Maps a config entry and its subentries to the engine's configuration, and forms to groups."""

from collections.abc import Container, Mapping
from dataclasses import replace
import math
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT

from .central_config import central_systems
from .const import (
    AUTOMATIC,
    CONF_CERTIFICATE,
    CONF_CLIENT_CA,
    CONF_CURRENT_TYPE,
    CONF_EVSES,
    CONF_IDENTITY,
    CONF_KEEP_LEAST,
    CONF_LEASES,
    CONF_LIMIT,
    CONF_LIMIT_UNIT,
    CONF_MAIN_FUSE_A,
    CONF_MAXIMUM,
    CONF_MAXIMUM_A,
    CONF_MEMBERS,
    CONF_METER,
    CONF_NUMBER,
    CONF_PARENT,
    CONF_PAUSE,
    CONF_PHASE_SWITCHING,
    CONF_PHASES,
    CONF_PRIVATE_KEY,
    CONF_SECURITY_PROFILE,
    CONF_SHADOW,
    CONF_SIMULTANEOUS,
    CONF_STRATEGY,
    CONF_TLS_PORT,
    CONF_TURN_MIN,
    CONF_UNIT,
    CONF_VOLTAGE_V,
    DEFAULT_TURN_MIN,
    PARENT_SITE,
    SECTION_ADVANCED,
    SECTION_CONNECTORS,
    SECTION_MORE,
    SUBENTRY_GROUP,
    SUBENTRY_STATION,
    UNIT_AMPERES,
    UNIT_WATTS,
    YES,
)
from .driver_config import admission_of, drivers_of
from .engine.model.capabilities import PauseMethod
from .engine.model.configuration import (
    EvseConfig,
    GroupConfig,
    ListenerConfig,
    Overrides,
    SiteConfig,
    StationConfig,
    Strategy,
)
from .engine.model.errors import BadSetting
from .engine.model.household import MeterConfig
from .engine.model.limits import Current, Limit, Power, RateUnit
from .engine.model.phases import ALL_PHASES, CurrentType, Phase
from .engine.model.security import SecurityProfile
from .grid import GRIDS
from .meter_config import meter_config
from .uplink_config import uplink_config
from .v2g_config import CONF_EXPORT_BY_PHASE, CONF_EXPORT_CAP_W, v2g_configs
from .wiring import BETWEEN_LINES, WIRINGS


def listener_config(data: Mapping[str, Any]) -> ListenerConfig:
    """Return where stations dial in."""
    return ListenerConfig(
        port=data[CONF_PORT],
        host=data.get(CONF_HOST),
        certificate=data.get(CONF_CERTIFICATE),
        private_key=data.get(CONF_PRIVATE_KEY),
        tls_port=data.get(CONF_TLS_PORT),
        client_ca=data.get(CONF_CLIENT_CA),
    )


def site_config(
    entry: ConfigEntry, options: Mapping[str, Any] | None = None
) -> SiteConfig:
    """Return what the owner has set up; `options` stand in for those of the entry."""
    options = entry.options if options is None else options
    grid = GRIDS[options[CONF_PHASES]]
    stations = {
        subentry.data[CONF_IDENTITY]: station_config(
            subentry.title, subentry.data, grid.phases
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_STATION)
    }
    groups = {
        subentry.subentry_id: group_config(
            subentry.subentry_id, subentry.title, subentry.data, stations, grid.phases
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP)
    }
    return SiteConfig(
        name=entry.title,
        main_fuse=Current(options[CONF_MAIN_FUSE_A]),
        phases=grid.phases,
        voltage_v=options[CONF_VOLTAGE_V] / grid.divide_by,
        split_phase=grid.split_phase,
        meter=_meter(options, grid.phases),
        strategy=Strategy(options.get(CONF_STRATEGY, Strategy.EQUAL_SERVE)),
        turn_s=_turn_s(options),
        shadow=options.get(CONF_SHADOW, False),
        keeps_least=options.get(CONF_KEEP_LEAST, False),
        export_cap_w=float(options.get(CONF_EXPORT_CAP_W, 0)),
        export_by_phase=bool(options.get(CONF_EXPORT_BY_PHASE)),
        stations=stations,
        groups=hung_up(groups),
        drivers=drivers_of(entry),
        uplinks=central_systems(entry),
    )


def station_config(
    name: str, data: Mapping[str, Any], site_phases: tuple[Phase, ...] = ALL_PHASES
) -> StationConfig:
    """Return one station; it cannot use phases that the site does not have."""
    connectors = data.get(SECTION_CONNECTORS, {})
    wiring = _wiring(data[CONF_PHASES], site_phases)
    return StationConfig(
        identity=data[CONF_IDENTITY],
        name=name,
        wiring=wiring,
        maximum=Current(data[CONF_MAXIMUM_A]),
        between_lines=data[CONF_PHASES] in BETWEEN_LINES and len(wiring) > 1,
        simultaneous=connectors.get(CONF_SIMULTANEOUS, True),
        evses={
            int(row[CONF_NUMBER]): evse_config(row)
            for row in connectors.get(CONF_EVSES, ())
        },
        v2g=v2g_configs(data),
        overrides=overrides(data.get(SECTION_ADVANCED, {})),
        security=SecurityProfile(data.get(CONF_SECURITY_PROFILE, 0)),
        admission=admission_of(data),
        uplink=uplink_config(data),
    )


def evse_config(row: Mapping[str, Any]) -> EvseConfig:
    """Return what an owner says of one connector. Raises `BadSetting` for a maximum that is not a number."""
    maximum = row.get(CONF_MAXIMUM)
    return EvseConfig(
        current_type=CurrentType(row[CONF_CURRENT_TYPE]),
        maximum=None if maximum is None else limit_from(maximum, unit_of(row)),
    )


def unit_of(row: Mapping[str, Any]) -> str:
    """Return the unit of a connector's maximum; where none was chosen, the one that its kind is rated in."""
    usual = UNIT_WATTS if row[CONF_CURRENT_TYPE] == CurrentType.DC else UNIT_AMPERES
    return str(row.get(CONF_UNIT, usual))


def overrides(data: Mapping[str, Any]) -> Overrides:
    """Return what an owner knows better than what was learnt of a station."""
    said = {key: word for key, word in data.items() if word != AUTOMATIC}
    unit, pause = said.get(CONF_LIMIT_UNIT), said.get(CONF_PAUSE)
    return Overrides(
        unit=None if unit is None else RateUnit(unit.upper()),
        pause=None if pause is None else PauseMethod(pause),
        leases=_yes(said.get(CONF_LEASES)),
        phase_switching=_yes(said.get(CONF_PHASE_SWITCHING)),
    )


def _yes(word: str | None) -> bool | None:
    return None if word is None else word == YES


def _wiring(name: str, site_phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """Return a station's wiring, as far as the site has its phases."""
    wired = tuple(phase for phase in WIRINGS[name] if phase in site_phases)
    return wired or site_phases[:1]


def group_config(
    group_id: str,
    name: str,
    data: Mapping[str, Any],
    stations: Container[str],
    site_phases: tuple[Phase, ...],
) -> GroupConfig:
    """Return one group, of those members that the site still has.

    Raises:
        BadSetting: the limit is not a number.

    """
    more = data.get(SECTION_MORE, {})
    parent = data.get(CONF_PARENT, PARENT_SITE)
    return GroupConfig(
        id=group_id,
        name=name,
        limit=limit_from(data[CONF_LIMIT], data[CONF_UNIT]),
        members=tuple(member for member in data[CONF_MEMBERS] if member in stations),
        strategy=Strategy(data[CONF_STRATEGY]),
        parent=None if parent == PARENT_SITE else parent,
        meter=_meter(data, site_phases),
        turn_s=_turn_s(more),
        shadow=more.get(CONF_SHADOW, False),
    )


def hung_up(groups: Mapping[str, GroupConfig]) -> dict[str, GroupConfig]:
    """Return groups of which each hangs on one that there is, or on the site; none on itself, by whatever way.

    The form refuses circles, and a removed group leaves those below it to the site.
    """
    return {
        group.id: group if _hangs(group, groups) else replace(group, parent=None)
        for group in groups.values()
    }


def _hangs(group: GroupConfig, groups: Mapping[str, GroupConfig]) -> bool:
    """Whether a group's parent is there, and does not lead back to it."""
    above, seen = group.parent, set[str]()
    while above is not None and above in groups and above not in seen:
        if above == group.id:
            return False
        seen.add(above)
        above = groups[above].parent
    return group.parent is None or group.parent in groups


def _meter(
    data: Mapping[str, Any], site_phases: tuple[Phase, ...]
) -> MeterConfig | None:
    return meter_config(meter, site_phases) if (meter := data.get(CONF_METER)) else None


def _turn_s(data: Mapping[str, Any]) -> float:
    return float(data.get(CONF_TURN_MIN, DEFAULT_TURN_MIN)) * 60


def limit_from(value: float, unit: str) -> Limit:
    """Return a limit in its unit. Raises `BadSetting` for what is not a number."""
    if not math.isfinite(value):
        raise BadSetting("limit_not_positive")
    return Current(value) if unit == UNIT_AMPERES else Power(value)
