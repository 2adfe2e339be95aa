"""Forgets sessions as old as the owner says, once a day."""

from datetime import datetime, timedelta
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .const import CONF_KEEP_MONTHS, DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.errors import StoreUnusable
from .engine.upward import uplink_file

EVERY = timedelta(days=1)


@callback
def async_follow_age(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Look now, and once a day, until the entry is unloaded."""

    async def prune(_: datetime | None = None) -> None:
        try:
            await entry.runtime_data.prune_sessions(oldest_kept(entry))
        except StoreUnusable:
            # The owner has been told; tomorrow is another day.
            return

    entry.async_create_background_task(hass, prune(), "evenload prune")
    entry.async_on_unload(async_track_time_interval(hass, prune, EVERY))


def database_of(hass: HomeAssistant, entry_id: str) -> Path:
    """Return the file of a site's sessions."""
    return Path(hass.config.path(f"{DOMAIN}.{entry_id}.db"))


async def async_forget_sessions(hass: HomeAssistant, entry_id: str) -> None:
    """Delete the file of a site's sessions, and of what was to be told above."""
    path = database_of(hass, entry_id)

    def delete() -> None:
        for file in (path, uplink_file(path)):
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)

    await hass.async_add_executor_job(delete)


def oldest_kept(entry: EvenloadConfigEntry) -> datetime | None:
    """Return from when on sessions are kept; None: all of them are."""
    months = int(entry.options.get(CONF_KEEP_MONTHS, 0))
    if not months:
        return None
    today = dt_util.start_of_local_day()
    before = today.year * 12 + today.month - 1 - months
    return dt_util.as_utc(today.replace(before // 12, before % 12 + 1, 1))
