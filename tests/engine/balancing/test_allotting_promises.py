"""What holds of every allotment, whatever the site, the strategy and the vehicles."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings, strategies as st

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Demand, Reason
from custom_components.evenload.engine.model.tree import Tree
from tests.engine.balancing.circuits_of import NOON, flows, sites

type Site = tuple[Tree, list[Demand]]


@given(site=st.one_of(sites(), sites(transformers=True)))
@settings(max_examples=150, deadline=None)
def test_no_line_carries_more_than_it_has_room_for(site: Site) -> None:
    """Promise 1, with phasors, in amperes on each line and in watts in all."""
    tree, demands = site
    given_a = allot(tree, demands, NOON)
    for name, (lines, watts) in flows(tree, demands, given_a).items():
        room = tree.nodes[name].room
        if room.current is not None:
            for line, limit_a in zip(lines, room.current, strict=True):
                assert abs(line) <= max(0.0, limit_a) + 1e-5
        if room.power_w is not None:
            assert watts <= max(0.0, room.power_w) + 1e-3


@given(site=sites(fixed=True))
@settings(max_examples=80, deadline=None)
def test_others_make_do_with_what_those_leave_that_cannot_be_told(site: Site) -> None:
    """What cannot be told flows in full; on a line that it fills, nobody else gets anything."""
    tree, demands = site
    given_a = allot(tree, demands, NOON)
    fixed = [wanted for wanted in demands if wanted.fixed_a is not None]
    for wanted in fixed:
        assert given_a[wanted.key].current.a == wanted.fixed_a
        assert given_a[wanted.key].reason is Reason.NOT_CONTROLLABLE
    alone = {
        key: found
        if any(wanted.key == key for wanted in fixed)
        else replace(found, current=type(found.current)(0.0))
        for key, found in given_a.items()
    }
    least = flows(tree, demands, alone)
    for name, (lines, watts) in flows(tree, demands, given_a).items():
        room = tree.nodes[name].room
        if room.current is not None:
            for line, fixed_line, limit_a in zip(
                lines, least[name][0], room.current, strict=True
            ):
                assert abs(line) <= max(abs(fixed_line), limit_a) + 1e-5
        if room.power_w is not None:
            assert watts <= max(least[name][1], room.power_w) + 1e-3


@given(site=sites(fixed=True))
@settings(max_examples=80, deadline=None)
def test_nothing_between_nothing_and_the_minimum(site: Site) -> None:
    """Promise 3; and nobody gets more than its own maximum, in tenths of an ampere."""
    tree, demands = site
    given_a = allot(tree, demands, NOON)
    assert list(given_a) == [wanted.key for wanted in demands]
    for wanted in demands:
        found = given_a[wanted.key]
        if wanted.fixed_a is not None:
            continue
        current_a = found.current.a
        assert current_a == 0 or current_a >= wanted.minimum_a
        assert current_a <= wanted.maximum_a
        assert current_a == round(current_a, 1)
        if wanted.paused:
            assert (current_a, found.reason) == (0.0, Reason.PAUSED)


@given(site=sites(fixed=True))
@settings(max_examples=80, deadline=None)
def test_who_waits_knows_where_in_the_queue(site: Site) -> None:
    """Places at one circuit are 1, 2, 3 …; a turn lies ahead; the circuit is named."""
    tree, demands = site
    given_a = allot(tree, demands, NOON)
    for found in given_a.values():
        waits = found.reason is Reason.WAITING_FOR_TURN
        assert (found.position is not None) == waits
        if waits:
            assert found.current.a == 0
            assert found.node is not None
        if found.turn_at is not None:
            assert NOON < found.turn_at <= NOON + timedelta(hours=1)


@given(site=sites(fixed=True))
@settings(max_examples=40, deadline=None)
def test_the_same_again(site: Site) -> None:
    """Nothing is left to chance, nor to the order in which demands are told."""
    tree, demands = site
    given_a = allot(tree, demands, NOON)
    assert allot(tree, demands, NOON) == given_a
