"""What each mode lets a vehicle draw at its station, and what its owner is told: the balancer only ever gets less to share."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.evenload.engine.control.planned.replanning import Solve
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.planning import ChargeMode
from tests.engine.control.planned.planned_house import (
    PlannedHouse,
    as_told,
    prices,
    site_of,
    stations,
)
from tests.engine.virtual import BEGINNING, run_virtually

FULL_W = 16 * 230 * 3
HOUR = 3600


def house_of(*names: str, solve: Solve | None = None) -> PlannedHouse:
    """Return a house without a meter."""
    return PlannedHouse(
        site_of(*names, metered=False, fuse_a=20.0),
        stations(*names),
        solve=solve or as_told(FULL_W),
    )


def test_a_plan_becomes_caps_and_pauses_in_the_station() -> None:
    async def story() -> None:
        house = house_of("A", solve=as_told(0.0, 5520.0, FULL_W))
        await house.begin()
        house.wish("A", ChargeMode.CHEAPEST)
        await house.live(30)
        assert house.told("A") == (0.0, Reason.PLANNED)
        assert house.until("A") == BEGINNING + timedelta(minutes=15)
        assert house.stations["A"].drawn_a() == 0.0
        await house.live(900)
        assert house.told("A") == (8.0, Reason.PLANNED)
        assert house.stations["A"].drawn_a() == pytest.approx(8.0)
        await house.live(900)
        assert house.told("A") == (16.0, Reason.OWN_MAXIMUM)
        assert house.stations["A"].drawn_a() == pytest.approx(16.0)

    run_virtually(story())


def test_off_gives_nothing_and_fast_everything() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin()
        assert house.told("A") == (16.0, Reason.OWN_MAXIMUM)
        house.wish("A", ChargeMode.OFF)
        await house.live(20)
        assert house.told("A") == (0.0, Reason.CHARGING_OFF)
        assert house.stations["A"].drawn_a() == 0.0
        house.wish("A", ChargeMode.FAST)
        await house.live(90)
        assert house.stations["A"].drawn_a() == pytest.approx(16.0)

    run_virtually(story())


def test_a_plan_gives_nobody_more_than_the_fuse_has() -> None:
    async def story() -> None:
        house = house_of("A", "B", solve=as_told(FULL_W, FULL_W))
        for name in ("A", "B"):
            house.wish(name, ChargeMode.CHEAPEST)
        await house.begin()
        await house.live(120)
        assert house.told("A")[0] + house.told("B")[0] <= 20.0
        assert house.exceeded == []

    run_virtually(story())


def test_below_its_price_a_vehicle_charges() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin()
        house.control.set_outlook(prices(0.40, 0.40, 0.20, 0.40))
        house.wish("A", ChargeMode.PRICE_LIMIT, price_limit=0.25)
        await house.live(20)
        assert house.told("A") == (0.0, Reason.PRICE_TOO_HIGH)
        assert house.until("A") == BEGINNING + timedelta(minutes=30)
        await house.live(1800)
        assert house.told("A") == (16.0, Reason.OWN_MAXIMUM)
        await house.live(900)
        assert house.told("A") == (0.0, Reason.PRICE_TOO_HIGH)
        # From here on nobody knows a price: better dear than empty.
        await house.live(900)
        assert house.told("A") == (16.0, Reason.OWN_MAXIMUM)

    run_virtually(story())


def test_what_was_wanted_is_the_end_in_every_mode() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin()
        house.wish("A", ChargeMode.FAST, energy_wh=3000.0)
        house.step_s = 10
        await house.live(HOUR / 2)
        assert house.told("A") == (0.0, Reason.GOAL_REACHED)
        assert house.stored_wh["A"] == pytest.approx(3000.0, abs=100.0)

    run_virtually(story())


def test_the_owners_pause_is_said_before_any_mode() -> None:
    async def story() -> None:
        house = house_of("A", solve=as_told(0.0))
        await house.begin()
        house.wish("A", ChargeMode.CHEAPEST)
        evse = house.fleet.stations["A"].evses[1]
        house.fleet.set_settings(
            evse.key, replace(evse.settings, charging_allowed=False)
        )
        await house.live(20)
        assert house.told("A") == (0.0, Reason.PAUSED)

    run_virtually(story())


@pytest.mark.parametrize(
    "mode", [ChargeMode.CHEAPEST, ChargeMode.PRICE_LIMIT, ChargeMode.OFF]
)
def test_who_is_to_come_first_waits_for_no_plan(mode: ChargeMode) -> None:
    async def story() -> None:
        house = house_of("A", solve=as_told(0.0))
        await house.begin()
        house.control.set_outlook(prices(*[0.4] * 8))
        house.wish("A", mode, price_limit=0.1)
        await house.live(20)
        assert house.told("A")[0] == 0.0
        evse = house.fleet.stations["A"].evses[1]
        house.fleet.set_settings(evse.key, replace(evse.settings, boosted=True))
        await house.live(20)
        assert house.told("A")[0] == (0.0 if mode is ChargeMode.OFF else 16.0)

    run_virtually(story())
