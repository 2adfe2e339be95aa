"""Who draws the minimum whatever it is told has it kept, while the minimum of everybody fits."""

import pytest

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.tree import ROOT, station_node
from tests.engine.balancing.circuits_of import (
    NOON,
    amperes,
    demand,
    node,
    simple,
    tree_of,
)

EMPTY = {"plugged_in_at": None, "wants": False, "standing_a": 16.0}
SHARED = [strategy for strategy in Strategy if strategy is not Strategy.STATIC]


@pytest.mark.parametrize("strategy", SHARED)
def test_an_empty_place_is_kept(strategy: Strategy) -> None:
    tree = simple(32.0, strategy, "AB")
    empty = demand("B", keeps=True, **EMPTY)
    assert amperes(allot(tree, [demand("A"), empty], NOON)) == {"A": 26.0, "B": 6.0}


@pytest.mark.parametrize("strategy", SHARED)
def test_the_place_of_one_that_is_paused_is_kept_and_it_is_told_nothing(
    strategy: Strategy,
) -> None:
    tree = simple(32.0, strategy, "AB")
    given = allot(tree, [demand("A"), demand("B", keeps=True, paused=True)], NOON)
    assert amperes(given) == {"A": 26.0, "B": 0.0}
    assert given[demand("B").key].reason is Reason.PAUSED


def test_what_nobody_else_can_use_is_its_own() -> None:
    tree = simple(32.0, Strategy.EQUAL_SERVE, "AB")
    demands = [demand("A", maximum_a=20.0), demand("B", keeps=True, **EMPTY)]
    assert amperes(allot(tree, demands, NOON)) == {"A": 20.0, "B": 12.0}


def test_nobody_waits_for_an_empty_place() -> None:
    """Where the minimum of all does not fit, those that are there go first."""
    tree = simple(16.0, Strategy.EQUAL_SERVE, "ABC")
    demands = [demand("A"), demand("B"), demand("C", keeps=True, **EMPTY)]
    assert amperes(allot(tree, demands, NOON)) == {"A": 8.0, "B": 8.0, "C": 0.0}


def test_it_is_kept_in_a_circuit_of_its_own() -> None:
    """One that shares in another way than the circuit above."""
    tree = tree_of(
        node(ROOT, None, 32.0, Strategy.PRIORITY),
        node("g", ROOT, 20.0, Strategy.FIRST_COME_FIRST_SERVE),
        node(station_node("A"), "g"),
        node(station_node("B"), "g"),
        node(station_node("C"), ROOT),
    )
    demands = [demand("A"), demand("B", keeps=True, **EMPTY), demand("C")]
    given = amperes(allot(tree, demands, NOON))
    assert given["B"] == 6.0
    assert given["A"] + given["C"] == 26.0


def test_what_is_added_up_is_still_a_tenth() -> None:
    """9.3 A and 0.8 A are 10.1 A."""
    tree = simple(10.1, Strategy.FIRST_COME_FIRST_SERVE, "A")
    given = allot(tree, [demand("A", minimum_a=9.25)], NOON)
    assert amperes(given) == {"A": 10.1}
