"""The central system above a station, as its form and subentry write it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import CONF_CERTIFICATE, CONF_CLIENT_CA, CONF_IDENTITY, CONF_PRIVATE_KEY
from .engine.model.errors import BadSetting
from .engine.model.identity import is_valid_identity
from .engine.model.stations import OcppVersion
from .engine.model.uplink import Domain, UplinkConfig

SECTION_UPLINK = "uplink"
CONF_VERSION = "version"
CONF_DECIDES = "decides"

# Versions as the form writes them.
VERSIONS = {version.value.replace(".", "_"): version for version in OcppVersion}

_TEXT = TextSelector()

URL_FIELD = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
VERSION_FIELD = SelectSelector(
    SelectSelectorConfig(
        options=[
            SelectOptionDict(value=name, label=f"OCPP {version}")
            for name, version in VERSIONS.items()
        ],
        mode=SelectSelectorMode.DROPDOWN,
    )
)

# How it is proven who comes.
BY_PASSWORD = {
    vol.Optional(CONF_USERNAME): _TEXT,
    vol.Optional(CONF_PASSWORD): TextSelector(
        TextSelectorConfig(type=TextSelectorType.PASSWORD)
    ),
}
BY_CERTIFICATE = {
    vol.Optional(CONF_CERTIFICATE): _TEXT,
    vol.Optional(CONF_PRIVATE_KEY): _TEXT,
    vol.Optional(CONF_CLIENT_CA): _TEXT,
}

UPLINK_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_URL): URL_FIELD,
        vol.Optional(CONF_IDENTITY): _TEXT,
        vol.Required(CONF_VERSION, default="1_6"): VERSION_FIELD,
        **BY_PASSWORD,
        vol.Required(CONF_DECIDES, default=list): SelectSelector(
            SelectSelectorConfig(
                options=list(Domain),
                multiple=True,
                mode=SelectSelectorMode.LIST,
                translation_key="decides",
            )
        ),
        **BY_CERTIFICATE,
    }
)

UPLINK_FIELD = {
    vol.Optional(SECTION_UPLINK): section(UPLINK_SCHEMA, {"collapsed": True})
}


def uplink_config(data: Mapping[str, Any]) -> UplinkConfig | None:
    """Return the central system above a station; None where its form names none."""
    said = data.get(SECTION_UPLINK, {})
    url = (said.get(CONF_URL) or "").strip()
    if not url:
        return None
    return UplinkConfig(
        url=url,
        identity=said.get(CONF_IDENTITY) or data[CONF_IDENTITY],
        version=VERSIONS[said[CONF_VERSION]],
        username=said.get(CONF_USERNAME) or None,
        password=said.get(CONF_PASSWORD) or None,
        certificate=said.get(CONF_CERTIFICATE) or None,
        private_key=said.get(CONF_PRIVATE_KEY) or None,
        authority=said.get(CONF_CLIENT_CA) or None,
        decides=frozenset(Domain(domain) for domain in said.get(CONF_DECIDES, ())),
    )


def check_uplink(data: Mapping[str, Any]) -> None:
    """Check what a form says of a central system. Raises `BadSetting`."""
    config = uplink_config(data)
    if config is not None:
        check_central(config)


def check_central(config: UplinkConfig) -> None:
    """Check where a central system is, and how it is proven who comes. Raises `BadSetting`."""
    try:
        parts = urlsplit(config.url)
        fits = parts.scheme in {"ws", "wss"} and bool(parts.hostname)
    except ValueError:
        fits = False
    if not fits:
        raise BadSetting("uplink_url_invalid")
    if not is_valid_identity(config.identity):
        raise BadSetting("uplink_identity_invalid")
    if bool(config.certificate) != bool(config.private_key):
        raise BadSetting("uplink_certificate_incomplete")


def kept_secret(data: dict[str, Any], known: Mapping[str, Any]) -> None:
    """Take the password that is known, where the same system is named without one: it is not shown again."""
    said, before = data.get(SECTION_UPLINK), known.get(SECTION_UPLINK, {})
    if said is None or said.get(CONF_PASSWORD) or not before.get(CONF_PASSWORD):
        return
    if said.get(CONF_URL) == before.get(CONF_URL):
        said[CONF_PASSWORD] = before[CONF_PASSWORD]


def shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the section begins with."""
    said = data.get(SECTION_UPLINK, {})
    return {
        SECTION_UPLINK: {
            key: value for key, value in said.items() if key != CONF_PASSWORD
        }
    }
