"""The holdings of all stations, and what follows from one station and its holdings, worked out once for every change.

A meter speaks every second, and each of its readings asks of every station what it may be drawing. Most have said nothing
since the one before.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..model.configuration import SiteConfig
from ..model.identity import EvseKey
from ..model.stations import Station
from .holdings import Holding

_NEVER = datetime.max.replace(tzinfo=UTC)

# What an EVSE holds that was never limited by us.
_NOTHING = Holding()


class Holdings(MutableMapping[EvseKey, Holding]):
    """What every EVSE (0: the station) may hold; `changed` hears of which station that is another than before."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        """Begin with nobody limited."""
        self._held: dict[EvseKey, Holding] = {}
        self._changed = changed

    def of(self, key: EvseKey) -> Holding:
        """Return what an EVSE may hold, also where that was never limited."""
        return self._held.get(key, _NOTHING)

    def __getitem__(self, key: EvseKey) -> Holding:
        """Return what was limited."""
        return self._held[key]

    def __setitem__(self, key: EvseKey, holding: Holding) -> None:
        """Note what an EVSE may hold now."""
        self._held[key] = holding
        self._changed(key.identity)

    def __delitem__(self, key: EvseKey) -> None:
        """Forget an EVSE."""
        del self._held[key]
        self._changed(key.identity)

    def __iter__(self) -> Iterator[EvseKey]:
        """Iterate over those that were limited."""
        return iter(self._held)

    def __len__(self) -> int:
        """Return how many were limited."""
        return len(self._held)


@dataclass(slots=True)
class _Page:
    """What was found of one station, on a site, from one moment until another."""

    station: Station
    site: SiteConfig
    since: datetime
    until: datetime
    found: dict[Hashable, Any] = field(default_factory=dict)


class Remembered:
    """What was found of every station since it changed last."""

    def __init__(self, moments: Callable[[Station], Iterable[datetime]]) -> None:
        """Know nothing; `moments` are those from which on something else follows from a station that is as it was."""
        self._moments = moments
        self._pages: dict[str, _Page] = {}

    def of(
        self, station: Station, site: SiteConfig, now: datetime
    ) -> dict[Hashable, Any]:
        """Return what was found of a station and still holds, for more to be written there."""
        page = self._pages.get(station.identity)
        if (
            page is not None
            and page.station is station
            and page.site is site
            # Our clock may have been set back.
            and page.since <= now < page.until
        ):
            return page.found
        until = min((at for at in self._moments(station) if at > now), default=_NEVER)
        page = self._pages[station.identity] = _Page(station, site, now, until)
        return page.found

    def forget(self, identity: str) -> None:
        """Work out anew what follows from a station: something of it has changed."""
        self._pages.pop(identity, None)
