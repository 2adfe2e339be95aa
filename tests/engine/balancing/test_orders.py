"""The strategies that keep an order: who comes first takes nothing from those behind but what it may."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
import pytest

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Demand, Reason
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import between_lines
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.tree import ROOT, Tree, station_node
from tests.engine.balancing.circuits_of import (
    NOON,
    amperes,
    demand,
    node,
    simple,
    sites,
    tree_of,
)

type Site = tuple[Tree, list[Demand]]
FCFS = Strategy.FIRST_COME_FIRST_SERVE


@given(site=sites([FCFS]))
@settings(max_examples=60, deadline=None)
def test_who_comes_later_takes_nothing_from_who_came_first(site: Site) -> None:
    """With nobody behind, each has exactly what it has with everybody there; between lines the first has its place."""
    tree, demands = site
    ordered = sorted(
        (
            replace(wanted, wants=True, boosted=False, is_served=False, charging=False)
            for wanted in demands
        ),
        key=lambda wanted: (wanted.plugged_in_at, wanted.key),
    )
    whole = allot(tree, ordered, NOON)
    between = any(part.imag for wanted in ordered for part in wanted.load.on)
    for number in range(1, 2 if between else len(ordered)):
        # A station keeps its EVSEs, whether somebody came to them yet or not.
        part = ordered[:number] + [
            replace(wanted, wants=False, standing_a=0.0) for wanted in ordered[number:]
        ]
        found = allot(tree, part, NOON)
        for wanted in ordered[:number]:
            now, alone = whole[wanted.key].current, found[wanted.key].current
            assert bool(now.a) is bool(alone.a) if between else now == alone


@given(site=sites([Strategy.STATIC]))
@settings(max_examples=60, deadline=None)
def test_a_static_share_is_the_limit_divided_by_the_members(site: Site) -> None:
    """Whoever is there: no station gets more on any line than its part of the node above."""
    tree, demands = site
    found = allot(tree, demands, NOON)
    for place, above in tree.nodes.items():
        members = [each for each in tree.nodes.values() if each.parent == place]
        if above.room.current is None or not members:
            continue
        for station in members:
            those = [d for d in demands if station_node(d.key.identity) == station.id]
            for index, limit_a in enumerate(above.room.current):
                on = [
                    found[d.key].current.a
                    * (d.single if found[d.key].single and d.single else d.load).on[
                        index
                    ]
                    for d in those
                ]
                total = max(map(abs, on), default=0.0)
                assert total <= max(0.0, limit_a) / len(members) + 1e-6


@pytest.mark.parametrize("wants", [True, False])
def test_static_does_not_ask_who_is_there(wants: bool) -> None:
    """Each has the same, and own maximums change nothing for the others."""
    demands = [
        demand("A", wants=wants),
        demand("B", wants=wants, maximum_a=8.0),
        demand("C", wants=not wants),
        demand("D"),
    ]
    found = allot(simple(40.0, Strategy.STATIC, "ABCD"), demands, NOON)
    assert amperes(found) == {"A": 10.0, "B": 8.0, "C": 10.0, "D": 10.0}


def test_who_runs_is_not_paused_for_who_came_first_and_comes_back() -> None:
    """The first one's place was taken while it was full: it gets it back at the end of the turn."""
    tree = simple(16.0, FCFS, "AB")
    first = demand("A", maximum_a=16.0, plugged_in_at=NOON - timedelta(hours=2))
    second = demand(
        "B",
        maximum_a=16.0,
        plugged_in_at=NOON - timedelta(hours=1),
        is_served=True,
        since=NOON - timedelta(minutes=5),
    )
    assert amperes(allot(tree, [first, second], NOON)) == {"A": 0.0, "B": 16.0}
    later = NOON + timedelta(minutes=10)
    assert amperes(allot(tree, [first, second], later)) == {"A": 16.0, "B": 0.0}


def test_an_exclusive_station_counts_once_while_nobody_is_there() -> None:
    """Whoever comes first may begin: both sockets have the fallback, and only one of them can use it."""
    tree = tree_of(
        node(ROOT, None, 20.0, Strategy.EQUAL_SERVE),
        node(station_node("A"), ROOT, exclusive=True),
        node(station_node("B"), ROOT),
    )
    empty = {"wants": False, "plugged_in_at": None}
    demands = [
        demand("A", 1, standing_a=10.0, **empty),
        demand("A", 2, standing_a=10.0, **empty),
        demand("B", standing_a=10.0, **empty),
    ]
    found = allot(tree, demands, NOON)
    assert [each.current.a for each in found.values()] == [10.0, 10.0, 10.0]


def test_a_cut_spares_who_was_served_least() -> None:
    """The room shrinks below two minimums, and neither turn is over."""
    tree = simple(PhaseCurrents.even(10.0), Strategy.EQUAL_SERVE, "AB")
    running = {"is_served": True, "since": NOON - timedelta(minutes=5)}
    demands = [
        demand("A", served_wh=5000.0, **running),
        demand("B", served_wh=1000.0, **running),
    ]
    found = allot(tree, demands, NOON)
    assert amperes(found) == {"A": 0.0, "B": 10.0}
    waiting = found[EvseKey("A", 1)]
    assert (waiting.reason, waiting.position) == (Reason.WAITING_FOR_TURN, 1)


def test_a_vehicle_that_takes_nothing_does_not_keep_its_place() -> None:
    """It was given less than the one that waits, and always will be: after four turns it gives way all the same."""
    tree = simple(10.0, Strategy.EQUAL_SERVE, "AB")
    idle = demand("A", is_served=True, since=NOON - timedelta(hours=2))
    for waited_min, expected in ((50, 10.0), (60, 0.0)):
        waits = demand(
            "B", served_wh=9000.0, since=NOON - timedelta(minutes=waited_min)
        )
        assert amperes(allot(tree, [idle, waits], NOON))["A"] == expected


def test_unknown_stations_are_an_error() -> None:
    """Whoever asks must have placed every station."""
    with pytest.raises(KeyError):
        allot(simple(10.0, FCFS, "A"), [demand("B")], NOON)


@pytest.mark.parametrize("strategy", [FCFS, Strategy.EARLIEST_DEPARTURE])
def test_the_first_begins_where_one_can_begin(strategy: Strategy) -> None:
    """Though the queue of its pair of lines is the longest one."""
    ab, bc = (between_lines(*pair, 120.0) for pair in pairwise(ALL_PHASES))
    demands = [
        demand(name, load=load, departs_at=NOON + timedelta(hours=8))
        for name, load in (("A", ab), ("B", bc), ("C", ab))
    ]
    found = amperes(allot(simple(8.0, strategy, "ABC"), demands, NOON))
    assert found == {"A": 8.0, "B": 0.0, "C": 0.0}
