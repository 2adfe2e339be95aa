"""The strategy `static`: every member gets the same share, car or no car (design.md, "Sharing")."""

from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime

from ..model.allotments import Allotment, Demand, Reason
from ..model.configuration import GroupConfig, SiteConfig
from ..model.identity import EvseKey
from ..model.limits import MINIMUM_CURRENT_A, Current, Power, floor_tenths
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


def station_shares(
    site: SiteConfig,
    demands: Sequence[Demand],
    reserved: Mapping[str, float] | None = None,
) -> dict[str, Share]:
    """Return the share of every station: its group's limit ÷ members, and what the main fuse leaves of it.

    `reserved` names stations that hold more than they should and cannot be told (offline, deaf), with the amperes per
    phase that they may draw. The others make do with the rest until that is mended; where it is too little for all,
    who plugged in last waits.
    """
    phases_used = _phases_used(site, demands)
    caps = {
        identity: _cap(site, identity, phases_used.get(identity))
        for identity in site.stations
    }
    beyond = {
        name: held_a
        for name, held_a in (reserved or {}).items()
        if held_a > caps[name].current_a
    }
    shares = _shares_beside(site, caps, beyond, frozenset())
    waiting: set[str] = set()
    for identity in _last_come_first(site, demands) if beyond else ():
        if all(
            share.current_a >= MINIMUM_CURRENT_A
            for name, share in shares.items()
            if name not in waiting
        ):
            break
        if identity not in beyond:
            waiting.add(identity)
            shares = _shares_beside(site, caps, beyond, frozenset(waiting))
    return shares


def _last_come_first(site: SiteConfig, demands: Sequence[Demand]) -> list[str]:
    came: dict[str, datetime] = {}
    for demand in demands:
        if demand.plugged_in_at is not None:
            came[demand.key.identity] = min(
                demand.plugged_in_at, came.get(demand.key.identity, _LAST)
            )
    return sorted(
        site.stations,
        key=lambda identity: (came.get(identity, _LAST), identity),
        reverse=True,
    )


def _shares_beside(
    site: SiteConfig,
    caps: Mapping[str, Share],
    beyond: Mapping[str, float],
    waiting: AbstractSet[str],
) -> dict[str, Share]:
    """Return the shares beside stations that hold more than theirs; who waits gets nothing."""
    shares = {
        identity: cap
        if identity in beyond
        else _beside(site, identity, cap, beyond, waiting)
        for identity, cap in caps.items()
    }
    room = PhaseCurrents.even(site.main_fuse.a, site.phases)
    for identity, held_a in beyond.items():
        room -= PhaseCurrents.even(held_a, site.stations[identity].wiring)
    served = [identity for identity in shares if identity not in beyond]
    filled = fill(
        {identity: shares[identity].current_a for identity in served},
        {identity: site.stations[identity].wiring for identity in served},
        PhaseCurrents(*(max(0.0, left_a) for left_a in room)),
    )
    for identity, got in filled.items():
        if got.phase is not None and got.current_a < shares[identity].current_a:
            reason = Reason.WAITING_FOR_OTHERS if beyond else Reason.MAIN_FUSE
            shares[identity] = Share(
                floor_tenths(got.current_a), reason, None, got.phase
            )
    return shares


def _beside(
    site: SiteConfig,
    identity: str,
    cap: Share,
    beyond: Mapping[str, float],
    waiting: AbstractSet[str],
) -> Share:
    """Return what is left of a station's share while others of its group hold more than theirs."""
    group = site.group_of(identity)
    if identity in waiting:
        return Share(
            0.0, Reason.WAITING_FOR_OTHERS, group.name if group is not None else None
        )
    if group is None:
        return cap
    wiring = set(site.stations[identity].wiring)
    holders = [
        other
        for other in group.members
        if other in beyond and wiring & set(site.stations[other].wiring)
    ]
    if not holders:
        return cap
    limit_a = (
        group.limit.a
        if isinstance(group.limit, Current)
        else cap.current_a * len(group.members)
    )
    heads = sum(
        1 for other in group.members if other not in holders and other not in waiting
    )
    left_a = max(0.0, limit_a - sum(beyond[other] for other in holders)) / heads
    return (
        cap
        if left_a >= cap.current_a
        else Share(floor_tenths(left_a), Reason.WAITING_FOR_OTHERS, group.name)
    )


def allot_static(
    site: SiteConfig,
    demands: Sequence[Demand],
    reserved: Mapping[str, float] | None = None,
) -> dict[EvseKey, Allotment]:
    """Return what every EVSE may draw, and why; `reserved` as in `station_shares`."""
    shares = station_shares(site, demands, reserved)
    by_station: dict[str, list[Demand]] = {}
    for demand in demands:
        by_station.setdefault(demand.key.identity, []).append(demand)
    return {
        allotment.key: allotment
        for identity, leaves in by_station.items()
        for allotment in _within_station(shares[identity], leaves)
    }


def _phases_used(site: SiteConfig, demands: Sequence[Demand]) -> dict[str, int]:
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
        reason = (
            share.reason
            if share.reason is Reason.WAITING_FOR_OTHERS
            else Reason.NOT_ENOUGH
        )
        return Allotment(demand.key, Current(0.0), reason, share.node, share.phase)
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
