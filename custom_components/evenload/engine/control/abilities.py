"""The stations as control sees them: what was learnt of each, with what its dialect and its owner say of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ..csms.dialects.matching import quirks_of
from ..csms.limiting.terms import abilities_of, forgetting
from ..model.capabilities import Capabilities, Place
from ..model.configuration import Overrides, SiteConfig
from ..model.events import Learnt
from ..model.stations import Station, StationInfo

# A reading that comes later than this after it was taken was kept while its station was away.
LATE_S = 60.0


def forgotten(station: Station, at: datetime) -> Learnt:
    """Return the news that nothing is known of how a station takes limits."""
    capabilities = forgetting(station.capabilities)
    return Learnt(identity=station.identity, at=at, capabilities=capabilities)


def shift_of(station: Station) -> timedelta:
    """Return by how much the times that a station is told differ from ours."""
    return station.clock.shift(station.capabilities.reads_own_clock)


def is_told_late(station: Station, at: datetime | None, now: datetime) -> bool:
    """Whether a reading is surely of the past, by a clock that is known: it says nothing of limits that hold now."""
    ahead_s = station.clock.ahead_s
    if at is None or ahead_s is None:
        return False
    return (now - at).total_seconds() + ahead_s > LATE_S


def disbelieving(station: Station, place: Place) -> Capabilities:
    """Return what is known of a station whose leases are in vain.

    Its clock may be other than ours. Then it may read the times of limits by the other of the two: that is tried first.
    """
    known = station.capabilities
    if station.clock.is_off and known.reads_own_clock is None:
        return replace(known, reads_own_clock=not station.clock.is_read(None))
    return known.taking(place, takes=False)


class Abilities(Mapping[str, Station]):
    """A view of the stations in which `capabilities` are what holds, not only what was learnt."""

    def __init__(
        self, stations: Mapping[str, Station], site: Callable[[], SiteConfig]
    ) -> None:
        """Look at these stations, now and whenever they change."""
        self._stations = stations
        self._site = site
        self._shown: dict[str, tuple[Station, Overrides, Station]] = {}
        self._found: dict[
            str, tuple[Capabilities, StationInfo, Overrides, Capabilities]
        ] = {}

    def __getitem__(self, identity: str) -> Station:
        """Return one station. What it comes to is worked out once for every change."""
        station = self._stations[identity]
        config = self._site().stations.get(identity)
        overrides = Overrides() if config is None else config.overrides
        shown = self._shown.get(identity)
        if shown is not None and shown[0] is station and shown[1] is overrides:
            return shown[2]
        seen = replace(station, capabilities=self._abilities(station, overrides))
        self._shown[identity] = (station, overrides, seen)
        return seen

    def __iter__(self) -> Iterator[str]:
        """Iterate over the identities."""
        return iter(self._stations)

    def __len__(self) -> int:
        """Return how many stations there are."""
        return len(self._stations)

    def _abilities(self, station: Station, overrides: Overrides) -> Capabilities:
        known, info = station.capabilities, station.info
        found = self._found.get(station.identity)
        if found is not None and found[:3] == (known, info, overrides):
            return found[3]
        abilities = abilities_of(known, quirks_of(info), overrides)
        self._found[station.identity] = (known, info, overrides, abilities)
        return abilities
