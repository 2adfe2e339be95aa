"""Keeps in every station the list of those who may charge there, so that they can while the house is away.

1.6 §5.15 and §9.3 (LocalAuthList), 2.0.1 block D.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ..csms.commands import Commands
from ..csms.local_list import prepare
from ..drivers.listing import version_of
from ..model.access import ListedToken
from ..model.errors import InvalidRequest, StationRefused, StationSilent
from ..model.stations import OcppVersion, Station
from .readback import Act

# So much time is left to what matters more after a station has come in.
AFTER_CONNECT = timedelta(seconds=30)

# One that refuses its list is asked again tomorrow: its owner may have switched lists on.
AGAIN_AFTER = timedelta(days=1)

# What a station may say that it has when its list is empty (2.0.1 D02.FR.02; 1.6 leaves open which).
_EMPTY = frozenset({0, 1})


class LocalLists:
    """Compares what each station should have with the version that it says it has."""

    def __init__(
        self,
        wanted: Callable[[str], tuple[ListedToken, ...]],
        strangers: Callable[[str], bool | None],
        now: Callable[[], datetime],
    ) -> None:
        """Begin with nothing known.

        `wanted` returns a station's list, `strangers` whether others may charge too while the house is away.
        """
        # Where a list of ours is, or may be: the others' are nobody's business of ours while there are no drivers.
        self.sent: set[str] = set()
        self._wanted = wanted
        self._strangers = strangers
        self._now = now
        self._has: dict[str, tuple[int, bool | None]] = {}
        self._not_before: dict[str, datetime] = {}

    def reconnected(self, identity: str) -> None:
        """Ask a station again what it has: it may have lost it."""
        self._has.pop(identity, None)
        self._not_before[identity] = self._now() + AFTER_CONNECT

    def changed(self) -> None:
        """Take that drivers were changed: nobody waits longer for what had to wait for before."""
        self._not_before.clear()

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        self.sent.discard(identity)
        self._has.pop(identity, None)
        self._not_before.pop(identity, None)

    def next(self, station: Station) -> tuple[Act | None, float | None]:
        """Return what to ask a station now, or None and after how many seconds to look again."""
        identity, now = station.identity, self._now()
        lines, version = self._wanted(identity), station.version
        strangers = self._strangers(identity)
        aim = (version_of(lines), strangers)
        if version is None or self._has.get(identity) == aim:
            return None, None
        if not lines and identity not in self.sent:
            return None, None
        not_before = self._not_before.get(identity, now)
        if now < not_before:
            return None, (not_before - now).total_seconds()

        async def bring(commands: Commands) -> None:
            # What goes wrong is tried again tomorrow, or when drivers change.
            self._not_before[identity] = self._now() + AGAIN_AFTER
            self.sent.add(identity)
            try:
                await _bring(commands, version, lines, strangers)
            except StationRefused, StationSilent, InvalidRequest:
                return
            self._has[identity] = aim
            if not lines:
                self.sent.discard(identity)

        return bring, None


async def _bring(
    commands: Commands,
    version: OcppVersion,
    lines: Sequence[ListedToken],
    strangers: bool | None,
) -> None:
    """Send a list where the station has another one: the first lines replace what it had, the others follow (D01)."""
    number = version_of(tuple(lines))
    at_once = await prepare(commands, version, strangers=strangers)
    has = await commands.local_list_version()
    if has == number or (not lines and has in _EMPTY):
        return
    parts = [lines[first : first + at_once] for first in range(0, len(lines), at_once)]
    for place, part in enumerate(parts or [()]):
        # The last part has the number of the whole, and each one's is above that of the one before.
        left = max(0, len(parts) - 1 - place)
        await commands.send_local_list(max(1, number - left), part, full=place == 0)
