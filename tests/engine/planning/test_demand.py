"""A price for the highest power, against all that can be done in a few quarters: no plan costs more than the best of that."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from random import Random

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import to_neutral
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.planning import (
    QUARTER,
    DemandTariff,
    Outlook,
    PlanKind,
    Series,
)
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)
from custom_components.evenload.engine.planning.problem import Problem, Wish
from custom_components.evenload.engine.planning.solving import solve

NOW = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
LOAD = to_neutral(ALL_PHASES, 230.0)
LEAST_KW, MOST_KW = 4.14, 11.04
KW = (0.0, LEAST_KW, 5.0, 6.0, 7.0, 8.0, 9.5, MOST_KW)
PER_KW = 4.0
# What is missing costs more than anything that can be saved by it.
MISSING = 100.0
# What starts and hours are worth beside the bill: some cents for each vehicle.
COMFORT = 0.15


def house(seed: int, vehicles: int, quarters: int) -> Problem:
    """Return vehicles that need about half of what they could have, and prices and a house that differ by the quarter."""
    random = Random(seed)
    names = [f"s{number}" for number in range(vehicles)]
    nodes = [Node(ROOT, "", NodeKind.SITE, None, Room(PhaseCurrents.even(63.0)))]
    nodes += [Node(station_node(name), name, NodeKind.STATION, ROOT) for name in names]
    could_wh = MOST_KW * quarters * 250
    return Problem(
        now=NOW,
        tree=Tree({node.id: node for node in nodes}),
        quarters=quarters,
        wishes=tuple(
            Wish(
                key=EvseKey(name, 1),
                node=station_node(name),
                load=LOAD,
                least_w=1000 * LEAST_KW,
                most_w=1000 * MOST_KW,
                needs_wh=random.uniform(0.2, 0.7) * could_wh,
                efficiency=1.0,
                departs_at=NOW + quarters * QUARTER,
            )
            for name in names
        ),
        outlook=Outlook(
            import_price=_series(random.uniform(0.1, 0.5) for _ in range(quarters)),
            house_w=_series(random.uniform(200, 3000) for _ in range(quarters)),
            demand_tariffs=(DemandTariff(price=PER_KW, reached_w=3000.0),),
        ),
    )


@pytest.mark.parametrize("seed", range(10))
def test_one_vehicle_is_planned_as_well_as_can_be(seed: int) -> None:
    problem = house(seed, vehicles=1, quarters=5)
    assert _bill(problem, _planned_kw(problem)) <= _cheapest(problem) + COMFORT


@pytest.mark.parametrize("seed", range(5))
def test_two_vehicles_are_planned_as_well_as_can_be(seed: int) -> None:
    problem = house(seed, vehicles=2, quarters=3)
    assert _bill(problem, _planned_kw(problem)) <= _cheapest(problem) + 2 * COMFORT


def test_where_little_power_is_left_all_of_it_is_used_before_more_is_paid_for() -> None:
    """The house leaves 4.5 kW of what the month has come to: the vehicle takes them for as long as it needs."""
    problem = replace(
        house(1, vehicles=1, quarters=24),
        outlook=Outlook(
            import_price=_series(0.2 + 0.01 * (place % 5) for place in range(24)),
            house_w=_series(500.0 for _ in range(24)),
            demand_tariffs=(DemandTariff(price=PER_KW, reached_w=5000.0),),
        ),
    )
    needs = replace(problem.wishes[0], needs_wh=0.25 * 4500 * 20)
    plan = solve(replace(problem, wishes=(needs,)))
    assert plan.kind is PlanKind.OPTIMAL
    assert 4950.0 < max(plan.grid_w) <= 5000.1
    assert plan.vehicles[needs.key].shortfall_wh == 0.0


def _planned_kw(problem: Problem) -> list[list[float]]:
    plan = solve(problem)
    assert plan.kind is PlanKind.OPTIMAL
    return [
        [watts / 1000 for watts in plan.vehicles[wish.key].power_w]
        for wish in problem.wishes
    ]


def _cheapest(problem: Problem) -> float:
    """Return the least that any way of charging with these powers costs."""
    ways = product(product(KW, repeat=problem.quarters), repeat=len(problem.wishes))
    return min(_bill(problem, way) for way in ways)


def _bill(problem: Problem, kw: Sequence[Sequence[float]]) -> float:
    """Return what it costs: the energy, the highest power, and what is missing."""
    outlook = problem.outlook
    assert outlook.import_price is not None and outlook.house_w is not None
    peak_kw, cost = 3.0, 0.0
    of_quarter = zip(
        outlook.import_price.values, outlook.house_w.values, *kw, strict=True
    )
    for price, house_w, *cars in of_quarter:
        grid_kw = (house_w or 0.0) / 1000 + sum(cars)
        cost += 0.25 * grid_kw * (price or 0.0)
        peak_kw = max(peak_kw, grid_kw)
    for wish, of_one in zip(problem.wishes, kw, strict=True):
        cost += MISSING * max(0.0, wish.needs_wh / 1000 - 0.25 * sum(of_one))
    return cost + PER_KW * peak_kw


def _series(values: Iterable[float]) -> Series:
    return Series(NOW, tuple(values))
