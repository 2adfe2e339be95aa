"""Plans through a day: who comes and goes, what changes meanwhile, what is known after a restart, and what all that costs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import (
    ChargeMode,
    Outlook,
    Plan,
    Series,
    VehicleFacts,
)
from custom_components.evenload.engine.planning.problem import Problem
from tests.engine.control.planned.planned_house import (
    PlannedHouse,
    as_told,
    prices,
    site_of,
    stations,
)
from tests.engine.virtual import BEGINNING, run_virtually

A1 = EvseKey("A", 1)
HOUR = timedelta(hours=1)
FULL_W = 11_040.0
IONIQ = VehicleFacts(capacity_wh=60_000.0, soc_percent=50.0)


class Counted:
    """A solver that counts, and knows one answer."""

    def __init__(self, *power_w: float) -> None:
        """Know the answer."""
        self._solve = as_told(*power_w)
        self.problems: list[Problem] = []

    def __call__(self, problem: Problem, seconds: float) -> Plan:
        self.problems.append(problem)
        return self._solve(problem, seconds)


async def begun(solve: Counted | None, *names: str) -> PlannedHouse:
    """Return a house whose vehicles all charge when it is cheapest."""
    names = names or ("A",)
    house = PlannedHouse(
        site_of(*names, metered=False, fuse_a=20.0), stations(*names), solve=solve
    )
    for name in names:
        house.wish(name, ChargeMode.CHEAPEST)
    await house.begin()
    return house


def test_a_plan_is_made_when_something_changes_and_each_quarter() -> None:
    async def story() -> None:
        solve = Counted(FULL_W, 0.0, FULL_W)
        house = await begun(solve)
        count = len(solve.problems)
        assert count >= 1
        await house.live(120)
        assert len(solve.problems) == count
        house.control.set_outlook(prices(0.3, 0.2, 0.1))
        await house.live(60)
        assert len(solve.problems) == count + 1
        house.control.set_outlook(prices(0.3, 0.2, 0.1))
        await house.live(60)
        assert len(solve.problems) == count + 1
        house.wish("A", ChargeMode.CHEAPEST, departs_in=3 * HOUR)
        await house.live(10)
        assert len(solve.problems) == count + 2
        assert solve.problems[-1].wishes[0].departs_at is not None
        await house.live(900)
        assert len(solve.problems) == count + 3

    run_virtually(story())


def test_who_leaves_is_in_no_plan_and_who_comes_waits_for_his() -> None:
    async def story() -> None:
        house = await begun(Counted(0.0, FULL_W), "A", "B")
        await house.live(60)
        house.leave("B")
        await house.live(10)
        plan = house.control.plan
        assert plan is not None
        assert set(plan.vehicles) == {A1}
        house.arrive("B")
        await house.live(2)
        assert house.told("B") == (0.0, Reason.PLANNED)
        await house.live(20)
        assert house.told("B") == (0.0, Reason.PLANNED)
        assert house.until("B") == BEGINNING + timedelta(minutes=15)

    run_virtually(story())


def test_who_charges_already_goes_on_until_its_plan_is_there() -> None:
    async def story() -> None:
        house = PlannedHouse(
            site_of("A", metered=False, fuse_a=20.0),
            stations("A"),
            solve=Counted(0.0, FULL_W),
        )
        await house.begin()
        house.wish("A", ChargeMode.CHEAPEST)
        assert house.told("A")[0] == 16.0
        await house.live(10)
        assert house.told("A") == (0.0, Reason.PLANNED)

    run_virtually(story())


def test_where_all_modes_are_fast_nothing_is_planned() -> None:
    async def story() -> None:
        solve = Counted(0.0)
        house = await begun(solve)
        house.wish("A", ChargeMode.FAST)
        await house.live(10)
        count = len(solve.problems)
        house.control.set_outlook(prices(0.1))
        await house.live(1800)
        assert len(solve.problems) == count
        assert house.control.plan is None
        assert house.told("A") == (16.0, Reason.OWN_MAXIMUM)

    run_virtually(story())


def test_what_a_vehicle_got_since_it_said_how_full_it_is_counts() -> None:
    async def story() -> None:
        solve = Counted(FULL_W, FULL_W, FULL_W)
        house = await begun(solve)
        house.control.set_vehicle(A1, IONIQ)
        house.wish("A", ChargeMode.CHEAPEST, soc_percent=80.0)
        await house.live(10)
        wish = solve.problems[-1].wishes[0]
        assert wish.needs_wh == pytest.approx(18_000.0, abs=100.0)
        assert wish.stored_wh == pytest.approx(30_000.0, abs=100.0)
        await house.live(1800)
        # 11 kW for half an hour, of which nine tenths arrive.
        wish = solve.problems[-1].wishes[0]
        assert wish.needs_wh == pytest.approx(13_000.0, abs=400.0)
        soc = house.control.vehicles.soc_percent(house.fleet.evse(A1))
        assert soc == pytest.approx(58.3, abs=0.5)

    run_virtually(story())


def test_at_its_target_it_ends_and_begins_again_only_when_it_has_lost_some() -> None:
    async def story() -> None:
        house = await begun(Counted(*[FULL_W] * 40))
        house.wish("A", ChargeMode.CHEAPEST, soc_percent=80.0)
        for soc, reason in (
            (79.0, Reason.OWN_MAXIMUM),
            (80.0, Reason.GOAL_REACHED),
            (78.5, Reason.GOAL_REACHED),
            (76.5, Reason.OWN_MAXIMUM),
        ):
            house.control.set_vehicle(A1, replace(IONIQ, soc_percent=soc))
            await house.live(20)
            assert house.told("A")[1] is reason, soc

    run_virtually(story())


def test_after_a_restart_it_is_planned_with_what_was_known() -> None:
    async def story() -> None:
        house = await begun(Counted(0.0, FULL_W))
        outlook = prices(0.4, 0.1, None, 0.2)
        outlook = replace(outlook, sun_w=Series(BEGINNING, (None, 1.0)))
        house.control.set_outlook(outlook)
        house.control.set_vehicle(A1, IONIQ)
        house.wish("A", ChargeMode.CHEAPEST, soc_percent=80.0)
        await house.live(20)
        await house.save()
        await house.die_and_return(house.first_config)
        assert house.control.outlook == outlook
        assert house.control.vehicles.facts(A1) == IONIQ
        goal = house.fleet.evse(A1).settings.goal
        assert (goal.mode, goal.soc_percent) == (ChargeMode.CHEAPEST, 80.0)

    run_virtually(story())


def test_two_vehicles_behind_one_fuse_both_get_their_energy_in_the_cheap_hours() -> (
    None
):
    """With the real planner: behind 20 A both cannot charge in full at once, and both leave with what they need."""

    async def story() -> None:
        house = PlannedHouse(
            site_of("A", "B", metered=False, fuse_a=20.0), stations("A", "B")
        )
        house.step_s = 10
        cheap = (*[0.40] * 4, *[0.10] * 8, *[0.40] * 12)
        house.control.set_outlook(prices(*cheap))
        for name in ("A", "B"):
            house.wish(
                name, ChargeMode.CHEAPEST, energy_wh=12_000.0, departs_in=5 * HOUR
            )
        await house.begin()
        await house.live(3600 - 120)
        assert sum(house.stored_wh.values()) < 1000.0
        await house.live(2 * 3600 + 120)
        assert sum(house.stored_wh.values()) > 23_000.0
        await house.live(2 * 3600)
        for name in ("A", "B"):
            assert house.stored_wh[name] == pytest.approx(12_000.0, rel=0.05)
        assert house.exceeded == []

    run_virtually(story())


def test_an_outlook_of_nothing_is_planned_without() -> None:
    async def story() -> None:
        house = await begun(None)
        house.control.set_outlook(Outlook())
        house.wish("A", ChargeMode.CHEAPEST, energy_wh=5000.0, departs_in=2 * HOUR)
        await house.live(40)
        plan = house.control.plan
        assert plan is not None
        assert "import_price" in plan.without

    run_virtually(story())
