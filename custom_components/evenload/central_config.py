"""A central system above the site or a group: its subentry, as the engine understands it."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME

from .const import (
    CONF_CERTIFICATE,
    CONF_CLIENT_CA,
    CONF_IDENTITY,
    CONF_PRIVATE_KEY,
    CONF_TARGET,
    SECTION_ADVANCED,
    TARGET_SITE,
)
from .engine.model.errors import BadSetting
from .engine.model.stations import OcppVersion
from .engine.model.tree import ROOT
from .engine.model.uplink import Domain, NodeUplink, Role, UplinkConfig
from .uplink_config import CONF_DECIDES, CONF_VERSION, VERSIONS, check_central

SUBENTRY_CENTRAL: Final = "central_system"

CONF_ROLE: Final = "role"

# What may be left to it of several stations at once.
DOMAINS: Final = (Domain.LIMITS, Domain.TRANSACTIONS, Domain.AVAILABILITY)


def central_systems(entry: ConfigEntry) -> dict[str, NodeUplink]:
    """Return those above a site and its groups, by their ids."""
    return {
        subentry.subentry_id: central_system(subentry)
        for subentry in entry.get_subentries_of_type(SUBENTRY_CENTRAL)
    }


def central_system(subentry: ConfigSubentry) -> NodeUplink:
    """Return one as the engine understands it."""
    return node_uplink(subentry.subentry_id, subentry.title, subentry.data)


def node_uplink(uplink_id: str, name: str, data: Mapping[str, Any]) -> NodeUplink:
    """Return what a form or a subentry says."""
    more = data.get(SECTION_ADVANCED, {})
    target = data[CONF_TARGET]
    return NodeUplink(
        id=uplink_id,
        name=name,
        node=ROOT if target == TARGET_SITE else target,
        role=Role(data[CONF_ROLE]),
        uplink=UplinkConfig(
            url=data[CONF_URL].strip(),
            identity=data[CONF_IDENTITY].strip(),
            version=VERSIONS[data[CONF_VERSION]],
            username=more.get(CONF_USERNAME) or None,
            password=more.get(CONF_PASSWORD) or None,
            certificate=more.get(CONF_CERTIFICATE) or None,
            private_key=more.get(CONF_PRIVATE_KEY) or None,
            authority=more.get(CONF_CLIENT_CA) or None,
            decides=frozenset(Domain(domain) for domain in data[CONF_DECIDES]),
        ),
    )


def check_node_uplink(name: str, data: Mapping[str, Any]) -> None:
    """Raise `BadSetting` for what a form says and cannot be."""
    if not name:
        raise BadSetting("name_missing")
    found = node_uplink("", name, data)
    check_central(found.uplink)
    if found.role is Role.CONTROLLER and found.uplink.version is OcppVersion.V16:
        raise BadSetting("central_controller_version")
    if found.role is Role.CONTROLLER and found.node != ROOT:
        raise BadSetting("central_controller_target")
