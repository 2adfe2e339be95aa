"""What a plan says that it costs, and what a battery is worth to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.planning import ChargeMode, Outlook, Series
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
)
from custom_components.evenload.engine.planning.problem import Problem, Wish
from custom_components.evenload.engine.planning.solving import solve

NOW = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
KEY = EvseKey("A", 1)
TREE = Tree({ROOT: Node(ROOT, "", NodeKind.SITE, None, Room(PhaseCurrents.even(35.0)))})


def house(wish: Wish, *hours: float) -> Problem:
    """Return one vehicle, and the prices of hours, in both directions."""
    prices = Series(NOW, tuple(price for price in hours for _ in range(4)))
    return Problem(
        now=NOW,
        tree=TREE,
        wishes=(wish,),
        quarters=4 * len(hours),
        outlook=Outlook(import_price=prices, export_price=prices),
        export_cap_w=10_000.0,
    )


def leaves_in(stays: timedelta) -> Wish:
    """Return a vehicle of 11 kW that wants 20 kWh."""
    return Wish(
        key=KEY,
        node=ROOT,
        least_w=4140.0,
        most_w=11_040.0,
        needs_wh=20_000.0,
        departs_at=NOW + stays,
    )


def test_who_leaves_within_a_quarter_pays_for_what_flows_until_then() -> None:
    wish = leaves_in(timedelta(minutes=5))
    plan = solve(house(wish, 0.30, 0.30))
    # 11.04 kW for a twelfth of an hour.
    assert plan.cost == pytest.approx(0.276, abs=0.001)
    assert plan.vehicles[KEY].cost == plan.cost
    assert plan.grid_w[0] == pytest.approx(11_040 / 3, abs=1.0)


@pytest.mark.parametrize(
    ("dear", "wear", "gives"),
    [
        # What is bought for 0.20 is worth 0.25 after both ways: a little more pays without wear, and not with it.
        (0.27, 0.0, True),
        (0.27, None, False),
        (0.36, None, True),
        (0.36, 0.12, False),
    ],
)
def test_a_battery_wears(dear: float, wear: float | None, *, gives: bool) -> None:
    wish = Wish(
        key=KEY,
        node=ROOT,
        mode=ChargeMode.PLAN_V2G,
        most_w=10_000.0,
        needs_wh=0.0,
        room_wh=30_000.0,
        capacity_wh=60_000.0,
        stored_wh=30_000.0,
        most_discharge_w=8_000.0,
        departs_at=NOW + timedelta(hours=6),
        to_grid=True,
        wear_per_kwh=wear,
    )
    plan = solve(house(wish, 0.20, 0.20, dear, dear, 0.20, 0.20))
    assert (min(plan.vehicles[KEY].power_w) < 0) == gives


def test_prices_that_waver_are_no_reason_to_start_ever_again() -> None:
    wish = leaves_in(timedelta(hours=8))
    prices = Series(NOW, tuple(0.30 + 0.01 * (place * 7 % 5) for place in range(32)))
    problem = replace(house(wish, *[0.0] * 8), outlook=Outlook(import_price=prices))
    powers = solve(problem).vehicles[KEY].power_w
    starts = sum(now > 0 and not before for before, now in pairwise((0.0, *powers)))
    assert starts <= 3
