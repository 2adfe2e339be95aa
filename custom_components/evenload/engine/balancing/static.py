"""The strategy `static`: every member gets the same share, car or no car (design.md, "Sharing")."""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from datetime import UTC, datetime

from ..model.allotments import Allotment, Demand, Reason, Share
from ..model.configuration import GroupConfig, SiteConfig
from ..model.identity import EvseKey
from ..model.limits import MINIMUM_CURRENT_A, Current, Power, floor_tenths
from ..model.phases import PhaseCurrents
from .filling import fill
from .leaves import within_station

_LAST = datetime.max.replace(tzinfo=UTC)


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
    least_a = _least_a(demands)
    shares = _shares_beside(site, fixed, waiting)
    for identity in _last_come_first(site, demands):
        if all(
            shares[name].current_a >= least_a.get(name, MINIMUM_CURRENT_A)
            for name in shares.keys() - fixed.keys() - waiting
        ):
            break
        if identity not in fixed:
            waiting.add(identity)
            shares = _shares_beside(site, fixed, waiting)
    return {**shares, **{identity: natural[identity] for identity in fixed}}


def _least_a(demands: Sequence[Demand]) -> dict[str, float]:
    """Return what each station needs for any of its EVSEs to charge."""
    least_a: dict[str, float] = {}
    for demand in demands:
        known_a = least_a.get(demand.key.identity, demand.minimum_a)
        least_a[demand.key.identity] = min(known_a, demand.minimum_a)
    return least_a


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
        for allotment in within_station(
            site.stations[identity],
            shares[identity],
            leaves,
            sum_held=identity in sum_held,
        )
    }
