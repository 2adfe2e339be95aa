"""Random sites for the tests of sharing, and arithmetic of their own to check what comes out."""

from cmath import pi, rect
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import strategies as st

from custom_components.evenload.engine.model.allotments import Allotment, Demand
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import (
    DeltaWye,
    Load,
    between_lines,
    to_neutral,
)
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
WYE = [to_neutral(ALL_PHASES, 230.0), *(to_neutral((p,), 230.0) for p in ALL_PHASES)]
DELTA = [between_lines(a, b, 120.0) for a, b in permutations(ALL_PHASES, 2)]
# A house may take more than there is.
AMPERES = st.integers(-100, 1200).map(lambda tenths: tenths / 10)


def node(
    name: str,
    parent: str | None,
    limit_a: float | PhaseCurrents | None = None,
    strategy: Strategy | None = None,
    *,
    power_w: float | None = None,
    exclusive: bool = False,
    members: int = 0,
) -> Node:
    """Return a node; its limit is for all lines."""
    current = (
        PhaseCurrents.even(limit_a) if isinstance(limit_a, float | int) else limit_a
    )
    kind = NodeKind.SITE if parent is None else NodeKind.GROUP
    if name.startswith("station/"):
        kind = NodeKind.STATION
    room = Room(current, power_w)
    return Node(
        name,
        name,
        kind,
        parent,
        room,
        strategy,
        exclusive,
        members=members,
    )


def tree_of(*nodes: Node) -> Tree:
    """Return the tree of these nodes, parents first."""
    return Tree({found.id: found for found in nodes})


def simple(limit_a: float | PhaseCurrents, strategy: Strategy, names: str) -> Tree:
    """Return a site whose only limit is that of the fuse, with stations of one letter."""
    return tree_of(
        node(ROOT, None, limit_a, strategy, members=len(names)),
        *(node(station_node(name), ROOT) for name in names),
    )


def demand(name: str, evse: int = 1, **changes: object) -> Demand:
    """Return the demand of an EVSE whose vehicle takes all there is."""
    fields = {"maximum_a": 32.0, "plugged_in_at": NOON, **changes}
    return Demand(EvseKey(name, evse), **fields)  # type: ignore[arg-type]  # a table's fields


def amperes(allotments: Mapping[EvseKey, Allotment]) -> dict[str, float]:
    """Return what each station's EVSE may draw."""
    return {key.identity: found.current.a for key, found in allotments.items()}


def flows(
    tree: Tree, demands: Sequence[Demand], given: Mapping[EvseKey, Allotment]
) -> dict[str, tuple[list[complex], float]]:
    """Return the phasors on the lines of every node, and the watts, as they add up.

    Of a station that charges one vehicle at a time the greatest counts, on every line.
    """
    total: dict[str, tuple[list[complex], float]] = {
        name: ([0j, 0j, 0j], 0.0) for name in tree.nodes
    }
    stations: dict[str, list[tuple[list[complex], float]]] = {}
    for wanted in demands:
        found = given[wanted.key]
        load = wanted.single if found.single and wanted.single else wanted.load
        on = [found.current.a * each for each in load.on]
        watts = found.current.a * load.watts
        stations.setdefault(station_node(wanted.key.identity), []).append((on, watts))
    for station, parts in stations.items():
        if tree.nodes[station].exclusive:
            on = [max((part[0][i] for part in parts), key=abs) for i in range(3)]
            watts = max(part[1] for part in parts)
        else:
            on = [sum(part[0][i] for part in parts) for i in range(3)]
            watts = sum(part[1] for part in parts)
        for above in tree.path(station):
            lines, known_w = total[above.id]
            total[above.id] = (
                [a + b for a, b in zip(lines, on, strict=True)],
                known_w + watts,
            )
            if (transformer := above.transformer) is not None:
                # Each line before it feeds two windings, whose currents are a third of a turn apart.
                on = [
                    (on[k] - on[k - 1] * rect(1, 2 * pi / 3)) / transformer.ratio
                    for k in range(3)
                ]
    return total


@st.composite
def rooms(draw: st.DrawFn, power: bool = True) -> Room:
    """Draw what a node has room for: nothing said, less than a minimum, or plenty."""
    current = draw(st.none() | st.builds(PhaseCurrents, AMPERES, AMPERES, AMPERES))
    watts = st.none() | st.integers(-5000, 60000).map(float)
    return Room(current, draw(watts) if power else None)


@st.composite
def demands_at(draw: st.DrawFn, name: str, loads: list[Load]) -> list[Demand]:
    """Draw what the EVSEs of one station could use."""
    return [
        Demand(
            EvseKey(name, number + 1),
            maximum_a=draw(st.sampled_from([5.0, 6.0, 10.0, 16.0, 32.0, 13.37])),
            minimum_a=draw(st.sampled_from([6.0, 6.0, 8.0, 9.25])),
            plugged_in_at=NOON - timedelta(minutes=draw(st.integers(0, 600))),
            paused=draw(st.sampled_from([False, False, False, True])),
            charging=draw(st.booleans()),
            load=draw(st.sampled_from(loads)),
            wants=draw(st.sampled_from([True, True, False])),
            standing_a=draw(st.sampled_from([0.0, 8.0, 16.0])),
            keeps=draw(st.sampled_from([False, False, True])),
            weight=draw(st.sampled_from([1.0, 1.0, 2.0, 5.5])),
            boosted=draw(st.sampled_from([False, False, False, True])),
            departs_at=draw(
                st.none()
                | st.integers(-60, 900).map(lambda m: NOON + timedelta(minutes=m))
            ),
            needs_wh=draw(st.none() | st.integers(0, 60000).map(float)),
            served_wh=draw(st.integers(0, 20000).map(float)),
            is_served=draw(st.booleans()),
            since=NOON - timedelta(minutes=draw(st.integers(0, 90))),
            pauses=draw(st.integers(0, 12)),
        )
        for number in range(draw(st.sampled_from([1, 1, 2])))
    ]


@st.composite
def sites(
    draw: st.DrawFn,
    strategies: list[Strategy | None] | None = None,
    fixed: bool = False,
    transformers: bool = False,
) -> tuple[Tree, list[Demand]]:
    """Draw a tree of up to four levels and the demands in it."""
    kinds = strategies or [None, *Strategy]
    loads = draw(st.sampled_from([WYE, DELTA, WYE + DELTA]))
    singles = [load for load in loads if len(load.phases) == 1] or [None]
    root = draw(st.sampled_from(kinds))
    nodes = [Node(ROOT, "Home", NodeKind.SITE, None, draw(rooms()), root)]
    for number in range(draw(st.integers(0, 3))):
        above = draw(st.sampled_from(nodes)).id
        name = f"g{number}"
        own = draw(st.sampled_from([None, *kinds]))
        behind = draw(st.sampled_from([None, DeltaWye(4.0)])) if transformers else None
        nodes.append(
            Node(
                name,
                name,
                NodeKind.GROUP,
                above,
                draw(rooms()),
                own,
                transformer=behind,
            )
        )
    groups, found = list(nodes), []
    for name in "ABCDEF"[: draw(st.integers(1, 6))]:
        above = draw(st.sampled_from(groups)).id
        exclusive = draw(st.booleans())
        room = draw(st.just(Room()) | rooms())
        place = station_node(name)
        nodes.append(Node(place, name, NodeKind.STATION, above, room, None, exclusive))
        for wanted in draw(demands_at(name, loads)):
            changes: dict[str, object] = {"single": draw(st.sampled_from(singles))}
            if fixed and draw(st.booleans()):
                changes["fixed_a"] = draw(st.sampled_from([0.0, 6.0, 16.0]))
            found.append(_changed(wanted, changes))
    return tree_of(*nodes), found


def _changed(wanted: Demand, changes: dict[str, object]) -> Demand:
    fields = {name: getattr(wanted, name) for name in Demand.__slots__}
    return Demand(**{**fields, **changes})
