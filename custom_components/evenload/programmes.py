"""All grid programmes of a site: what they ask for together, and how it reaches the engine."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
import logging
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import (
    async_track_point_in_utc_time,
    async_track_time_interval,
)
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .engine.grid.events import Ask
from .engine.model.errors import BadSetting
from .engine.model.v2x import PROGRAMME
from .programme import Programme
from .programme_battery import Registers
from .programme_config import programmes
from .programme_trouble import ProgrammeTrouble
from .programme_wishes import Wish, is_as_good, wish_of

_LOGGER = logging.getLogger(__name__)

SAMPLE_EVERY = timedelta(seconds=60)
SAVE_DELAY_S = 10.0

PROGRAMMES: HassKey[dict[str, Programmes]] = HassKey(f"{DOMAIN}.programmes")


class Programmes:
    """Keeps the programmes of one site running, whichever there are."""

    def __init__(self, hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
        """Know none yet."""
        self.running: dict[str, Programme] = {}
        self._hass = hass
        self._entry = entry
        self._site = entry.runtime_data
        self._observers: set[Callable[[], None]] = set()
        self._stops: dict[str, list[CALLBACK_TYPE]] = {}
        self._troubles: dict[str, ProgrammeTrouble] = {}
        self._registers: dict[str, Registers] = {}
        self._store = _store(hass, entry.entry_id)
        self._kept: dict[str, Any] | None = None
        self._lock = asyncio.Lock()
        self._timer: CALLBACK_TYPE | None = None
        self._limited: dict[str, tuple[float, datetime]] = {}
        self._export_w: float | None = None
        self._export_told = False
        self._is_over = False

    # Whoever looks on

    def on_change(self, observer: Callable[[], None]) -> CALLBACK_TYPE:
        """Tell when anything of any programme changes."""
        self._observers.add(observer)
        return lambda: self._observers.discard(observer)

    # Which there are

    async def sync(self) -> None:
        """Start what was added, stop what was removed, and begin anew with what was changed."""
        async with self._lock:
            wanted = programmes(self._entry)
            if not wanted and not self.running:
                return
            if self._kept is None:
                self._kept = await self._store.async_load() or {}
            for name, programme in tuple(self.running.items()):
                subentry = wanted.get(name)
                if subentry is None or subentry.data != programme.data:
                    await self._stop(name)
                elif subentry.title != programme.title:
                    programme.title = subentry.title
            for name, subentry in wanted.items():
                if name not in self.running:
                    kept = self._kept.get(name, {})
                    self._start(Programme(self._hass, subentry, kept))
            self._kept = {name: one.kept for name, one in self.running.items()}
        await self.act()

    async def stop(self) -> None:
        """Ask no more. What was asked for ends when it was to end."""
        async with self._lock:
            self._is_over = True
            self._unset_timer()
            for name in tuple(self.running):
                await self._stop(name)
            if self._kept is not None:
                await self._store.async_save(self._kept)

    def _start(self, programme: Programme) -> None:
        self.running[programme.id] = programme
        self._registers[programme.id] = Registers()
        self._troubles[programme.id] = ProgrammeTrouble(
            self._hass, self._entry, programme
        )

        async def poll(_: datetime | None = None) -> None:
            await programme.poll(self._changed)
            await self.act()

        async def sample(_: datetime | None = None) -> None:
            await self.act()

        self._stops[programme.id] = [
            async_track_time_interval(
                self._hass,
                poll,
                timedelta(seconds=programme.poll_s),
                cancel_on_shutdown=True,
            ),
            async_track_time_interval(
                self._hass, sample, SAMPLE_EVERY, cancel_on_shutdown=True
            ),
        ]
        self._entry.async_create_background_task(
            self._hass, poll(), f"{DOMAIN} programme {programme.title}"
        )

    async def _stop(self, name: str) -> None:
        for stop in self._stops.pop(name):
            stop()
        self._troubles.pop(name).stop()
        self._registers.pop(name)
        await self.running.pop(name).close()

    # What they come to

    async def act(self) -> None:
        """Bring what the engine was told to what holds now, report, and come back when that changes."""
        async with self._lock:
            if self._is_over:
                return
            for programme in self.running.values():
                programme.look()
                registers = self._registers[programme.id]
                programme.diary.add(registers.sample(self._entry, programme.target))
            try:
                await self._limit()
                await self._dispatch()
            except BadSetting as err:
                # A target that was removed a moment ago.
                _LOGGER.debug("A grid programme cannot be followed: %s", err)
            self._set_timer()
        # Nobody waits for a server that is slow to take them.
        for programme in tuple(self.running.values()):
            await programme.report()
        self._changed()

    async def _limit(self) -> None:
        """Tell the limits that changed. Of several the lowest holds; each ends by itself."""
        limits = {
            programme.id: (held.value, held.until)
            for programme in self.running.values()
            if (held := programme.holding.values.get(Ask.IMPORT_LIMIT)) is not None
        }
        for name in self._limited.keys() | limits.keys():
            if self._limited.get(name) != (limit := limits.get(name)):
                watts, until = limit or (None, None)
                await self._site.set_import_limit(f"{PROGRAMME}/{name}", watts, until)
        self._limited = limits
        exports = [
            watts
            for programme in self.running.values()
            if (watts := programme.holding.watts(Ask.EXPORT_LIMIT)) is not None
        ]
        lowest = min(exports, default=None)
        # The engine keeps it over a restart: it is told once in any case.
        if lowest != self._export_w or not self._export_told:
            self._export_w, self._export_told = lowest, True
            await self._site.set_export_cap(lowest)

    async def _dispatch(self) -> None:
        """Give the setpoints that changed, and end those that nobody wants any more. Of two for one target the first counts."""
        wishes: dict[str, Wish] = {}
        for programme in self.running.values():
            wish = wish_of(self._entry, programme)
            if wish is not None:
                wishes.setdefault(programme.target, wish)
        given = {
            one.target: one for one in self._site.dispatches if one.source == PROGRAMME
        }
        for target in given.keys() - wishes.keys():
            await self._site.end_dispatch(target, source=PROGRAMME)
        for target, wish in wishes.items():
            if not is_as_good(given.get(target), wish):
                await self._site.dispatch(
                    target, wish.power_w, wish.until, source=PROGRAMME
                )

    # Inside

    def _set_timer(self) -> None:
        self._unset_timer()
        moments = [
            at
            for programme in self.running.values()
            if (at := programme.holding.changes_at) is not None
        ]
        if moments:
            self._timer = async_track_point_in_utc_time(
                self._hass, self._async_due, min(moments)
            )

    def _unset_timer(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None

    async def _async_due(self, _: datetime) -> None:
        self._timer = None
        await self.act()

    @callback
    def _changed(self) -> None:
        if self._is_over:
            return
        if self._kept is not None:
            self._kept = {name: one.kept for name, one in self.running.items()}
            self._store.async_delay_save(lambda: self._kept or {}, SAVE_DELAY_S)
        for trouble in self._troubles.values():
            trouble.look()
        for observer in tuple(self._observers):
            observer()


@callback
def async_follow_programmes(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Follow the programmes of a site until the entry is unloaded."""
    found = programmes_of(hass, entry)

    @callback
    def sync() -> None:
        entry.async_create_task(hass, found.sync(), f"{DOMAIN} programmes")

    async def stop() -> None:
        hass.data[PROGRAMMES].pop(entry.entry_id, None)
        await found.stop()

    entry.async_on_unload(stop)
    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), sync)
    )
    sync()


def programmes_of(hass: HomeAssistant, entry: EvenloadConfigEntry) -> Programmes:
    """Return the programmes of a site."""
    every = hass.data.setdefault(PROGRAMMES, {})
    if entry.entry_id not in every:
        every[entry.entry_id] = Programmes(hass, entry)
    return every[entry.entry_id]


async def async_forget_programmes(hass: HomeAssistant, entry_id: str) -> None:
    """Forget what programmes said to a site that was removed."""
    await _store(hass, entry_id).async_remove()


def _store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    return Store(hass, 1, f"{DOMAIN}.{entry_id}.programmes", private=True)
