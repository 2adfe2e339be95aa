"""Plans of vehicles that discharging has in hand: what these do anyway is planned with, and shown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import (
    ChargeGoal,
    ChargeMode,
    Series,
    VehiclePlan,
)
from custom_components.evenload.engine.model.v2x import V2gMode
from tests.engine.control.planned.planned_house import prices
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse, site_of
from tests.engine.virtual import BEGINNING, run_virtually

KEY = EvseKey("A", 1)
HOUR = timedelta(hours=1)
HOUSE_W = 800.0


async def begun(mode: V2gMode) -> V2gHouse:
    """Return a house at noon with a vehicle at 70 %, which is to have 80 % when it is cheap: from one o'clock on."""
    site = site_of(("A",), v2g=replace(V2G, to_grid=True), export_cap_w=20_000.0)
    house = V2gHouse(site, [Bidirectional("A", soc_percent=70.0)], lambda _: HOUSE_W)
    outlook = replace(
        prices(*[0.4] * 4, *[0.1] * 24), house_w=Series(BEGINNING, (HOUSE_W,) * 28)
    )
    house.fleet.plans.control.set_outlook(outlook)
    await house.begin(mode)
    settings = house.fleet.evse(KEY).settings
    goal = ChargeGoal(mode=ChargeMode.CHEAPEST, soc_percent=80.0)
    house.fleet.set_settings(KEY, replace(settings, goal=goal))
    await house.live(60)
    return house


def planned(house: V2gHouse) -> VehiclePlan:
    """Return the plan of the vehicle."""
    plan = house.fleet.plans.control.plan
    assert plan is not None
    return plan.vehicles[KEY]


def test_who_carries_the_house_is_planned_to() -> None:
    async def story() -> None:
        house = await begun(V2gMode.HOUSE)
        vehicle = planned(house)
        assert vehicle.power_w[:28] == pytest.approx([-HOUSE_W] * 28)
        # It carries it, and is held back by no plan.
        assert house.vehicles["A"].power_w == pytest.approx(50.0 - HOUSE_W, abs=30.0)
        plan = house.fleet.plans.control.plan
        assert plan is not None
        assert plan.grid_w[:28] == pytest.approx([0.0] * 28, abs=1.0)

    run_virtually(story())


def test_who_no_longer_carries_the_house_is_planned_for_at_once() -> None:
    async def story() -> None:
        house = await begun(V2gMode.HOUSE)
        house.set_mode("A", V2gMode.CHARGE_ONLY)
        await house.live(60)
        vehicle = planned(house)
        assert max(vehicle.power_w[:4]) == min(vehicle.power_w) == 0.0
        assert max(vehicle.power_w[4:]) > 3000.0

    run_virtually(story())


def test_who_gives_until_a_time_is_planned_for_from_then_on() -> None:
    async def story() -> None:
        house = await begun(V2gMode.CHARGE_ONLY)
        before = sum(planned(house).power_w)
        until = BEGINNING + 2 * HOUR
        house.fleet.v2x.give(KEY, until=until, energy_wh=None, power_w=2000.0)
        house.fleet.v2x.look()
        await house.live(60)
        vehicle = planned(house)
        assert vehicle.power_w[:8] == pytest.approx([-2000.0] * 8, abs=1.0)
        # What it gave comes in again, though one o'clock was cheap already.
        charged = [power for power in vehicle.power_w if power > 0]
        assert min(charged) > 1000.0
        assert sum(charged) > before + 8 * 2000.0

    run_virtually(story())
