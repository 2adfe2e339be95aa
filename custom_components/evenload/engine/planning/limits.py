"""What the circuits leave for the vehicles: each limit as a sum over their powers, in each quarter of a plan."""

from cmath import exp, phase as angle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, inf, pi, radians

from ..model.configuration import Strategy
from ..model.loads import Load
from ..model.tree import ROOT, Node, Tree
from .abilities import Ability
from .expected import Expected
from .problem import Problem

_LINES = ("L1", "L2", "L3", "watts")
_WATTS = 3

# Currents that are not in step are bounded by a polygon inside the circle; its corners are so far apart.
_CORNERS = radians(5.0)

_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Bound:
    """One limit: the sum of each vehicle's kW times its weight is at most `room` in a quarter, and at least minus `back`.

    `words` say what it is, for whoever reads the model.
    """

    words: str
    weights: Mapping[int, float]
    room: tuple[float, ...]
    back: tuple[float, ...]


def bounds(
    problem: Problem, vehicles: Sequence[Ability], ahead: Expected
) -> list[Bound]:
    """Return the limits of all circuits that could bind."""
    found = []
    for node in problem.tree.nodes.values():
        below = [
            (vehicle, load)
            for vehicle in vehicles
            if (load := _load_at(problem.tree, node, vehicle)) is not None
        ]
        if not below:
            continue
        for line, room in _rooms(problem.tree, node).items():
            phasors = {
                vehicle.index: _per_kw(load, line)
                for vehicle, load in below
                if abs(_per_kw(load, line)) > _NOTHING
            }
            rooms, back = _left(problem, ahead, node, line, room, phasors.values())
            words = f"{node.name or 'main fuse'} on {_LINES[line]}"
            found += [
                Bound(words, weights, rooms, back)
                for weights in _polygon(phasors, rooms)
                if _could_bind(weights, vehicles, rooms, back)
            ]
        if node.exclusive and len(below) > 1:
            found.append(_one_at_a_time(node, [vehicle for vehicle, _ in below]))
    return found


def _left(
    problem: Problem,
    ahead: Expected,
    node: Node,
    line: int,
    room: float,
    phasors: Iterable[complex],
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what house and sun leave of a limit, inwards and outwards, in each quarter.

    What is not in step with them makes no room for each other, and what vehicles may stop giving at any moment makes none.
    """
    per_kw = _beside(problem, node, line)
    most = inf if all(abs(one.imag) < _NOTHING for one in phasors) else room
    beside = [
        per_kw * (ahead.house_kw[q] + ahead.taken_kw(q) - ahead.sun_kw[q])
        for q in ahead.quarters
    ]
    return (
        tuple(min(most, max(0.0, room - base)) for base in beside),
        tuple(min(most, max(0.0, room + base)) for base in beside),
    )


def _load_at(tree: Tree, node: Node, vehicle: Ability) -> Load | None:
    """Return what an ampere of a vehicle is at a node above it; None where it is not above."""
    load = vehicle.wish.load
    if vehicle.wish.node not in tree.nodes:
        return load if node.parent is None else None
    for above in tree.path(vehicle.wish.node):
        if above.id == node.id:
            return load
        if above.transformer is not None:
            load = above.transformer.above(load)
    return None


def _rooms(tree: Tree, node: Node) -> dict[int, float]:
    """Return the limit on each line, or its share of a node above that shares statically, if that is less."""
    room = node.room
    found: dict[int, float] = {}
    if room.current is not None:
        found = dict(enumerate(room.current))
    if room.power_w is not None:
        found[_WATTS] = room.power_w / 1000
    if node.parent is not None and _strategy(tree, node.parent) is Strategy.STATIC:
        children = sum(one.parent == node.parent for one in tree.nodes.values())
        members = max(tree.nodes[node.parent].members or children, 1)
        for line, above in _rooms(tree, tree.nodes[node.parent]).items():
            found[line] = min(found.get(line, above), above / members)
    return found


def _strategy(tree: Tree, node_id: str) -> Strategy | None:
    return next((one.strategy for one in tree.path(node_id) if one.strategy), None)


def _beside(problem: Problem, node: Node, line: int) -> float:
    """Return what a kW of house or sun comes to on a line of a node."""
    if node.id != ROOT and node.parent is not None:
        return 0.0
    if line == _WATTS:
        return 1.0
    there = [on > 0 for on in node.room.current or ()]
    if not any(there) or not there[line]:
        return 0.0
    return 1000 / _volts(problem) / sum(there)


def _volts(problem: Problem) -> float:
    """Return the voltage between a line and neutral, as the loads of the vehicles have it."""
    for wish in problem.wishes:
        if wish.load.watts and (on := sum(map(abs, wish.load.on))):
            return wish.load.watts / on
    return 230.0


def _per_kw(load: Load, line: int) -> complex:
    if line == _WATTS:
        return 1.0
    return 1000 * load.on[line] / load.watts if load.watts else 0.0


def _polygon(
    phasors: Mapping[int, complex], rooms: Sequence[float]
) -> Iterator[dict[int, float]]:
    """Yield the sums of which each must fit for the phasors to fit: one, where all are in step."""
    if not phasors or not rooms:
        return
    angles = [angle(one) for one in phasors.values()]
    first = angles[0]
    # Measured from the first, so that what lies around the half circle is one stretch.
    turns = [(one - first + pi) % (2 * pi) - pi for one in angles]
    lowest, highest = min(turns), max(turns)
    if highest - lowest < _NOTHING:
        yield {index: abs(one) for index, one in phasors.items()}
        return
    if highest - lowest >= pi:
        # They may add up to any direction.
        lowest, highest = -pi, pi
    steps = max(1, round((highest - lowest) / _CORNERS))
    step = (highest - lowest) / steps
    for place in range(steps):
        towards = exp(-1j * (first + lowest + (place + 0.5) * step))
        yield {
            index: (one * towards).real / cos(step / 2)
            for index, one in phasors.items()
        }


def _could_bind(
    weights: Mapping[int, float],
    vehicles: Sequence[Ability],
    rooms: Sequence[float],
    back: Sequence[float],
) -> bool:
    most = sum(
        max(0.0, weight) * max(vehicles[index].most_kw, default=0.0)
        + max(0.0, -weight) * vehicles[index].out_kw
        for index, weight in weights.items()
    )
    least = sum(
        max(0.0, weight) * vehicles[index].out_kw
        + max(0.0, -weight) * max(vehicles[index].most_kw, default=0.0)
        for index, weight in weights.items()
    )
    return most > min(rooms) or least > min(back)


def _one_at_a_time(node: Node, below: Sequence[Ability]) -> Bound:
    """Return the limit of a station that charges one vehicle at a time: they share the quarter."""
    weights = {
        vehicle.index: 1000 / vehicle.wish.most_w
        for vehicle in below
        if vehicle.wish.most_w > 0
    }
    quarters = len(below[0].hours)
    one = (1.0,) * quarters
    return Bound(f"{node.name} one at a time", weights, one, one)
