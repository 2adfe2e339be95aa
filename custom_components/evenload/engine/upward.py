"""The CSMS above stations, as Home Assistant sees it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .fleet import Fleet
from .model.notices import Notice, NoticeKind
from .model.uplink import UplinkStatus
from .noticeboard import Noticeboard
from .observers import Unsubscribe
from .uplinks import Uplinks

# What concerns the site as a whole has no other name.
_SITE = ""

# So long after it could not be opened the file is tried again, in seconds.
OPEN_AGAIN_S = 60.0


def uplink_file(database: Path) -> Path:
    """Return the file of what is to be told above, beside that of sessions."""
    return database.with_name(f"{database.stem}-uplink.db")


class Upward:
    """Begins and ends with the site, and follows what its owner changes."""

    _fleet: Fleet
    _uplinks: Uplinks
    _notices: Noticeboard
    _changing: asyncio.Task[None] | None = None
    _opening: asyncio.Task[None] | None = None
    _leaving: asyncio.Event

    def uplink(self, identity: str) -> UplinkStatus | None:
        """Return how the connection of a station to the CSMS above it is; None where it has none."""
        return self._uplinks.status(identity)

    def node_uplink(self, uplink_id: str) -> UplinkStatus | None:
        """Return how the connection of a circuit to the CSMS above it is; None where it has none."""
        return self._uplinks.nodes.status(uplink_id)

    def on_node_uplink(
        self, uplink_id: str, observer: Callable[[], None]
    ) -> Unsubscribe:
        """Tell when the connection of a circuit to the CSMS above it changes."""
        return self._fleet.news.changes.add(("uplink", uplink_id), observer)

    async def _open_uplinks(self, database: Path | None) -> None:
        """Dial those above; what waits for them is beside the sessions."""
        if database is not None and not await self._is_opened(uplink_file(database)):
            # Who charges matters more than who hears of it.
            self._leaving = asyncio.Event()
            self._opening = asyncio.create_task(
                self._open_later(uplink_file(database)), name="evenload uplink file"
            )

    async def _open_later(self, file: Path) -> None:
        """Try again until it opens or the site closes; no try is cut short, since each has a thread."""
        while not self._leaving.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), OPEN_AGAIN_S)
                return
            if await self._is_opened(file):
                self._uplink_trouble(False)
                return

    async def _is_opened(self, file: Path) -> bool:
        try:
            await self._uplinks.open(file)
        except OSError:
            self._uplink_trouble(True)
            return False
        return True

    def _follow_uplinks(self) -> None:
        """Apply what the owner changed, one change after the other: none is left half done."""
        self._changing = asyncio.create_task(self._follow(self._changing))

    async def _follow(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.gather(before, return_exceptions=True)
        await self._uplinks.configure()

    async def _close_uplinks(self) -> None:
        if self._opening is not None:
            self._leaving.set()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._changing is not None:
            await asyncio.gather(self._changing, return_exceptions=True)
        await self._uplinks.close()

    def _uplink_trouble(self, trouble: bool) -> None:
        self._notices.tell(Notice(NoticeKind.UPLINK_NOT_KEPT, _SITE, trouble))
