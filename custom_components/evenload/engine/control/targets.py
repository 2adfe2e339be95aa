"""What every station should hold: the allotments of the strategies, as fallbacks and leases."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from ..balancing.allotting import allot
from ..model.allotments import Allotment, Demand, Reason, Share
from ..model.configuration import SiteConfig
from ..model.identity import EvseKey
from ..model.limits import MINIMUM_CURRENT_A
from ..model.orders import WHOLE_STATION
from ..model.tree import Tree
from .lasting import Lasting

_NO_CIRCUITS = Tree()

# Why somebody is paused whose owner has not said so in as many words.
HELD_BACK = frozenset(
    {
        Reason.V2G_IDLE,
        Reason.METER_LOST,
        Reason.PLANNED,
        Reason.WAITING_FOR_SUN,
        Reason.PRICE_TOO_HIGH,
        Reason.GOAL_REACHED,
        Reason.CHARGING_OFF,
        Reason.UPSTREAM,
    }
)


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
    # What a station's own limit lets through at most, in amperes per phase, where that is more than its share.
    ceilings: Mapping[str, float] = field(default_factory=dict)
    # The circuits as they are now, and as they are when nobody measures.
    tree: Tree = _NO_CIRCUITS
    lasting_tree: Tree = _NO_CIRCUITS
    # Stations that are told nothing, and those that are not given more for now: a meter above them is stale.
    silent: frozenset[str] = frozenset()
    frozen: frozenset[str] = frozenset()
    # Stations whose share nobody else is given, whether they use it or not.
    reserved: frozenset[str] = frozenset()

    def minimum_a(self, key: EvseKey) -> float:
        """Return the least that an EVSE (0: any of the station's) charges with, in amperes per phase."""
        if key.evse != WHOLE_STATION:
            return self.minimums.get(key, MINIMUM_CURRENT_A)
        return min(self._minimums_of(key.identity), default=MINIMUM_CURRENT_A)

    def _minimums_of(self, identity: str) -> Iterator[float]:
        """Give the minimums of a station's EVSEs, which are numbered from 1 without a gap."""
        for number in count(1):
            least_a = self.minimums.get(EvseKey(identity, number))
            if least_a is None:
                return
            yield least_a

    def ceiling_a(self, identity: str) -> float:
        """Return what a station's own limit is to let through, in amperes per phase."""
        return self.ceilings.get(identity, self.shares[identity].current_a)


@dataclass(frozen=True, slots=True)
class Present:
    """What everybody may draw now, by station and by EVSE."""

    shares: Mapping[str, Share]
    allotments: Mapping[EvseKey, Allotment]


def present_of(
    site: SiteConfig,
    tree: Tree,
    lasting: Lasting,
    demands: Sequence[Demand],
    fixed: Mapping[str, float],
    now: datetime,
    deaf: AbstractSet[str] = frozenset(),
) -> Present:
    """Return what everybody may draw now; `fixed` is what stations may draw that cannot be told otherwise.

    Those are shown what would be theirs if they could. Of them the `deaf` may hear all the same, though they do not answer:
    they are told what is theirs beside those that do not.
    """
    turn_s = {group.id: group.turn_s for group in site.groups.values()}
    turn_s[""] = site.turn_s
    allotments = allot(
        tree, _demands_beside(site, demands, fixed), now, turn_s_of=turn_s
    )
    if fixed:
        free = allot(tree, demands, now, turn_s_of=turn_s)
        told = {key: free[key] for key in free if key.identity in fixed}
        for_good = {one: a for one, a in fixed.items() if one not in deaf}
        if for_good and len(for_good) < len(fixed):
            beside = _demands_beside(site, demands, for_good)
            heard = allot(tree, beside, now, turn_s_of=turn_s)
            told |= {
                key: _beside(heard[key], free[key])
                for key in told
                if key.identity not in for_good
            }
        allotments = {
            demand.key: told[demand.key]
            if demand.key in told
            else _beside(allotments[demand.key], free[demand.key])
            for demand in demands
        }
    allotments = {
        demand.key: _worded(demand, allotments[demand.key], tree) for demand in demands
    }
    by_station: dict[str, list[Allotment]] = {}
    for key, allotment in allotments.items():
        by_station.setdefault(key.identity, []).append(allotment)
    shares = {
        identity: _together(site, identity, by_station.get(identity, ()), lasting)
        for identity in site.stations
    }
    return Present(shares, allotments)


def _demands_beside(
    site: SiteConfig, demands: Sequence[Demand], fixed: Mapping[str, float]
) -> list[Demand]:
    """Return the demands of all others, and what is fixed."""
    return [demand for demand in demands if demand.key.identity not in fixed] + [
        Demand(
            EvseKey(identity, WHOLE_STATION),
            held_a,
            load=site.load_of(identity),
            fixed_a=held_a,
        )
        for identity, held_a in fixed.items()
    ]


def _beside(got: Allotment, free: Allotment) -> Allotment:
    """Return what somebody gets beside those that cannot be told, and that they are why it is less."""
    if got.current.a < free.current.a:
        return replace(got, reason=Reason.WAITING_FOR_OTHERS)
    return got


def _worded(demand: Demand, allotment: Allotment, tree: Tree) -> Allotment:
    """Return an allotment in words that fit: a vehicle that is done is still plugged in, and a cap has a name."""
    match allotment.reason:
        case Reason.NOT_PLUGGED_IN if demand.plugged_in_at is not None:
            reason = Reason.VEHICLE_TAKES_NO_MORE
        case Reason.NOT_ENOUGH:
            reason = _why_not_enough(allotment, tree)
        case Reason.PAUSED if demand.most in HELD_BACK:
            return replace(allotment, reason=demand.most, turn_at=demand.until)
        case _:
            return allotment
    return replace(allotment, reason=reason)


def _why_not_enough(allotment: Allotment, tree: Tree) -> Reason:
    """Return what leaves too little, where that is nobody's circuit: a cap from outside, or a lost meter."""
    for node in tree.nodes.values():
        if node.name != allotment.node:
            continue
        reasons = {node.room.power_reason, *node.room.reasons}
        for reason in (Reason.GRID_OPERATOR, Reason.UPSTREAM, Reason.METER_LOST):
            if reason in reasons:
                return reason
    return Reason.NOT_ENOUGH


def _together(
    site: SiteConfig,
    identity: str,
    allotments: Iterable[Allotment],
    lasting: Lasting,
) -> Share:
    """Return what a station may draw in all."""
    found = list(allotments)
    if not found:
        return lasting.shares[identity]
    currents_a = [allotment.current.a for allotment in found]
    simultaneous = site.stations[identity].simultaneous
    in_all_a = sum(currents_a) if simultaneous else max(currents_a)
    in_all_a = min(in_all_a, site.stations[identity].maximum.a)
    most = max(found, key=lambda allotment: allotment.current.a)
    return Share(in_all_a, most.reason, most.node, most.phase)


def differing(before: Targets, after: Targets) -> set[str]:
    """Return the stations that are to hold something else than before."""
    found: set[str] = set()
    for old, new in (
        (before.shares, after.shares),
        (before.present, after.present),
        (before.ceilings, after.ceilings),
    ):
        found |= _changed(old, new)
    for of_old, of_new in (
        (before.fallbacks, after.fallbacks),
        (before.allotments, after.allotments),
        (before.minimums, after.minimums),
        (before.use_phases, after.use_phases),
    ):
        found |= {key.identity for key in _changed(of_old, of_new)}
    return found | (before.silent ^ after.silent) | (before.frozen ^ after.frozen)


def _changed[Key](
    before: Mapping[Key, object], after: Mapping[Key, object]
) -> set[Key]:
    return {
        key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
    }
