"""The engine's vault on Home Assistant's disk."""

from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError

from .const import DOMAIN
from .engine.vault import Part

VERSION = 1
MINOR_VERSION = 1


class DurableStore(Store[dict[str, Any]]):
    """A store whose writes are on the disk when they return, and fail aloud."""

    @override
    async def async_save(self, data: dict[str, Any]) -> None:
        """Write now, also while Home Assistant stops. Raises `OSError`."""
        # The base class logs a full disk and puts off what is saved during a stop:
        # a lease could then be forgotten while the station still holds it.
        envelope = {
            "version": self.version,
            "minor_version": self.minor_version,
            "key": self.key,
            "data": data,
        }
        async with self._write_lock:
            self._manager.async_invalidate(self.key)
            try:
                await self._async_write_data(envelope)
            except WriteError as err:
                raise OSError(str(err)) from err


class StoreVault:
    """One file for each part of one config entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the files; nothing is read yet."""
        self._stores = {
            part: DurableStore(
                hass,
                VERSION,
                f"{DOMAIN}.{entry_id}.{part}",
                private=True,
                atomic_writes=True,
                minor_version=MINOR_VERSION,
            )
            for part in Part
        }

    async def load(self, part: Part) -> dict[str, Any] | None:
        """Return what was saved last, or None when nothing was."""
        return await self._stores[part].async_load()

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        """Write it; on return it is on the disk. Raises `OSError`."""
        await self._stores[part].async_save(data)

    async def remove(self) -> None:
        """Delete all files."""
        for store in self._stores.values():
            await store.async_remove()
