"""The strategy `static`: every member gets the same share, car or no car (design.md, "Sharing")."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..model.allotments import Allotment, Demand, Reason
from ..model.configuration import GroupConfig, SiteConfig
from ..model.identity import EvseKey
from ..model.limits import Current, Power, floor_tenths
from ..model.phases import Phase, PhaseCurrents
from .filling import fill

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Share:
    """What a station may draw in all, in amperes per phase, and what binds it."""

    current_a: float
    reason: Reason
    node: str | None = None
    phase: Phase | None = None


def station_shares(site: SiteConfig, demands: Iterable[Demand]) -> dict[str, Share]:
    """Return the share of every station: its group's limit ÷ members, and what the main fuse leaves of it."""
    phases_used = _phases_used(site, demands)
    caps = {
        identity: _cap(site, identity, phases_used.get(identity))
        for identity in site.stations
    }
    filled = fill(
        {identity: cap.current_a for identity, cap in caps.items()},
        {identity: station.wiring for identity, station in site.stations.items()},
        PhaseCurrents.even(site.main_fuse.a, site.phases),
    )
    return {
        identity: caps[identity]
        if got.phase is None
        else Share(floor_tenths(got.current_a), Reason.MAIN_FUSE, None, got.phase)
        for identity, got in filled.items()
    }


def allot_static(
    site: SiteConfig, demands: Sequence[Demand]
) -> dict[EvseKey, Allotment]:
    """Return what every EVSE may draw, and why."""
    shares = station_shares(site, demands)
    by_station: dict[str, list[Demand]] = {}
    for demand in demands:
        by_station.setdefault(demand.key.identity, []).append(demand)
    return {
        allotment.key: allotment
        for identity, leaves in by_station.items()
        for allotment in _within_station(shares[identity], leaves)
    }


def _phases_used(site: SiteConfig, demands: Iterable[Demand]) -> dict[str, int]:
    """Return on how many phases each station must be counted: those wired, unless its vehicles are seen on fewer."""
    used: dict[str, int] = {}
    for demand in demands:
        identity = demand.key.identity
        wired = len(site.stations[identity].wiring)
        used[identity] = max(
            used.get(identity, 0), min(wired, demand.phases_in_use or wired)
        )
    return used


def _cap(site: SiteConfig, identity: str, phases_used: int | None) -> Share:
    """Return the most that a station may draw where the main fuse leaves enough."""
    station = site.stations[identity]
    own = Share(floor_tenths(station.maximum.a), Reason.OWN_MAXIMUM)
    group = site.group_of(identity)
    if group is None:
        return own
    share_a = floor_tenths(_share_a(site, group, phases_used or len(station.wiring)))
    return (
        own
        if own.current_a <= share_a
        else Share(share_a, Reason.GROUP_LIMIT, group.name)
    )


def _share_a(site: SiteConfig, group: GroupConfig, phases: int) -> float:
    match group.limit:
        case Current(limit_a):
            return limit_a / len(group.members)
        case Power(limit_w):
            return limit_w / len(group.members) / (site.voltage_v * phases)


def _within_station(share: Share, leaves: Sequence[Demand]) -> Iterable[Allotment]:
    """Divide a station's share: evenly, or to who came first where an even part is too little for anyone."""
    even_a = floor_tenths(share.current_a / len(leaves))
    if len(leaves) == 1 or even_a >= max(leaf.minimum_a for leaf in leaves):
        return [_leaf(leaf, even_a, share) for leaf in leaves]
    if share.current_a < min(leaf.minimum_a for leaf in leaves):
        return [_leaf(leaf, share.current_a, share) for leaf in leaves]
    first = min(
        leaves, key=lambda leaf: (leaf.paused, leaf.plugged_in_at or _LAST, leaf.key)
    )
    return [
        _leaf(leaf, share.current_a, share)
        if leaf is first and leaf.plugged_in_at is not None
        else Allotment(
            leaf.key,
            Current(0.0),
            Reason.PAUSED if leaf.paused else Reason.WAITING_FOR_TURN,
        )
        for leaf in leaves
    ]


def _leaf(demand: Demand, current_a: float, share: Share) -> Allotment:
    """Return what one EVSE may draw of a current that is there for it: nothing between 0 and its minimum."""
    if demand.paused:
        return Allotment(demand.key, Current(0.0), Reason.PAUSED)
    if current_a < demand.minimum_a:
        return Allotment(
            demand.key, Current(0.0), Reason.NOT_ENOUGH, share.node, share.phase
        )
    if demand.maximum_a < current_a:
        own_a = floor_tenths(demand.maximum_a)
        return Allotment(
            demand.key,
            Current(own_a if own_a >= demand.minimum_a else 0.0),
            Reason.OWN_MAXIMUM,
        )
    return Allotment(
        demand.key, Current(current_a), share.reason, share.node, share.phase
    )
