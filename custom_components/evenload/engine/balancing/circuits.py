"""The lines that allotments must fit on: what each has room for, and what flows there while they are made."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, sqrt

from ..model.allotments import Reason
from ..model.configuration import Strategy
from ..model.loads import DeltaWye, Load
from ..model.phases import ALL_PHASES, Phase
from ..model.tree import Node, Tree

# What binary rounding may add up to on a line, in amperes or watts.
TOLERANCE = 1e-6

# What phasors that cancel each other leave.
_NOTHING = 1e-9

# In watts, where a line is not one of the three.
_WATTS = 3


@dataclass(slots=True, eq=False)
class Line:
    """One line of a node, in amperes, or all of them in watts; `phase` is then None.

    While allotments rise, what flows is `flow + level * rate`; `rising` counts those that do.
    """

    index: int
    room: float
    node: str
    reason: Reason
    flow: complex = 0.0
    rate: complex = 0.0
    rising: int = 0
    # What flows there whatever is decided.
    fixed: complex = 0.0
    # Before a transformer loads may be 120 degrees apart: what one takes may make room for another one.
    winding: bool = False

    @property
    def phase(self) -> Phase | None:
        """The line of the grid."""
        return None if self.index == _WATTS else ALL_PHASES[self.index]


# The lines that an EVSE flows through, with what an ampere of it is there. Real numbers are kept real: that is faster.
type Lines = tuple[tuple[Line, complex], ...]

# What a line has room for, whose it is, and why.
type _Limit = tuple[float, str, Reason]

# Lines of one node, and the transformers between it and a load.
type _Stretch = tuple[tuple[DeltaWye, ...], tuple[Line, ...]]


def full_at(flow: complex, rate: complex, room: float) -> float:
    """Return the greatest t up to which |flow + t * rate| fits, or -inf where nothing does; `rate` is not 0.

    All phasors on a line are at most 60 degrees apart, so the sum grows with each; on a winding it may shrink first.
    """
    if room < 0:
        return -inf
    if isinstance(flow, float) and isinstance(rate, float):
        return (room - flow) / rate
    along = flow.real * rate.real + flow.imag * rate.imag
    square = rate.real * rate.real + rate.imag * rate.imag
    beside = flow.real * flow.real + flow.imag * flow.imag - room * room
    root = along * along - square * beside
    if root < 0 or (along < 0 and beside > TOLERANCE * (room + TOLERANCE)):
        return -inf
    return (sqrt(root) - along) / square


def first_full(lines: Lines) -> tuple[float, Line | None]:
    """Return how much more one EVSE could draw, in amperes, and the line that stops it."""
    most, by = inf, None
    for line, ampere in lines:
        left = full_at(line.flow, ampere, line.room)
        if left < most:
            most, by = left, line
    return most, by


def blocking(lines: Lines, current_a: float) -> Line | None:
    """Return the first line on which this current does not fit."""
    for line, ampere in lines:
        if abs(line.flow + current_a * ampere) > line.room + TOLERANCE:
            return line
    return None


def add(lines: Lines, current_a: float) -> None:
    """Let so much more flow; negative gives back."""
    for line, ampere in lines:
        line.flow += current_a * ampere


class Circuits:
    """All lines of a tree, with what `static` nodes let each of their members have."""

    def __init__(self, tree: Tree) -> None:
        """Find out what is above each node; its own lines are made when they are asked for."""
        self.strategies: dict[str, Strategy] = {}
        self._tree = tree
        self._own: dict[str, tuple[Line, ...]] = {}
        # With what lies between a load and them.
        self._above: dict[str, tuple[_Stretch, ...]] = {}
        self._through: dict[tuple[str | None, Load], Lines] = {}
        self._children: dict[str | None, int] = {}
        for node in tree.nodes.values():
            self._children[node.parent] = self._children.get(node.parent, 0) + 1
            inherited = Strategy.EQUAL_SERVE
            if node.parent is not None:
                inherited = self.strategies[node.parent]
            self.strategies[node.id] = node.strategy or inherited

    def _lines(self, node_id: str) -> tuple[Line, ...]:
        """Return the lines of a node, where it has limits."""
        if (known := self._own.get(node_id)) is None:
            node = self._tree.nodes[node_id]
            known = self._own[node_id] = tuple(
                Line(index, room, name, reason)
                for index, (room, name, reason) in self._limits(node).items()
            )
        return known

    def _limits(self, node: Node) -> dict[int, _Limit]:
        """Return the limit on each line: the node's own, or its share of a static node above if that is less."""
        limits = _limits_of(node)
        if node.parent is not None and (
            self.strategies[node.parent] is Strategy.STATIC
        ):
            parent = self._tree.nodes[node.parent]
            members = max(parent.members or self._children[parent.id], 1)
            for line in self._lines(parent.id):
                share = line.room / members
                own = limits.get(line.index)
                if own is None or share < own[0]:
                    limits[line.index] = (share, line.node, line.reason)
        return limits

    def _stretches(self, node: Node) -> tuple[_Stretch, ...]:
        """Return the lines above a node, the nearest first, and what lies between."""
        if node.parent is None:
            return ()
        if node.transformer is None and (known := self._above.get(node.parent)):
            return known
        parent = self._tree.nodes[node.parent]
        found = (((), self._lines(parent.id)), *self._stretches(parent))
        if node.transformer is None:
            self._above[parent.id] = found
            return found
        for _, lines in found:
            for line in lines:
                line.winding = True
        return tuple(((node.transformer, *on), lines) for on, lines in found)

    def narrowest(
        self, node_id: str, load: Load, current_a: float
    ) -> tuple[float, Line | None]:
        """Return what one load may be at most where it is alone, if that is less than its current, and the line."""
        most_a, by = current_a, None
        for index, limit in self._limits(self._tree.nodes[node_id]).items():
            ampere = load.watts if index == _WATTS else abs(load.on[index])
            if ampere > _NOTHING and limit[0] / ampere < most_a:
                most_a, by = limit[0] / ampere, (index, *limit)
        return most_a, None if by is None else Line(*by)

    def fix(self) -> None:
        """Remember what flows now as what flows whatever is decided."""
        for lines in self._own.values():
            for line in lines:
                line.fixed = line.flow

    def windings(self) -> list[Line]:
        """Return the lines before transformers."""
        return [line for lines in self._own.values() for line in lines if line.winding]

    def of(self, node_id: str, load: Load) -> Lines:
        """Return the lines of one node that a load flows through."""
        return _flowing(self._lines(node_id), load)

    def above(self, node_id: str, load: Load) -> Lines:
        """Return the lines of all nodes above one that a load flows through."""
        node = self._tree.nodes[node_id]
        # Stations of one group have the same lines above them, and mostly the same load.
        place = (node.parent if node.transformer is None else node_id, load)
        if (known := self._through.get(place)) is None:
            known = self._through[place] = tuple(
                pair
                for transformers, lines in self._stretches(node)
                for pair in _flowing(lines, _before(transformers, load))
            )
        return known


def _limits_of(node: Node) -> dict[int, _Limit]:
    room, name = node.room, node.name
    limits: dict[int, _Limit] = {}
    if room.current is not None:
        one, two, three = room.reasons
        limits[0] = (room.current.l1, name, one)
        limits[1] = (room.current.l2, name, two)
        limits[2] = (room.current.l3, name, three)
    if room.power_w is not None:
        limits[_WATTS] = (room.power_w, name, room.power_reason)
    return limits


def _before(transformers: tuple[DeltaWye, ...], load: Load) -> Load:
    for transformer in transformers:
        load = transformer.above(load)
    return load


def _flowing(lines: Iterable[Line], load: Load) -> Lines:
    amperes = [on.real if on.imag == 0 else on for on in load.on]
    through = (*amperes, load.watts)
    return tuple(
        (line, through[line.index])
        for line in lines
        if abs(through[line.index]) > _NOTHING
    )
