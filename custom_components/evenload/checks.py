"""What a form may accept. Each check raises `BadSetting` with the key of the sentence to show."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
import math
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .configuration import group_config, site_config, station_config, unit_of
from .const import (
    CONF_EVSES,
    CONF_IDENTITY,
    CONF_MAIN_FUSE_A,
    CONF_MAXIMUM,
    CONF_MAXIMUM_A,
    CONF_NUMBER,
    CONF_OF_GROUPS,
    CONF_PHASES,
    CONF_TURN_MIN,
    CONF_VOLTAGE_V,
    DOMAIN,
    SECTION_CONNECTORS,
    SECTION_MORE,
    SUBENTRY_STATION,
    UNIT_AMPERES,
    UNIT_WATTS,
)
from .driver_config import check_admission
from .engine.balancing.checks import MAXIMUM_LIMIT_A, check_group, check_site_strategy
from .engine.model.configuration import GroupConfig, SiteConfig
from .engine.model.errors import BadSetting
from .engine.model.identity import is_valid_identity
from .engine.model.limits import MINIMUM_CURRENT_A, MINIMUM_DC_POWER_W
from .grid import GRIDS
from .meter_checks import check_lines_of_groups
from .uplink_config import check_uplink
from .wiring import WIRINGS, wirings_on

# Contactors and vehicles do not like shorter ones, and nobody waits longer.
MINIMUM_TURN_MIN = 5
MAXIMUM_TURN_MIN = 240

PORTS = range(1, 65536)

# What a connector can be rated for, from what a car needs up to the strongest that are built.
CONNECTOR_RANGES: dict[str, tuple[float, float]] = {
    UNIT_AMPERES: (MINIMUM_CURRENT_A, MAXIMUM_LIMIT_A),
    UNIT_WATTS: (MINIMUM_DC_POWER_W, 1_000_000),
}

# What is said of a group's own form, as it is said of a group from elsewhere.
OF_GROUP = {
    "limit_above_main_fuse": "fuse_below_group_limit",
    "limit_below_minimum": "group_without_minimum",
    "share_below_minimum": "group_would_not_fit",
}


def check_name(name: str) -> None:
    """Check that there is a name: devices and entities are called by it."""
    if not name:
        raise BadSetting("name_missing")


def check_ports(ports: Iterable[float]) -> None:
    """Check that each can be a port."""
    for port in ports:
        if port not in PORTS:
            raise BadSetting(
                "port_out_of_range",
                port=f"{port:g}",
                minimum=str(PORTS[0]),
                maximum=str(PORTS[-1]),
            )


def check_options(options: Mapping[str, Any]) -> None:
    """Check a site by itself."""
    _check_range(
        "main_fuse_out_of_range",
        options[CONF_MAIN_FUSE_A],
        MINIMUM_CURRENT_A,
        MAXIMUM_LIMIT_A,
    )
    grid = GRIDS[options[CONF_PHASES]]
    _check_range(
        "voltage_out_of_range",
        options[CONF_VOLTAGE_V],
        grid.minimum_v,
        grid.maximum_v,
    )


def check_site(entry: ConfigEntry, options: Mapping[str, Any]) -> None:
    """Check a site with the groups that it has."""
    check_options(options)
    _check_turn(options)
    site = site_config(entry, options)
    _check_wirings(entry, site)
    _check_groups(site, site.groups.values())
    _check_root(site)


def check_group_data(
    entry: ConfigEntry, group_id: str, name: str, data: Mapping[str, Any]
) -> None:
    """Check a group with the site that it is in."""
    check_name(name)
    more = data.get(SECTION_MORE, {})
    _check_turn(more)
    site = site_config(entry)
    group = group_config(group_id, name, data, site.stations, site.phases)
    check_group(site, group, may_be_empty=more.get(CONF_OF_GROUPS, False))


def check_station(entry: ConfigEntry, name: str, data: Mapping[str, Any]) -> None:
    """Check a station with the site and the group that it is in."""
    check_name(name)
    _check_range(
        "maximum_out_of_range",
        data[CONF_MAXIMUM_A],
        MINIMUM_CURRENT_A,
        MAXIMUM_LIMIT_A,
    )
    site = site_config(entry)
    if not set(WIRINGS[data[CONF_PHASES]]) <= set(site.phases):
        raise BadSetting("more_phases_than_site")
    if site.split_phase and data[CONF_PHASES] not in wirings_on(
        site.phases, split_phase=True
    ):
        raise BadSetting("wiring_not_on_split_phase")
    check_admission(entry, data)
    check_uplink(data)
    _check_connectors(data.get(SECTION_CONNECTORS, {}).get(CONF_EVSES, ()))
    station = station_config(name, data, site.phases)
    site = replace(site, stations={**site.stations, station.identity: station})
    check_lines_of_groups(entry, site)
    if group := site.group_of(station.identity):
        _check_groups(site, [group])
    else:
        _check_root(site)


def _check_wirings(entry: ConfigEntry, site: SiteConfig) -> None:
    """Check that every station can be wired to this site as its form says."""
    allowed = wirings_on(site.phases, split_phase=site.split_phase)
    for subentry in entry.get_subentries_of_type(SUBENTRY_STATION):
        if subentry.data[CONF_PHASES] not in allowed:
            raise BadSetting("station_wired_otherwise", station=subentry.title)


def _check_connectors(rows: Iterable[Mapping[str, Any]]) -> None:
    """Check what is said of each connector: of none twice, and a maximum that a vehicle can charge with."""
    seen: set[int] = set()
    for row in rows:
        number = int(row[CONF_NUMBER])
        if number in seen:
            raise BadSetting("connector_twice", number=str(number))
        seen.add(number)
        maximum = row.get(CONF_MAXIMUM)
        unit = unit_of(row)
        least, most = CONNECTOR_RANGES[unit]
        if maximum is not None and not least <= maximum <= most:
            raise BadSetting(
                "connector_out_of_range",
                number=str(number),
                minimum=f"{least:g} {unit.upper()}",
                maximum=f"{most:g} {unit.upper()}",
            )


def check_identity(hass: HomeAssistant, identity: str) -> None:
    """Check that a new station can be known by this identity, and is not yet."""
    if not is_valid_identity(identity):
        raise BadSetting("invalid_identity")
    if is_adopted(hass, identity):
        raise BadSetting("already_configured")


def is_adopted(hass: HomeAssistant, identity: str) -> bool:
    """Whether any site has this station: its entities are named by its identity alone."""
    return any(
        subentry.data[CONF_IDENTITY] == identity
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_STATION)
    )


def _check_groups(site: SiteConfig, groups: Iterable[GroupConfig]) -> None:
    """Check groups that exist, and name the one that would not work any more."""
    for group in groups:
        try:
            # A group whose stations were all removed waits for others.
            check_group(site, group, may_be_empty=True)
        except BadSetting as err:
            if err.key not in OF_GROUP:
                raise
            raise BadSetting(
                OF_GROUP[err.key], **err.placeholders, group=group.name
            ) from err


def _check_root(site: SiteConfig) -> None:
    """Check that the main fuse is enough for how it is shared."""
    try:
        check_site_strategy(site)
    except BadSetting as err:
        raise BadSetting("site_would_not_fit", **err.placeholders) from err


def _check_turn(data: Mapping[str, Any]) -> None:
    if (turn := data.get(CONF_TURN_MIN)) is not None:
        _check_range("turn_out_of_range", turn, MINIMUM_TURN_MIN, MAXIMUM_TURN_MIN)


def _check_range(key: str, value: float, minimum: float, maximum: float) -> None:
    """Check that a number is one, and within bounds."""
    if not math.isfinite(value) or not minimum <= value <= maximum:
        raise BadSetting(key, minimum=f"{minimum:g}", maximum=f"{maximum:g}")
