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
        """Make the lines of every node that has a limit."""
        self.strategies: dict[str, Strategy] = {}
        self._own: dict[str, tuple[Line, ...]] = {}
        # With what lies between a load and them.
        self._above: dict[str, tuple[_Stretch, ...]] = {}
        # Stations of one group have the same lines above them, and mostly the same load.
        self._alike = {
            node.id: node.id if node.transformer else node.parent
            for node in tree.nodes.values()
        }
        self._through: dict[tuple[str | None, Load], Lines] = {}
        children: dict[str | None, int] = {}
        for node in tree.nodes.values():
            children[node.parent] = children.get(node.parent, 0) + 1
        for node in tree.nodes.values():
            self._lay(node, tree, children)

    def _lay(self, node: Node, tree: Tree, children: dict[str | None, int]) -> None:
        lines = _lines_of(node)
        above: tuple[_Stretch, ...] = ()
        strategy = node.strategy
        if node.parent is not None:
            above = (((), self._own[node.parent]), *self._above[node.parent])
            if node.transformer is not None:
                above = tuple(((node.transformer, *on), lines) for on, lines in above)
                for _, lines_before in above:
                    for line in lines_before:
                        line.winding = True
            inherited = self.strategies[node.parent]
            strategy = inherited if strategy is None else strategy
            if inherited is Strategy.STATIC:
                parent = tree.nodes[node.parent]
                members = max(parent.members or children[parent.id], 1)
                # A static share is a limit: what the member has, or what its part of the node above is.
                for line in self._own[parent.id]:
                    share = line.room / members
                    own = lines.get(line.index)
                    if own is None or share < own.room:
                        lines[line.index] = Line(
                            line.index, share, line.node, line.reason
                        )
        self.strategies[node.id] = strategy or Strategy.EQUAL_SERVE
        self._own[node.id] = tuple(lines.values())
        self._above[node.id] = above

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
        return _flowing(self._own[node_id], load)

    def above(self, node_id: str, load: Load) -> Lines:
        """Return the lines of all nodes above one that a load flows through."""
        place = (self._alike[node_id], load)
        if (known := self._through.get(place)) is None:
            known = self._through[place] = tuple(
                pair
                for transformers, lines in self._above[node_id]
                for pair in _flowing(lines, _before(transformers, load))
            )
        return known


def _lines_of(node: Node) -> dict[int, Line]:
    room = node.room
    lines: dict[int, Line] = {}
    if room.current is not None:
        for index, (limit_a, reason) in enumerate(
            zip(room.current, room.reasons, strict=True)
        ):
            lines[index] = Line(index, limit_a, node.name, reason)
    if room.power_w is not None:
        lines[_WATTS] = Line(_WATTS, room.power_w, node.name, room.power_reason)
    return lines


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
