"""With planning broken, late or without anything to go by, vehicles charge, and their owner sees why."""

import asyncio
from datetime import timedelta
import threading

import pytest

from custom_components.evenload.engine.control.planned.replanning import (
    LATE_S,
    PlanTrouble,
    Replanning,
)
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.planning import ChargeMode, Plan, PlanKind
from custom_components.evenload.engine.model.tree import Tree
from custom_components.evenload.engine.planning.problem import Problem
from tests.engine.control.planned.planned_house import (
    PlannedHouse,
    as_told,
    prices,
    site_of,
    stations,
)
from tests.engine.virtual import BEGINNING, run_virtually

HOUR = timedelta(hours=1)


def broken(problem: Problem, seconds: float) -> Plan:
    """Fail, as without its solver."""
    raise ImportError("There is no solver here")


def test_with_planning_broken_it_charges_at_once_and_the_owner_is_told() -> None:
    async def story() -> None:
        house = PlannedHouse(site_of("A", metered=False), stations("A"), solve=broken)
        await house.begin()
        house.wish("A", ChargeMode.CHEAPEST)
        await house.live(60)
        assert house.told("A") == (16.0, Reason.OWN_MAXIMUM)
        assert NoticeKind.PLANNING_FAILED in house.notices
        assert house.control.trouble is PlanTrouble.FAILED
        house.control.solve_with(as_told(0.0, 11_040.0))
        await house.live(900)
        assert NoticeKind.PLANNING_FAILED not in house.notices

    run_virtually(story())


def test_what_was_planned_goes_on_while_no_newer_plan_comes() -> None:
    async def story() -> None:
        house = PlannedHouse(
            site_of("A", metered=False),
            stations("A"),
            solve=as_told(0.0, 5520.0, 0.0),
        )
        house.wish("A", ChargeMode.CHEAPEST)
        await house.begin()
        house.control.solve_with(broken)
        await house.live(930)
        assert house.told("A") == (8.0, Reason.PLANNED)
        assert NoticeKind.PLANNING_FAILED in house.notices
        await house.live(900)
        assert house.told("A") == (0.0, Reason.PLANNED)
        await house.live(900)
        # Here it ends.
        assert house.told("A") == (16.0, Reason.OWN_MAXIMUM)

    run_virtually(story())


def test_a_late_answer_changes_nothing_before_it_comes() -> None:
    """In real time, with a thread that does not answer."""
    told: list[PlanTrouble | None] = []
    taken: list[Plan | None] = []
    answers = threading.Event()
    plan = Plan(made_at=BEGINNING, start=BEGINNING, kind=PlanKind.GREEDY)

    def slow(problem: Problem, seconds: float) -> Plan:
        answers.wait(10)
        return plan

    async def story() -> None:
        nothing = Problem(now=BEGINNING, tree=Tree())
        replanning = Replanning(lambda: nothing, taken.append, told.append, slow)
        replanning.hurry()
        await asyncio.sleep(0.2)
        assert replanning.is_under_way
        assert told == [PlanTrouble.LATE]
        assert taken == []
        answers.set()
        while not taken:
            await asyncio.sleep(0.01)
        assert told == [PlanTrouble.LATE, None]
        assert taken == [plan]
        replanning.close()

    with pytest.MonkeyPatch.context() as patch:
        module = "custom_components.evenload.engine.control.planned.replanning"
        patch.setattr(f"{module}.SOON_S", 0.0)
        patch.setattr(f"{module}.LATE_S", 0.05)
        asyncio.run(story())
    assert LATE_S > 5.0


def test_without_prices_a_departure_is_met() -> None:
    async def story() -> None:
        house = PlannedHouse(site_of("A", metered=False), stations("A"))
        house.step_s = 10
        await house.begin()
        house.wish("A", ChargeMode.CHEAPEST, energy_wh=11_000.0, departs_in=2 * HOUR)
        await house.live(2 * 3600)
        assert house.stored_wh["A"] == pytest.approx(11_000.0, rel=0.1)
        assert NoticeKind.DEPARTURE_TOO_SOON not in house.notices

    run_virtually(story())


def test_a_departure_that_cannot_be_met_is_said_at_once() -> None:
    async def story() -> None:
        house = PlannedHouse(site_of("A", metered=False), stations("A"))
        await house.begin()
        house.control.set_outlook(prices(*[0.3] * 40))
        house.wish("A", ChargeMode.CHEAPEST, energy_wh=30_000.0, departs_in=HOUR)
        await house.live(10)
        notice = house.notices[NoticeKind.DEPARTURE_TOO_SOON]
        assert notice.subject == "A"
        assert notice.placeholders["time"] == "13:00"
        assert 14 <= float(notice.placeholders["missing"]) <= 20
        # It does what can be done.
        assert house.told("A")[0] == 16.0
        house.wish("A", ChargeMode.CHEAPEST, energy_wh=5_000.0, departs_in=HOUR)
        await house.live(40)
        assert NoticeKind.DEPARTURE_TOO_SOON not in house.notices

    run_virtually(story())


def test_of_a_need_that_was_only_guessed_nobody_is_warned() -> None:
    async def story() -> None:
        house = PlannedHouse(site_of("A", metered=False), stations("A"))
        await house.begin()
        house.wish("A", ChargeMode.CHEAPEST, departs_in=HOUR)
        await house.live(30)
        assert house.told("A")[0] == 16.0
        assert NoticeKind.DEPARTURE_TOO_SOON not in house.notices

    run_virtually(story())


def test_a_departure_that_is_past_is_none() -> None:
    async def story() -> None:
        house = PlannedHouse(site_of("A", metered=False), stations("A"))
        await house.begin()
        house.control.set_outlook(prices(*[0.4] * 8, *[0.1] * 20))
        house.wish("A", ChargeMode.CHEAPEST, energy_wh=5_000.0, departs_in=-HOUR)
        await house.live(40)
        assert house.told("A") == (0.0, Reason.PLANNED)
        assert NoticeKind.DEPARTURE_TOO_SOON not in house.notices

    run_virtually(story())
