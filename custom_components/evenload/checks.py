"""What a form may accept. Each check raises `BadSetting` with the key of the sentence to show."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
import math
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant

from .configuration import site_config, station_config, unit_of
from .const import (
    CONF_EVSES,
    CONF_IDENTITY,
    CONF_LIMIT,
    CONF_MAIN_FUSE_A,
    CONF_MAXIMUM,
    CONF_MAXIMUM_A,
    CONF_MEMBERS,
    CONF_NUMBER,
    CONF_PHASES,
    CONF_VOLTAGE_V,
    DOMAIN,
    SECTION_CONNECTORS,
    SECTION_SECURITY,
    SUBENTRY_STATION,
    UNIT_AMPERES,
    UNIT_WATTS,
)
from .engine.balancing.checks import MAXIMUM_LIMIT_A, check_group
from .engine.model.configuration import GroupConfig, SiteConfig
from .engine.model.errors import BadSetting
from .engine.model.identity import is_valid_identity
from .engine.model.limits import MINIMUM_CURRENT_A, MINIMUM_DC_POWER_W
from .wiring import WIRINGS

# From the two halves of a North American supply to a European one between phases.
MINIMUM_VOLTAGE_V = 100
MAXIMUM_VOLTAGE_V = 480

PORTS = range(1, 65536)

# What a connector can be rated for, from what a car needs up to the strongest that are built.
CONNECTOR_RANGES: dict[str, tuple[float, float]] = {
    UNIT_AMPERES: (MINIMUM_CURRENT_A, MAXIMUM_LIMIT_A),
    UNIT_WATTS: (MINIMUM_DC_POWER_W, 1_000_000),
}

# The field that a sentence stands at; the others stand above the form.
FIELDS = {
    "already_configured": CONF_IDENTITY,
    "connector_out_of_range": "base",
    "connector_twice": "base",
    "fuse_below_group_limit": CONF_MAIN_FUSE_A,
    "invalid_identity": CONF_IDENTITY,
    "limit_above_main_fuse": CONF_LIMIT,
    "limit_not_positive": CONF_LIMIT,
    "limit_too_large": CONF_LIMIT,
    "main_fuse_out_of_range": CONF_MAIN_FUSE_A,
    "maximum_out_of_range": CONF_MAXIMUM_A,
    "more_phases_than_site": CONF_PHASES,
    "name_missing": CONF_NAME,
    "no_members": CONF_MEMBERS,
    "share_below_minimum": CONF_LIMIT,
    "station_in_other_group": CONF_MEMBERS,
    "unknown_member": CONF_MEMBERS,
    "voltage_out_of_range": CONF_VOLTAGE_V,
}

# The section of a station's form that a sentence speaks of: it is unfolded.
SECTIONS = {
    "connector_out_of_range": SECTION_CONNECTORS,
    "connector_twice": SECTION_CONNECTORS,
    "no_client_ca": SECTION_SECURITY,
    "no_encrypted_port": SECTION_SECURITY,
    "not_saved": SECTION_SECURITY,
    "password_needed": SECTION_SECURITY,
    "password_refused": SECTION_SECURITY,
    "password_unanswered": SECTION_SECURITY,
    "password_unsuitable": SECTION_SECURITY,
    "site_not_running": SECTION_SECURITY,
}

# What is said of a group's own form, as it is said of a group from elsewhere.
OF_GROUP = {
    "limit_above_main_fuse": "fuse_below_group_limit",
    "share_below_minimum": "group_would_not_fit",
}


def form_error(err: BadSetting) -> dict[str, str]:
    """Return the error of a form: the sentence at its field."""
    return {FIELDS.get(err.key, "base"): err.key}


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
    _check_range(
        "voltage_out_of_range",
        options[CONF_VOLTAGE_V],
        MINIMUM_VOLTAGE_V,
        MAXIMUM_VOLTAGE_V,
    )


def check_site(entry: ConfigEntry, options: Mapping[str, Any]) -> None:
    """Check a site with the groups that it has."""
    check_options(options)
    site = site_config(entry, options)
    _check_groups(site, site.groups.values())


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
    _check_connectors(data.get(SECTION_CONNECTORS, {}).get(CONF_EVSES, ()))
    station = station_config(name, data, site.phases)
    site = replace(site, stations={**site.stations, station.identity: station})
    if group := site.group_of(station.identity):
        _check_groups(site, [group])


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
        # A group whose stations were all removed waits for others.
        if not group.members:
            continue
        try:
            check_group(site, group)
        except BadSetting as err:
            if err.key not in OF_GROUP:
                raise
            raise BadSetting(
                OF_GROUP[err.key], **err.placeholders, group=group.name
            ) from err


def _check_range(key: str, value: float, minimum: float, maximum: float) -> None:
    """Check that a number is one, and within bounds."""
    if not math.isfinite(value) or not minimum <= value <= maximum:
        raise BadSetting(key, minimum=f"{minimum:g}", maximum=f"{maximum:g}")
