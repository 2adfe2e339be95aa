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

    `reserved` names stations that cannot be told (offline, deaf), with the amperes per phase that they may draw. When
    one of them holds more than its share, the others make do with the rest until that is mended; where it is too
    little for all, who plugged in last waits.
    """
    natural = _shares_beside(site, {}, frozenset())
    fixed = dict(reserved or {})
    if all(held_a <= natural[name].current_a for name, held_a in fixed.items()):
        return natural
    waiting: set[str] = set()
    shares = _shares_beside(site, fixed, waiting)
    for identity in _last_come_first(site, demands):
        if all(
            shares[name].current_a >= MINIMUM_CURRENT_A
            for name in shares.keys() - fixed.keys() - waiting
        ):
            break
        if identity not in fixed:
            waiting.add(identity)
            shares = _shares_beside(site, fixed, waiting)
    return {**shares, **{identity: natural[identity] for identity in fixed}}


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
    site: SiteConfig, fixed: Mapping[str, float], waiting: AbstractSet[str]
) -> dict[str, Share]:
    """Return the shares beside stations that draw a fixed current; who waits gets nothing."""
    shares = {
        identity: _beside(site, identity, fixed, waiting) for identity in site.stations
    }
    room = PhaseCurrents.even(site.main_fuse.a, site.phases)
    for identity, held_a in fixed.items():
        room -= PhaseCurrents.even(held_a, site.stations[identity].wiring)
    served = shares.keys() - fixed.keys()
    filled = fill(
        {identity: shares[identity].current_a for identity in served},
        {identity: site.stations[identity].wiring for identity in served},
        PhaseCurrents(*(max(0.0, left_a) for left_a in room)),
    )
    for identity, got in filled.items():
        if got.phase is not None and got.current_a < shares[identity].current_a:
            reason = Reason.WAITING_FOR_OTHERS if fixed else Reason.MAIN_FUSE
            shares[identity] = Share(
                floor_tenths(got.current_a), reason, None, got.phase
            )
    return shares


def _beside(
    site: SiteConfig,
    identity: str,
    fixed: Mapping[str, float],
    waiting: AbstractSet[str],
) -> Share:
    """Return what a station may draw where the main fuse leaves enough."""
    own = Share(floor_tenths(site.stations[identity].maximum.a), Reason.OWN_MAXIMUM)
    group = site.group_of(identity)
    if identity in waiting:
        name = None if group is None else group.name
        return Share(0.0, Reason.WAITING_FOR_OTHERS, name)
    if group is None:
        return own
    even_a = _even_a(site, group, identity)
    left_a = _left_a(site, group, identity, fixed, waiting)
    if left_a < min(even_a, own.current_a):
        return Share(floor_tenths(left_a), Reason.WAITING_FOR_OTHERS, group.name)
    share_a = floor_tenths(even_a)
    if own.current_a <= share_a:
        return own
    return Share(share_a, Reason.GROUP_LIMIT, group.name)


def _even_a(site: SiteConfig, group: GroupConfig, identity: str) -> float:
    """Return the limit ÷ members, in amperes on each phase that the station is wired to.

    A vehicle that uses fewer phases gets less of a limit in watts: the next one may use them all.
    """
    match group.limit:
        case Current(limit_a):
            return limit_a / len(group.members)
        case Power(limit_w):
            return limit_w / len(group.members) / _watts_per_ampere(site, identity)


def _left_a(
    site: SiteConfig,
    group: GroupConfig,
    identity: str,
    fixed: Mapping[str, float],
    waiting: AbstractSet[str],
) -> float:
    """Return a head's part of what the fixed members of its group leave."""
    wiring = set(site.stations[identity].wiring)
    holders = [other for other in group.members if other in fixed]
    heads = len(group.members) - len(set(holders) | (waiting & set(group.members)))
    if not holders or heads <= 0:
        return float("inf") if not holders else 0.0
    match group.limit:
        case Current(limit_a):
            held_a = sum(
                fixed[other]
                for other in holders
                if wiring & set(site.stations[other].wiring)
            )
            return max(0.0, limit_a - held_a) / heads
        case Power(limit_w):
            held_w = sum(
                fixed[other] * _watts_per_ampere(site, other) for other in holders
            )
            left_w = max(0.0, limit_w - held_w) / heads
            return left_w / _watts_per_ampere(site, identity)


def _watts_per_ampere(site: SiteConfig, identity: str) -> float:
    return site.voltage_v * len(site.stations[identity].wiring)


def allot_static(
    site: SiteConfig,
    demands: Sequence[Demand],
    reserved: Mapping[str, float] | None = None,
    sum_held: AbstractSet[str] = frozenset(),
) -> dict[EvseKey, Allotment]:
    """Return what every EVSE may draw, and why; `reserved` as in `station_shares`.

    `sum_held` names stations that hold the sum of their EVSEs by a limit of their own.
    """
    shares = station_shares(site, demands, reserved)
    by_station: dict[str, list[Demand]] = {}
    for demand in demands:
        by_station.setdefault(demand.key.identity, []).append(demand)
    return {
        allotment.key: allotment
        for identity, leaves in by_station.items()
        for allotment in _within_station(
            shares[identity], leaves, sum_held=identity in sum_held
        )
    }


def _within_station(
    share: Share, leaves: Sequence[Demand], *, sum_held: bool
) -> Iterable[Allotment]:
    """Divide a station's share: evenly, or to who came first where an even part is too little for anyone."""
    even_a = floor_tenths(share.current_a / len(leaves))
    if len(leaves) == 1 or even_a >= max(leaf.minimum_a for leaf in leaves):
        return [_leaf(leaf, even_a, share) for leaf in leaves]
    if share.current_a < min(leaf.minimum_a for leaf in leaves):
        return [_leaf(leaf, share.current_a, share) for leaf in leaves]
    if sum_held and all(leaf.plugged_in_at is None for leaf in leaves):
        # Whoever comes first may begin at once.
        return [_leaf(leaf, share.current_a, share) for leaf in leaves]
    first = min(
        leaves, key=lambda leaf: (leaf.paused, leaf.plugged_in_at or _LAST, leaf.key)
    )
    return [
        _leaf(leaf, share.current_a, share)
        if leaf is first
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
