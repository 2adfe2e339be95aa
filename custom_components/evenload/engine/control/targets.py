"""What every station should hold: the allotments of the strategy, as fallbacks and leases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ..balancing.static import allot_static, station_shares
from ..model.allotments import Allotment, Demand, Share
from ..model.configuration import SiteConfig
from ..model.identity import EvseKey
from ..model.kinds import evse_kind
from ..model.limits import MINIMUM_CURRENT_A
from ..model.orders import WHOLE_STATION
from ..model.stations import Evse, Station


@dataclass(frozen=True, slots=True)
class Targets:
    """What every station and EVSE should hold: for good (`shares`, `fallbacks`), and now (`present`, `allotments`)."""

    shares: Mapping[str, Share]
    present: Mapping[str, Share]
    fallbacks: Mapping[EvseKey, Allotment]
    allotments: Mapping[EvseKey, Allotment]
    # The least that each EVSE charges with, where that is not what a pilot can express.
    minimums: Mapping[EvseKey, float] = field(default_factory=dict)
    # How many phases each EVSE is to use that can be told.
    use_phases: Mapping[EvseKey, int] = field(default_factory=dict)

    def minimum_a(self, key: EvseKey) -> float:
        """Return the least that an EVSE (0: any of the station's) charges with, in amperes per phase."""
        if key.evse != WHOLE_STATION:
            return self.minimums.get(key, MINIMUM_CURRENT_A)
        own = [a for evse, a in self.minimums.items() if evse.identity == key.identity]
        return min(own, default=MINIMUM_CURRENT_A)


def targets_of(
    site: SiteConfig,
    stations: Mapping[str, Station],
    reserved: Mapping[str, float] | None = None,
) -> Targets:
    """Compute what everybody should hold; `reserved` is what stations may draw that cannot be told otherwise."""
    demands = [
        demand_of(site, stations[identity], evse)
        for identity in site.stations
        for evse in stations[identity].evses.values()
    ]
    # What lasts knows neither pauses, nor who is plugged in, nor who is away: it lies in the memory of stations, and
    # must be right when nobody is there to change it.
    lasting = [
        replace(demand, plugged_in_at=None, paused=False, charging=False)
        for demand in demands
    ]
    sum_held = {
        identity
        for identity, station in stations.items()
        if station.capabilities.station_limit
    }
    return Targets(
        shares=station_shares(site, lasting),
        present=station_shares(site, demands, reserved),
        fallbacks=allot_static(site, lasting, None, sum_held),
        allotments=allot_static(site, demands, reserved, sum_held),
        minimums={demand.key: demand.minimum_a for demand in demands},
    )


def differing(before: Targets, after: Targets) -> set[str]:
    """Return the stations that are to hold something else than before."""
    found: set[str] = set()
    for old, new in (
        (before.shares, after.shares),
        (before.present, after.present),
    ):
        found |= _changed(old, new)
    for of_old, of_new in (
        (before.fallbacks, after.fallbacks),
        (before.allotments, after.allotments),
        (before.minimums, after.minimums),
        (before.use_phases, after.use_phases),
    ):
        found |= {key.identity for key in _changed(of_old, of_new)}
    return found


def _changed[Key](
    before: Mapping[Key, object], after: Mapping[Key, object]
) -> set[Key]:
    return {
        key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
    }


def is_crowded(targets: Targets, reserved: Mapping[str, float]) -> bool:
    """Whether somebody holds more than its share, so that of the others those who came last may have to wait."""
    return any(
        held_a > targets.shares[identity].current_a
        for identity, held_a in reserved.items()
    )


def decisive(site: SiteConfig, station: Station, *, crowded: bool) -> Sequence[Demand]:
    """Return what counts of what the EVSEs of a station could use now.

    Who came first is asked between them, and between stations in a crowd.
    """
    demands = [demand_of(site, station, evse) for evse in station.evses.values()]
    if len(demands) > 1 or crowded:
        return demands
    return [replace(demand, plugged_in_at=None, charging=False) for demand in demands]


def demand_of(site: SiteConfig, station: Station, evse: Evse) -> Demand:
    """Return what an EVSE could use now."""
    kind = evse_kind(site, station.capabilities, evse.key)
    config = site.stations[evse.key.identity]
    own = evse.settings.maximum
    return Demand(
        key=evse.key,
        maximum_a=kind.rated_a if own is None else min(kind.rated_a, kind.amperes(own)),
        minimum_a=kind.minimum_a,
        phases=config.wiring,
        plugged_in_at=_plugged_in_at(evse),
        paused=not evse.settings.charging_allowed,
        # Who charges matters where only one can.
        charging=evse.is_charging and not config.simultaneous,
    )


def _plugged_in_at(evse: Evse) -> datetime | None:
    if evse.session is not None and evse.session.is_open:
        return evse.session.started_at
    return evse.status_at if evse.wants_energy else None
