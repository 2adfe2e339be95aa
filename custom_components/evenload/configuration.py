"""Maps a config entry and its subentries to the engine's configuration, and forms to groups."""

from collections.abc import Container, Mapping
import math
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT

from .const import (
    CONF_CERTIFICATE,
    CONF_CLIENT_CA,
    CONF_IDENTITY,
    CONF_LIMIT,
    CONF_MAIN_FUSE_A,
    CONF_MAXIMUM_A,
    CONF_MEMBERS,
    CONF_PHASES,
    CONF_PRIVATE_KEY,
    CONF_SECURITY_PROFILE,
    CONF_STRATEGY,
    CONF_TLS_PORT,
    CONF_UNIT,
    CONF_VOLTAGE_V,
    SUBENTRY_GROUP,
    SUBENTRY_STATION,
    UNIT_AMPERES,
)
from .engine.model.configuration import (
    GroupConfig,
    ListenerConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from .engine.model.errors import BadSetting
from .engine.model.limits import Current, Limit, Power
from .engine.model.phases import ALL_PHASES, Phase
from .engine.model.security import SecurityProfile


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
    phases = phases_from(options[CONF_PHASES])
    stations = {
        subentry.data[CONF_IDENTITY]: station_config(
            subentry.title, subentry.data, phases
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_STATION)
    }
    groups = {
        subentry.subentry_id: group_config(
            subentry.subentry_id, subentry.title, subentry.data, stations
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP)
    }
    return SiteConfig(
        name=entry.title,
        main_fuse=Current(options[CONF_MAIN_FUSE_A]),
        phases=phases,
        voltage_v=options[CONF_VOLTAGE_V],
        stations=stations,
        groups=groups,
    )


def station_config(
    name: str, data: Mapping[str, Any], site_phases: tuple[Phase, ...] = ALL_PHASES
) -> StationConfig:
    """Return one station; it cannot use phases that the site does not have."""
    return StationConfig(
        identity=data[CONF_IDENTITY],
        name=name,
        wiring=phases_from(data[CONF_PHASES])[: len(site_phases)],
        maximum=Current(data[CONF_MAXIMUM_A]),
        security=SecurityProfile(data.get(CONF_SECURITY_PROFILE, 0)),
    )


def wiring(entry: ConfigEntry, identity: str) -> tuple[Phase, ...]:
    """Return the phases that a station is wired to."""
    station = site_config(entry).stations.get(identity)
    return station.wiring if station else ()


def group_config(
    group_id: str, name: str, data: Mapping[str, Any], stations: Container[str]
) -> GroupConfig:
    """Return one group, of those members that the site still has.

    Raises:
        BadSetting: the limit is not a number.

    """
    return GroupConfig(
        id=group_id,
        name=name,
        limit=limit_from(data[CONF_LIMIT], data[CONF_UNIT]),
        members=tuple(member for member in data[CONF_MEMBERS] if member in stations),
        strategy=Strategy(data[CONF_STRATEGY]),
    )


def limit_from(value: float, unit: str) -> Limit:
    """Return a limit in its unit. Raises `BadSetting` for what is not a number."""
    if not math.isfinite(value):
        raise BadSetting("limit_not_positive")
    return Current(value) if unit == UNIT_AMPERES else Power(value)


def phases_from(value: str) -> tuple[Phase, ...]:
    """Return the phases that the forms call "1" and "3"."""
    return ALL_PHASES[: int(value)]
