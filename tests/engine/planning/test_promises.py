"""What holds of every plan, whatever the house, the cars and what is known of the next hours."""

from dataclasses import replace
from datetime import timedelta
from math import inf, nan

from hypothesis import HealthCheck, given, settings

from custom_components.evenload.engine.model.planning import (
    QUARTER,
    ChargeMode,
    Plan,
    PlanKind,
    Series,
)
from custom_components.evenload.engine.model.tree import ROOT, Node, NodeKind, Tree
from custom_components.evenload.engine.planning.problem import Problem, Wish
from custom_components.evenload.engine.planning.solving import solve
from tests.engine.planning.checks import broken, is_whole
from tests.engine.planning.problems_of import NOW, QUARTERS, problems

SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
QUICK = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@given(problem=problems())
@SLOW
def test_no_plan_breaks_a_limit(problem: Problem) -> None:
    """Circuits, batteries, least and most powers, caps, and what the sun leaves."""
    plan = solve(problem, 20.0)
    assert plan.kind is not PlanKind.GREEDY
    assert broken(problem, plan) == []


@given(problem=problems(transformers=True))
@settings(SLOW, max_examples=15)
def test_currents_that_are_not_in_step_fit_too(problem: Problem) -> None:
    """Loads between two lines, behind a transformer."""
    assert broken(problem, solve(problem, 20.0)) == []


@given(problem=problems())
@QUICK
def test_simple_rules_break_none_either(problem: Problem) -> None:
    """Without a solver, or without time for it."""
    plan = solve(problem, 0.0)
    assert plan.kind is PlanKind.GREEDY
    assert broken(problem, plan) == []
    assert all(power >= 0 for one in plan.vehicles.values() for power in one.power_w)


@given(problem=problems())
@QUICK
def test_what_is_told_of_a_plan_is_what_it_does(problem: Problem) -> None:
    """Energy, shortfall and the power of the grid are those of its quarters."""
    plan = solve(problem, 0.0)
    for wish in problem.wishes:
        told = plan.vehicles[wish.key]
        assert len(told.power_w) == QUARTERS
        assert told.shortfall_wh >= 0
        assert (told.full_at is None) or told.full_at >= problem.now
        if told.next_start is not None:
            assert told.power_w[(told.next_start - plan.start) // QUARTER] > 0
    if is_whole(problem):
        for quarter in range(QUARTERS):
            base_w = sum(
                sign * series.values[quarter]
                for sign, series in (
                    (1, problem.outlook.house_w),
                    (-1, problem.outlook.sun_w),
                )
                if series is not None
            )
            flows = sum(
                plan.vehicles[wish.key].power_w[quarter] * part(problem, wish, quarter)
                for wish in problem.wishes
            )
            assert abs(plan.grid_w[quarter] - base_w - flows) < 1.0


def part(problem: Problem, wish: Wish, quarter: int) -> float:
    """Return for how much of a quarter, or of what is left of it, a vehicle is there."""
    ends = problem.start + (quarter + 1) * QUARTER
    begins = max(ends - QUARTER, problem.now)
    departs = wish.departs_at
    leaves = ends if departs is None or departs <= problem.now else min(ends, departs)
    there = leaves - max(begins, wish.arrives_at or begins)
    return max(timedelta(), there) / (ends - begins)


@given(problem=problems())
@settings(SLOW, max_examples=15)
def test_the_best_plan_misses_no_more_than_simple_rules(problem: Problem) -> None:
    """Weighted, and as far as both must charge: what only the sun or a price allows may be missed."""
    weights = {wish.key: wish.weight for wish in problem.wishes}
    musts = [
        replace(
            wish, mode=ChargeMode.CHEAPEST, together=False, taper=(), arrives_at=None
        )
        for wish in problem.wishes
    ]
    alike = replace(problem, wishes=tuple(musts))

    def missed(plan: Plan) -> float:
        return sum(
            weights[key] * one.shortfall_wh for key, one in plan.vehicles.items()
        )

    best, simple = solve(alike, 20.0), solve(alike, 0.0)
    # Who misses much counts for a third more with each kWh.
    assert missed(best) <= 1.31 * missed(simple) + 300


def test_nobody_there_is_a_plan_too() -> None:
    """It has quarters, and no vehicles."""
    problem = problems_without_cars()
    plan = solve(problem)
    assert (plan.vehicles, len(plan.grid_w)) == ({}, problem.quarters)
    assert plan.start + QUARTER > NOW >= plan.start


def test_what_is_no_number_is_not_known() -> None:
    """A price that is not a number is filled in like one that is missing."""
    problem = problems_without_cars()
    odd = Series(problem.start, (nan, inf, 0.2, None))
    outlook = replace(problem.outlook, import_price=odd, house_w=odd)
    plan = solve(replace(problem, outlook=outlook))
    assert plan.without == ("export_price", "sun_w")
    assert all(abs(power) < inf for power in plan.grid_w)


def problems_without_cars() -> Problem:
    """Return a house that nobody is at."""
    return Problem(now=NOW, tree=Tree({ROOT: Node(ROOT, "", NodeKind.SITE, None)}))
