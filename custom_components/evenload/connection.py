"""Where stations dial in: tried before it is saved, and told to the owner."""

import asyncio
import errno
import ssl

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from yarl import URL

from .engine.model.configuration import ListenerConfig

# What stands for every address of the machine is none that a station could dial.
EVERYWHERE = (None, "0.0.0.0", "::")


async def async_try_certificate(
    hass: HomeAssistant, config: ListenerConfig
) -> dict[str, str]:
    """Return the error of a form when the certificate cannot be used."""
    if config.certificate is None and config.private_key is None:
        return {}
    if config.certificate is None or config.private_key is None:
        return {"base": "certificate_without_key"}
    try:
        await hass.async_add_executor_job(
            _load_certificate, config.certificate, config.private_key
        )
    except OSError, ValueError:
        return {"base": "invalid_certificate"}
    return {}


async def async_try_port(hass: HomeAssistant, config: ListenerConfig) -> dict[str, str]:
    """Return the error of a form when the port cannot be opened."""
    try:
        server = await hass.loop.create_server(
            asyncio.Protocol, config.host, config.port
        )
    except OSError as err:
        key = "address_in_use" if err.errno == errno.EADDRINUSE else "cannot_bind"
        return {CONF_PORT: key}
    server.close()
    await server.wait_closed()
    return {}


def station_url(hass: HomeAssistant, config: ListenerConfig) -> str:
    """Return the address to enter in charging stations."""
    return str(
        URL.build(
            scheme="wss" if config.certificate else "ws",
            host=_own_host(hass) if config.host in EVERYWHERE else config.host,
            port=config.port,
            # Stations add their identity right behind it.
            path="/",
        )
    )


def _own_host(hass: HomeAssistant) -> str:
    """Return the name under which others at home reach Home Assistant."""
    try:
        url = get_url(hass, allow_external=False, allow_cloud=False)
    except NoURLAvailableError:
        return hass.config.api.local_ip if hass.config.api else "homeassistant.local"
    return URL(url).host or "homeassistant.local"


def _load_certificate(certificate: str, private_key: str) -> None:
    """Load a certificate and its key; one with a password would have a terminal asked for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private_key, password=lambda: "")
