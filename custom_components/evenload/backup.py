"""Backups have the sessions whole: the file of them rests while it is copied, and what is written goes to its log."""

from contextlib import suppress

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.errors import StoreUnusable


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Let the files of sessions rest."""
    await _rest(hass, rest=True)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let them be written as usual."""
    await _rest(hass, rest=False)


async def _rest(hass: HomeAssistant, *, rest: bool) -> None:
    entries: list[EvenloadConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    for entry in entries:
        # What cannot be written is in the backup as it is; the owner has been told.
        with suppress(StoreUnusable):
            await entry.runtime_data.rest_store(rest=rest)
