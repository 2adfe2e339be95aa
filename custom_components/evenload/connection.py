"""Where stations dial in: tried before it is saved, and told to the owner."""

import asyncio
from collections.abc import Sequence
import errno
from ipaddress import ip_address
import socket

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util
from yarl import URL

from .configuration import listener_config
from .data import EvenloadConfigEntry
from .engine.model.configuration import ListenerConfig
from .engine.model.errors import BadSetting
from .engine.security import CertificateFacts, check_authority, check_certificate

# What stands for every address of the machine is none that a station could dial.
EVERYWHERE = (None, "0.0.0.0", "::")

# What the machine says of a port that cannot be opened; a name that nobody knows has numbers of its own, and asyncio
# gives none when no address could be used.
BIND_ERRORS = {
    None: "no_such_address",
    errno.EADDRINUSE: "address_in_use",
    socket.EAI_NONAME: "no_such_address",
    socket.EAI_AGAIN: "no_such_address",
    socket.EAI_FAIL: "no_such_address",
}


async def async_try_certificate(
    hass: HomeAssistant, config: ListenerConfig
) -> CertificateFacts | None:
    """Return what is known of the certificate, if there is one. Raises `BadSetting` when it cannot be used."""
    if (config.certificate is None) is not (config.private_key is None):
        raise BadSetting("certificate_without_key")
    if config.certificate is None or config.private_key is None:
        if config.tls_port is not None or config.client_ca is not None:
            raise BadSetting("encryption_without_certificate")
        return None
    if config.tls_port == config.port:
        raise BadSetting("ports_are_the_same")
    now = dt_util.utcnow()
    if config.client_ca is not None:
        await hass.async_add_executor_job(check_authority, config.client_ca, now)
    return await hass.async_add_executor_job(
        check_certificate, config.certificate, config.private_key, now
    )


async def async_try_port(
    hass: HomeAssistant, host: str | None, port: int
) -> str | None:
    """Return the sentence to show when a port cannot be opened."""
    try:
        server = await hass.loop.create_server(asyncio.Protocol, host, port)
    except OSError as err:
        return BIND_ERRORS.get(err.errno, "cannot_bind")
    server.close()
    await server.wait_closed()
    return None


def station_url(
    hass: HomeAssistant, config: ListenerConfig, certificate: CertificateFacts | None
) -> str:
    """Return the address to enter in charging stations, or both where there are two ports."""
    host = _own_host(hass) if config.host in EVERYWHERE else config.host or ""
    urls = []
    if config.plain_port is not None:
        urls.append(_url("ws", host, config.plain_port))
    if config.encrypted_port is not None:
        # A station takes a certificate only under a name that it bears.
        names = () if certificate is None else certificate.names
        urls.append(_url("wss", _certified(host, names), config.encrypted_port))
    return " / ".join(urls)


def own_url(hass: HomeAssistant, entry: EvenloadConfigEntry) -> str:
    """Return the address to enter in the charging stations of a site."""
    certificate = (
        entry.runtime_data.security.certificate
        if entry.state is ConfigEntryState.LOADED
        else None
    )
    return station_url(hass, listener_config(entry.data), certificate)


def _url(scheme: str, host: str, port: int) -> str:
    # Stations add their identity right behind it.
    return str(URL.build(scheme=scheme, host=host, port=port, path="/"))


def _certified(host: str, names: Sequence[str]) -> str:
    """Return a name of this machine that its certificate bears; its own where none can be told."""
    if host in names:
        return host
    return next((name for name in names if _is_host(name)), host)


def _is_host(name: str) -> bool:
    """Whether a name can be dialled: a common name may be anything, and a wildcard is no host."""
    try:
        return not ip_address(name).is_loopback
    except ValueError:
        return "." in name and not set(name) & set("*: /")


def _own_host(hass: HomeAssistant) -> str:
    """Return the name under which others at home reach Home Assistant."""
    try:
        url = get_url(hass, allow_external=False, allow_cloud=False)
    except NoURLAvailableError:
        return hass.config.api.local_ip if hass.config.api else "homeassistant.local"
    return URL(url).host or "homeassistant.local"
