"""What every station holds for good: its fallback, which is right whoever comes and with nobody there to change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..balancing.allotting import allot
from ..balancing.leaves import within_station
from ..model.allotments import Allotment, Demand, Share
from ..model.configuration import SiteConfig, Strategy
from ..model.identity import EvseKey
from ..model.orders import WHOLE_STATION
from ..model.stations import Station
from ..model.tree import Tree
from .demands import lasting_demand

# It is the same at any time.
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lasting:
    """What every station and EVSE should hold for good."""

    shares: Mapping[str, Share]
    fallbacks: Mapping[EvseKey, Allotment]
    ceilings: Mapping[str, float]
    minimums: Mapping[EvseKey, float]
    tree: Tree


class Fallbacks:
    """Works out what stations hold for good, again only when something of that has changed."""

    def __init__(self) -> None:
        """Begin with nothing worked out."""
        self._of: tuple[SiteConfig, Tree, tuple[Demand, ...], frozenset[str]] | None
        self._of = None
        self._known: Lasting | None = None

    def of(
        self, site: SiteConfig, tree: Tree, stations: Mapping[str, Station]
    ) -> Lasting:
        """Return what everybody should hold for good; `tree` has the rooms that hold when nobody measures."""
        demands = tuple(
            lasting_demand(site, stations[identity], evse)
            for identity in site.stations
            for evse in stations[identity].evses.values()
        )
        # Who holds the sum of its EVSEs by a limit of its own.
        sum_held = frozenset(
            identity
            for identity in site.stations
            if stations[identity].capabilities.station_limit
        )
        of = (site, tree, demands, sum_held)
        if self._known is None or self._of != of:
            self._of, self._known = of, lasting_of(site, tree, demands, sum_held)
        return self._known


def lasting_of(
    site: SiteConfig,
    tree: Tree,
    demands: Sequence[Demand],
    sum_held: frozenset[str],
) -> Lasting:
    """Return what everybody should hold for good.

    The same for all, car or no car: under every strategy but `static`, which has its own rule, as much as the circuits
    leave, and where the least of all is too much, the least for as many as it fits.
    """
    evenly = _evenly(tree)
    by_station: dict[str, list[Demand]] = {identity: [] for identity in site.stations}
    for demand in demands:
        by_station[demand.key.identity].append(demand)
    heads = [_head(site, identity, leaves) for identity, leaves in by_station.items()]
    shares = {
        key.identity: Share(got.current.a, got.reason, got.node, got.phase)
        for key, got in _shared(evenly, heads).items()
    }
    ceilings = {
        identity: max(shares[identity].current_a, _ceiling_a(site, identity))
        for identity in by_station
    }
    fallbacks = {
        allotment.key: allotment
        for identity, leaves in by_station.items()
        for allotment in within_station(
            site.stations[identity],
            shares[identity],
            leaves,
            sum_held=identity in sum_held
            and ceilings[identity] <= shares[identity].current_a,
        )
    }
    minimums = {demand.key: demand.minimum_a for demand in demands}
    return Lasting(shares, fallbacks, ceilings, minimums, tree)


def _head(site: SiteConfig, identity: str, leaves: Sequence[Demand]) -> Demand:
    """Return a station as one that wants all that it can; one that does not pause comes before those that do."""
    station = site.stations[identity]
    least_a = min(leaf.minimum_a for leaf in leaves)
    keeps = any(leaf.keeps for leaf in leaves)
    if keeps and station.simultaneous:
        least_a = sum(leaf.minimum_a for leaf in leaves)
    return Demand(
        EvseKey(identity, WHOLE_STATION),
        maximum_a=station.maximum.a,
        minimum_a=least_a,
        load=site.load_of(identity),
        keeps=keeps,
        is_served=keeps,
        since=_ANY_TIME if keeps else None,
    )


def _shared(tree: Tree, heads: Sequence[Demand]) -> dict[EvseKey, Allotment]:
    """Return what every station gets for good.

    One that does not pause draws its least even where there is too little for it: the others are given no more than what
    that leaves.
    """
    shared = allot(tree, heads, _ANY_TIME)
    beyond = [head for head in heads if head.keeps and not shared[head.key].current.a]
    if not beyond:
        return shared
    beside = [
        replace(head, fixed_a=head.minimum_a) if head in beyond else head
        for head in heads
    ]
    return allot(tree, beside, _ANY_TIME) | {
        head.key: shared[head.key] for head in beyond
    }


def _evenly(tree: Tree) -> Tree:
    """Return circuits in which nobody comes first."""
    return Tree(
        {
            node.id: node
            if node.strategy in {None, Strategy.STATIC}
            else replace(node, strategy=Strategy.EQUAL_SERVE)
            for node in tree.nodes.values()
        }
    )


def _ceiling_a(site: SiteConfig, identity: str) -> float:
    """Return the most that a station could ever be given: more than its share is for leases, which expire."""
    group = site.group_of(identity)
    strategy = site.strategy if group is None else group.strategy
    if strategy is Strategy.STATIC:
        return 0.0
    return site.stations[identity].maximum.a
