"""How much a station could be given without any node above it exceeding its limit (promise 1)."""

from collections.abc import Mapping
from math import inf, sqrt

from ..model.configuration import SiteConfig
from ..model.loads import Load
from ..model.phases import ALL_PHASES
from ..model.tree import Node, Tree, station_node

type _Lines = list[complex]


class Sums:
    """What all stations of a site may be drawing, summed up for every node as phasors and in watts.

    `committed` is what each station may be drawing, in amperes of its own.
    """

    def __init__(
        self, tree: Tree, site: SiteConfig, committed: Mapping[str, float]
    ) -> None:
        """Sum up."""
        self._paths = {
            identity: _path(tree, identity, site.load_of(identity))
            for identity in committed
            if identity in site.stations
        }
        self.committed: dict[str, float] = {}
        self._lines: dict[str, _Lines] = {}
        self._watts: dict[str, float] = {}
        for identity in self._paths:
            self.put(identity, committed[identity])

    def put(self, identity: str, committed_a: float) -> None:
        """Count a station at another current than before."""
        more_a = committed_a - self.committed.get(identity, 0.0)
        self.committed[identity] = committed_a
        for node, load in self._paths[identity]:
            lines = self._lines.setdefault(node.id, [0j, 0j, 0j])
            for index, on in enumerate(load.on):
                lines[index] += on * more_a
            self._watts[node.id] = self._watts.get(node.id, 0.0) + load.watts * more_a

    def room_a(self, identity: str) -> float:
        """Return what a station may be given, in its own amperes, while the others draw all that they may."""
        own_a = self.committed[identity]
        return max(
            0.0,
            min(
                self._room_at(node, load, own_a) for node, load in self._paths[identity]
            ),
        )

    def _room_at(self, node: Node, load: Load, own_a: float) -> float:
        room, most_a = node.room, inf
        if room.power_w is not None:
            others_w = self._watts[node.id] - load.watts * own_a
            most_a = (room.power_w - others_w) / load.watts
        if room.current is None:
            return most_a
        lines = self._lines[node.id]
        for index, on in enumerate(load.on):
            if on:
                limit_a = room.current[ALL_PHASES[index]]
                most_a = min(most_a, _most_a(lines[index] - on * own_a, on, limit_a))
        return most_a


def headroom_a(
    tree: Tree, site: SiteConfig, identity: str, committed: Mapping[str, float]
) -> float:
    """Return what one station may be given, in its own amperes, while the others draw all that they may."""
    return Sums(tree, site, committed).room_a(identity)


def _path(tree: Tree, identity: str, load: Load) -> tuple[tuple[Node, Load], ...]:
    """Return the nodes that a station is behind, with what its ampere comes to there.

    Its own maximum is no business of the others.
    """
    found: list[tuple[Node, Load]] = []
    for node in tree.path(station_node(identity))[1:]:
        found.append((node, load))
        if node.transformer is not None:
            load = node.transformer.above(load)
    return tuple(found)


def _most_a(others: complex, own: complex, limit_a: float) -> float:
    """Return the greatest x for which |others + x · own| is no more than a limit; below 0 where the others exceed it."""
    if not others.imag and not own.imag:
        return (limit_a - others.real) / own.real
    # |own|² x² + 2 Re(others · own*) x + |others|² - limit² = 0
    square = abs(own) ** 2
    half = (others * own.conjugate()).real
    rest = abs(others) ** 2 - limit_a * limit_a
    if limit_a < 0 or rest > 0:
        return limit_a - abs(others)
    return (sqrt(half * half - square * rest) - half) / square
