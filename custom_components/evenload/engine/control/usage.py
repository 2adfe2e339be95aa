"""The phases that vehicles were proven to use: the others are free while they charge.

A vehicle on one phase of a three-phase station leaves the other two to its neighbours. That counts only while it is certain:
connected, in a transaction, charging, and measured on every phase for a minute. As soon as one of these ends all phases
count again, and the station holds what whoever comes next may have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..csms.limiting.terms import takes_watts
from ..model.configuration import SiteConfig, StationConfig
from ..model.phases import ALL_PHASES
from ..model.readings import LIVE_FOR
from ..model.stations import Evse, Station

# A reading that is older proves nothing.
_AGE = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The places that one transaction's vehicle was seen on, and since when on no other."""

    transaction: str
    places: tuple[int, ...]
    since: datetime


class Usage:
    """What every station's vehicle was seen to use."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: dict[str, _Seen] = {}

    def places(
        self, station: Station, config: StationConfig, now: datetime
    ) -> tuple[int, ...] | None:
        """Return the places of the station's own phases in use, or None where they may be all that are wired."""
        evse = _only(station)
        if evse is None or not _can_tell(station, config):
            self._seen.pop(station.identity, None)
            return None
        places = _live(evse, len(config.wiring), now)
        transaction = evse.transaction
        if places is None or transaction is None or not transaction.is_open:
            self._seen.pop(station.identity, None)
            return None
        seen = self._seen.get(station.identity)
        if seen is None or (seen.transaction, seen.places) != (transaction.id, places):
            seen = self._seen[station.identity] = _Seen(transaction.id, places, now)
        return places if now - seen.since >= LIVE_FOR else None

    def in_use(
        self, stations: Mapping[str, Station], site: SiteConfig, now: datetime
    ) -> dict[str, tuple[int, ...]]:
        """Return the places in use of each station of a site of which that is certain."""
        found = {
            identity: self.places(stations[identity], config, now)
            for identity, config in site.stations.items()
        }
        return {
            identity: places for identity, places in found.items() if places is not None
        }

    @property
    def watched(self) -> dict[str, tuple[int, ...]]:
        """The places in use as vehicles were last seen, also of those that were not seen so for long enough yet."""
        return {identity: seen.places for identity, seen in self._seen.items()}

    def seen(self, identity: str) -> tuple[int, ...] | None:
        """Return the same of one station."""
        seen = self._seen.get(identity)
        return None if seen is None else seen.places


def _only(station: Station) -> Evse | None:
    """Return the EVSE of a station that has one."""
    return next(iter(station.evses.values())) if len(station.evses) == 1 else None


def _can_tell(station: Station, config: StationConfig) -> bool:
    # Watts may gather on any phase.
    return (
        station.connected
        and len(config.wiring) > 1
        and not config.between_lines
        and not takes_watts(station.capabilities)
    )


def _live(evse: Evse, wired: int, now: datetime) -> tuple[int, ...] | None:
    """Return the places that carry current, or None where that is not known of each, or of all the same."""
    reading, at = evse.reading, evse.metered_at
    if not evse.is_charging or at is None or now - at > _AGE:
        return None
    if any(phase not in reading.current_a for phase in ALL_PHASES[:wired]):
        return None
    if reading.power_w is not None and reading.power_w < 0:
        # Who feeds back on one phase may draw on more.
        return None
    live = tuple(
        place
        for place, phase in enumerate(ALL_PHASES[:wired])
        if phase in reading.live_phases
    )
    return live if 0 < len(live) < wired else None


class Places:
    """The site with some stations on a few of their own phases: the same one for as long as nothing of that changes."""

    def __init__(self) -> None:
        """Begin with no site."""
        self._known: tuple[SiteConfig, Mapping[str, tuple[int, ...]], SiteConfig] | None
        self._known = None

    def on(self, site: SiteConfig, places: Mapping[str, tuple[int, ...]]) -> SiteConfig:
        """Return the site with these stations on these of their own phases, by place."""
        known = self._known
        if known is None or known[0] is not site or known[1] != places:
            known = self._known = site, dict(places), on_places(site, places)
        return known[2]


def on_places(site: SiteConfig, places: Mapping[str, tuple[int, ...]]) -> SiteConfig:
    """Return a site with some stations on a few of their own phases, by place."""
    if not places:
        return site
    stations = {
        identity: replace(
            site.stations[identity],
            wiring=tuple(site.stations[identity].wiring[place] for place in used),
        )
        for identity, used in places.items()
    }
    return replace(site, stations={**site.stations, **stations})
