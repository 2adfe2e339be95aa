"""The way to a programme's server: what blocks runs in a thread, and is imported when the first programme needs it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

from .engine.grid.server import Answer, Door, Server

_MODULE = f"{__package__}.engine.grid.openadr"


async def async_open(hass: HomeAssistant, server: Server) -> Door:
    """Return a server that can be asked, in a thread. Raises `ProgrammeError`."""
    module = await async_import_module(hass, _MODULE)
    door: Door = await hass.async_add_executor_job(module.Vtn, server)
    return door


async def async_try_programme(hass: HomeAssistant, server: Server) -> Answer:
    """Ask a programme once. Raises `ProgrammeError`."""
    door = await async_open(hass, server)
    try:
        return await hass.async_add_executor_job(door.ask)
    finally:
        await hass.async_add_executor_job(door.close)
