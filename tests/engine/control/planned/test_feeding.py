"""Plans that feed back: dispatches of their own, within all bounds of discharging, and never in place of the owner's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.evenload.engine.control.planned.replanning import Solve
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import ChargeGoal, ChargeMode
from custom_components.evenload.engine.model.v2x import Hindrance, V2gMode
from tests.engine.control.planned.planned_house import as_told, prices
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse, site_of
from tests.engine.virtual import run_virtually

KEY = EvseKey("A", 1)


async def begun(
    solve: Solve | None,
    *,
    to_grid: bool = True,
    soc: float = 70.0,
    wear: float | None = None,
) -> V2gHouse:
    """Return a house whose vehicle goes by its plan in both directions."""
    v2g = replace(V2G, to_grid=to_grid, wear_per_kwh=wear)
    site = site_of(("A",), v2g=v2g, export_cap_w=20_000.0 if to_grid else 0.0)
    house = V2gHouse(site, [Bidirectional("A", soc_percent=soc)], lambda _: 800.0)
    if solve is not None:
        house.fleet.plans.control.solve_with(solve)
    await house.begin(V2gMode.PLAN)
    settings = house.fleet.evse(KEY).settings
    goal = ChargeGoal(mode=ChargeMode.PLAN_V2G)
    house.fleet.set_settings(KEY, replace(settings, goal=goal))
    return house


async def plan_otherwise(house: V2gHouse, power_w: float) -> None:
    """Let another plan be made, and followed."""
    house.fleet.plans.control.solve_with(as_told(power_w))
    house.fleet.plans.control.replan()
    await house.live(150)


def power_w(house: V2gHouse) -> float:
    """Return what flows to the vehicle."""
    return house.vehicles["A"].power_w


def test_it_rests_gives_and_takes_as_planned() -> None:
    async def story() -> None:
        house = await begun(as_told(0.0))
        await house.live(90)
        assert power_w(house) == pytest.approx(0.0, abs=50.0)
        await plan_otherwise(house, -3000.0)
        assert power_w(house) == pytest.approx(-3000.0, abs=50.0)
        assert house.state().hindrance is None
        await plan_otherwise(house, 5000.0)
        assert power_w(house) == pytest.approx(5000.0, abs=600.0)
        allotment = house.fleet.evse(KEY).allotment
        assert allotment is not None
        assert allotment.reason is Reason.PLANNED

    run_virtually(story())


def test_a_plan_gives_the_grid_nothing_that_its_owner_does_not() -> None:
    async def story() -> None:
        house = await begun(as_told(-5000.0), to_grid=False)
        await house.live(120)
        # The house takes 800 W.
        assert power_w(house) == pytest.approx(-750.0, abs=80.0)

    run_virtually(story())


def test_what_the_owner_asks_for_goes_before_the_plan() -> None:
    async def story() -> None:
        house = await begun(as_told(5000.0))
        until = house.now() + timedelta(minutes=5)
        house.fleet.v2x.dispatch(str(KEY), -2000.0, until, "action", None)
        house.fleet.v2x.look()
        await house.live(200)
        assert power_w(house) == pytest.approx(-2000.0, abs=50.0)
        await house.live(300)
        assert power_w(house) == pytest.approx(5000.0, abs=600.0)

    run_virtually(story())


def test_with_another_mode_the_plans_dispatch_ends() -> None:
    async def story() -> None:
        house = await begun(as_told(-3000.0))
        await house.live(100)
        assert power_w(house) == pytest.approx(-3000.0, abs=50.0)
        settings = house.fleet.evse(KEY).settings
        house.fleet.set_settings(
            KEY, replace(settings, goal=ChargeGoal(), v2g_mode=V2gMode.OFF)
        )
        await house.live(120)
        assert power_w(house) > 0
        assert house.fleet.v2x.orders.dispatches == {}

    run_virtually(story())


@pytest.mark.parametrize(("wear", "gives"), [(None, True), (0.05, True), (1.0, False)])
def test_a_battery_gives_where_that_pays_for_its_wear(
    wear: float | None, *, gives: bool
) -> None:
    """A kWh is paid with 0.60 for an hour, and with 0.20 after."""

    async def story() -> None:
        house = await begun(None, wear=wear)
        outlook = prices(*[0.6] * 4, *[0.2] * 24)
        outlook = replace(outlook, export_price=outlook.import_price)
        house.fleet.plans.control.set_outlook(outlook)
        await house.live(150)
        assert (power_w(house) < -500) == gives

    run_virtually(story())


def test_below_its_minimum_a_plan_takes_nothing_out() -> None:
    async def story() -> None:
        house = await begun(as_told(-3000.0), soc=30.0)
        await house.live(120)
        assert power_w(house) >= -1.0
        assert house.state().hindrance is Hindrance.SOC_AT_MINIMUM

    run_virtually(story())


def test_dear_hours_are_fed_and_cheap_ones_used() -> None:
    """With the real planner: an hour at 60 cents, then some at 5."""

    async def story() -> None:
        house = await begun(None)
        values = (*[0.60] * 4, *[0.05] * 24)
        outlook = prices(*values)
        assert outlook.import_price is not None
        outlook = replace(outlook, export_price=outlook.import_price)
        house.fleet.plans.control.set_outlook(outlook)
        await house.live(150)
        assert power_w(house) < -2000.0
        plan = house.fleet.plans.control.plan
        assert plan is not None
        vehicle = plan.vehicles[KEY]
        assert max(vehicle.power_w[4:28]) > 3000.0
        assert min(vehicle.power_w) < -2000.0

    run_virtually(story())
