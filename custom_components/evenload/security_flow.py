"""How a station proves who it is: the section of its forms, and what follows from it at once."""

from collections.abc import Mapping
import re
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .configuration import listener_config
from .const import CONF_SECURITY_PROFILE, DOMAIN, SECTION_SECURITY
from .data import EvenloadConfigEntry
from .devices import station_subentry
from .engine.model.configuration import ListenerConfig, SiteConfig
from .engine.model.errors import (
    BadSetting,
    InvalidRequest,
    NotConnected,
    StationRefused,
    StationSilent,
)
from .engine.model.security import SecurityProfile
from .engine.security import Security


async def async_protect(
    entry: EvenloadConfigEntry, identity: str, data: dict[str, Any]
) -> None:
    """Do what the section says, and leave in `data` what is to be saved of it: passwords are the engine's.

    Raises:
        BadSetting: with the sentence that says why it cannot be done; nothing has changed then.

    """
    chosen: Mapping[str, Any] | None = data.pop(SECTION_SECURITY, None)
    if chosen is None:
        return
    profile = SecurityProfile(int(chosen[CONF_SECURITY_PROFILE]))
    password = chosen.get(CONF_PASSWORD) or None
    _check(listener_config(entry.data), profile)
    if entry.state is ConfigEntryState.LOADED:
        try:
            await _apply(entry.runtime_data.security, identity, profile, password)
        except OSError as err:
            raise BadSetting("not_saved", detail=str(err)) from err
    elif profile is not SecurityProfile.NONE:
        raise BadSetting("site_not_running")
    data[CONF_SECURITY_PROFILE] = int(profile)


async def async_give_password(
    hass: HomeAssistant, entry: EvenloadConfigEntry, identity: str
) -> None:
    """Give a station a password with one click, and remember that its owner wants it protected.

    Raises:
        EvenloadError: what the engine raises; then all is as it was.
        HomeAssistantError: it could not be saved, and was not sent.

    """
    try:
        await entry.runtime_data.security.offer_password(identity)
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_saved",
            translation_placeholders={"detail": str(err)},
        ) from err
    subentry = station_subentry(entry, identity)
    if subentry is None:
        return
    profile = max(
        subentry.data.get(CONF_SECURITY_PROFILE, 0), int(SecurityProfile.PASSWORD)
    )
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, CONF_SECURITY_PROFILE: profile}
    )


def fingerprint(pin: str | None) -> str | None:
    """Return enough of the key of a certificate to compare it with what the station shows."""
    return None if pin is None else ":".join(re.findall("..", pin[:32])).upper()


def suggested_security(
    entry: EvenloadConfigEntry, identity: str, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the section begins with: what is required of the station by now."""
    required = data.get(CONF_SECURITY_PROFILE, 0)
    if entry.state is ConfigEntryState.LOADED:
        required = max(required, entry.runtime_data.security.required(identity))
    return {SECTION_SECURITY: {CONF_SECURITY_PROFILE: str(int(required))}}


def check_encryption(site: SiteConfig, listener: ListenerConfig) -> None:
    """Check that a new connection can still ask of its stations what they must show. Raises `BadSetting`."""
    for station in site.stations.values():
        try:
            _check(listener, station.security)
        except BadSetting as err:
            raise BadSetting("station_needs_encryption", station=station.name) from err


def _check(listener: ListenerConfig, profile: SecurityProfile) -> None:
    """Check that the site can ask for this."""
    if profile >= SecurityProfile.ENCRYPTED and listener.encrypted_port is None:
        raise BadSetting("no_encrypted_port")
    if profile is SecurityProfile.CERTIFICATE and listener.client_ca is None:
        raise BadSetting("no_client_ca")


async def _apply(
    security: Security, identity: str, profile: SecurityProfile, password: str | None
) -> None:
    keys = security.keys(identity)
    match profile:
        case SecurityProfile.NONE:
            if keys.password is not None or keys.offered:
                await security.forget_password(identity)
        case SecurityProfile.CERTIFICATE:
            await security.pin_shown(identity)
        case _ if password is not None:
            await security.keep_password(identity, password)
        case _ if keys.password is None and not keys.offered:
            await _agree_on_password(security, identity)


async def _agree_on_password(security: Security, identity: str) -> None:
    """Take the password that the station shows already, or give it one."""
    if security.shows_password(identity):
        await security.keep_shown_password(identity)
        return
    try:
        await security.offer_password(identity)
    except NotConnected as err:
        raise BadSetting("password_needed") from err
    except (StationRefused, InvalidRequest) as err:
        raise BadSetting("password_refused") from err
    except StationSilent as err:
        raise BadSetting("password_unanswered") from err
