"""`equal_serve` and `priority`: nobody can have more without somebody who has as little having less."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Demand, Reason
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import (
    Load,
    between_lines,
    to_neutral,
)
from custom_components.evenload.engine.model.phases import (
    ALL_PHASES,
    Phase,
    PhaseCurrents,
)
from custom_components.evenload.engine.model.tree import Room, Tree, station_node
from tests.engine.balancing.circuits_of import (
    NOON,
    amperes,
    demand,
    flows,
    simple,
    sites,
)

type Site = tuple[Tree, list[Demand]]

# What rounding down to tenths leaves on a line, of each that flows there.
CRUMB_A = 0.1


def plain(site: Site) -> Site:
    """Return a site where everybody wants energy and each station charges all its vehicles at once."""
    tree, demands = site
    nodes = {name: replace(node, exclusive=False) for name, node in tree.nodes.items()}
    wanting = [
        replace(wanted, wants=True, paused=False, boosted=False, single=None)
        for wanted in demands
    ]
    return Tree(nodes), wanting


def is_full(
    tree: Tree, node: str, index: int, demands: list[Demand], found: dict[str, object]
) -> bool:
    """Whether a line has no room for a tenth of an ampere more of everybody."""
    lines, watts = found[node]  # type: ignore[misc]  # what `flows` returns
    room = tree.nodes[node].room
    crumbs_w = sum(CRUMB_A * wanted.load.watts for wanted in demands)
    if index == 3:
        return room.power_w is not None and watts + crumbs_w >= room.power_w
    if room.current is None:
        return False
    limit_a = tuple(room.current)[index]
    return abs(lines[index]) + CRUMB_A * len(demands) >= limit_a


def ampere(load: Load, index: int) -> float:
    """Return what an ampere is on a line, or in watts."""
    return load.watts if index == 3 else abs(load.on[index])


@pytest.mark.parametrize("strategy", [Strategy.EQUAL_SERVE, Strategy.PRIORITY])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_nobody_could_have_more_at_the_cost_of_those_who_have_more(
    strategy: Strategy, data: st.DataObject
) -> None:
    """Everybody has its most, or is on a full line on which nobody above its minimum has more for its weight."""
    tree, demands = plain(data.draw(sites([strategy])))
    given_a = allot(tree, demands, NOON)
    found = flows(tree, demands, given_a)

    def level(wanted: Demand) -> float:
        weight = wanted.weight if strategy is Strategy.PRIORITY else 1.0
        return given_a[wanted.key].current.a / weight

    for wanted in demands:
        current_a = given_a[wanted.key].current.a
        if not current_a or current_a >= wanted.maximum_a - CRUMB_A:
            continue
        assert any(
            is_full(tree, above.id, index, demands, found)  # type: ignore[arg-type]  # what `flows` returns
            and all(
                level(other) <= level(wanted) + CRUMB_A + 1e-6
                or given_a[other.key].current.a < other.minimum_a + CRUMB_A
                for other in demands
                if ampere(other.load, index)
                and above in tree.path(station_node(other.key.identity))
            )
            for above in tree.path(station_node(wanted.key.identity))
            for index in range(4)
            if ampere(wanted.load, index)
        ), (wanted, given_a)


@given(site=sites([Strategy.EQUAL_SERVE]), more=st.integers(0, 300))
@settings(max_examples=60, deadline=None)
def test_more_room_takes_nothing_from_who_has_least(site: Site, more: int) -> None:
    """Widening every circuit alike leaves nobody with less than the least was before."""
    tree, demands = plain(site)
    before = allot(tree, demands, NOON).values()
    factor = 1 + more / 100
    wider = {
        name: replace(node, room=_wider(node.room, factor))
        for name, node in tree.nodes.items()
    }
    after = allot(Tree(wider), demands, NOON).values()
    least_before = min(found.current.a for found in before)
    assert min(found.current.a for found in after) >= least_before


def _wider(room: Room, factor: float) -> Room:
    current = room.current
    return replace(
        room,
        current=None
        if current is None
        else PhaseCurrents(*(a * factor for a in current)),
        power_w=None if room.power_w is None else room.power_w * factor,
    )


@given(site=sites(), turns=st.integers(1, 2))
@settings(max_examples=60, deadline=None)
def test_names_of_phases_do_not_matter(site: Site, turns: int) -> None:
    """Calling L1 L2, L2 L3 and L3 L1 throughout changes nothing for anybody."""
    tree, demands = site

    def turned[T](three: tuple[T, T, T]) -> tuple[T, T, T]:
        for _ in range(turns):
            three = (three[2], three[0], three[1])
        return three

    nodes = {
        name: replace(
            node,
            room=replace(
                node.room,
                current=None
                if node.room.current is None
                else PhaseCurrents(*turned(tuple(node.room.current))),  # type: ignore[arg-type]  # three of them
            ),
        )
        for name, node in tree.nodes.items()
    }
    other = [
        replace(
            wanted,
            load=Load(turned(wanted.load.on), wanted.load.watts),
            single=None
            if wanted.single is None
            else Load(turned(wanted.single.on), wanted.single.watts),
        )
        for wanted in demands
    ]
    before, after = allot(tree, demands, NOON), allot(Tree(nodes), other, NOON)
    assert {key: found.current for key, found in before.items()} == {
        key: found.current for key, found in after.items()
    }


def test_who_can_be_helped_is_not_given_up_with_who_cannot() -> None:
    """Both wait for the same line; the one would need another one besides, and the other could do without it."""
    three = to_neutral(ALL_PHASES, 230.0)
    l1, l2, l3 = (to_neutral((phase,), 230.0) for phase in ALL_PHASES)
    between = between_lines(Phase.L2, Phase.L3, 120.0)
    demands = [
        demand("A", maximum_a=6.0, load=between, single=l3),
        demand("B", maximum_a=6.0, load=three, single=l1),
        demand("C", maximum_a=6.0, load=three, single=l2),
    ]
    tree = simple(PhaseCurrents(0.0, 6.0, 11.6), Strategy.EQUAL_SERVE, "ABC")
    found = allot(tree, demands, NOON)
    assert amperes(found) == {"A": 6.0, "B": 0.0, "C": 6.0}


@pytest.mark.parametrize(
    ("room", "maximums", "expected"),
    [
        # Small ones first reach their own most; the rest is shared by the others.
        (40.0, (10.0, 32.0, 32.0), (10.0, 15.0, 15.0)),
        (32.0, (32.0, 32.0, 32.0), (10.6, 10.6, 10.6)),
        (18.0, (32.0, 32.0, 32.0), (6.0, 6.0, 6.0)),
        (17.9, (32.0, 32.0, 32.0), (8.9, 8.9, 0.0)),
        (6.0, (32.0, 32.0, 32.0), (6.0, 0.0, 0.0)),
        (5.9, (32.0, 32.0, 32.0), (0.0, 0.0, 0.0)),
        (120.0, (32.0, 16.0, 13.0), (32.0, 16.0, 13.0)),
    ],
)
def test_filling(
    room: float, maximums: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    """One line and three vehicles."""
    demands = [
        demand(name, maximum_a=most_a, plugged_in_at=NOON + timedelta(minutes=place))
        for place, (name, most_a) in enumerate(zip("ABC", maximums, strict=True))
    ]
    found = allot(simple(room, Strategy.EQUAL_SERVE, "ABC"), demands, NOON)
    assert tuple(amperes(found).values()) == expected


def test_the_binding_line_is_named() -> None:
    """The owner reads which circuit is full, and on which phase."""
    tree = simple(PhaseCurrents(20.0, 14.0, 20.0), Strategy.EQUAL_SERVE, "AB")
    found = allot(tree, [demand("A"), demand("B", maximum_a=6.0)], NOON)
    first, second = found[EvseKey("A", 1)], found[EvseKey("B", 1)]
    assert (first.current.a, first.reason) == (8.0, Reason.GROUP_LIMIT)
    assert (first.node, first.phase) == ("", ALL_PHASES[1])
    assert (second.reason, second.node, second.phase) == (
        Reason.OWN_MAXIMUM,
        None,
        None,
    )
