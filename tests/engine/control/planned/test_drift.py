"""What differs from what was planned with has another plan made: a price of this very quarter, a car that is less full."""

from datetime import timedelta

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import (
    ChargeMode,
    Plan,
    VehicleFacts,
)
from tests.engine.control.planned.planned_house import (
    PlannedHouse,
    prices,
    site_of,
    stations,
)
from tests.engine.virtual import run_virtually

A1 = EvseKey("A", 1)
AT_60 = VehicleFacts(capacity_wh=60_000.0, soc_percent=60.0)
AT_50 = VehicleFacts(capacity_wh=60_000.0, soc_percent=50.0)


async def begun() -> PlannedHouse:
    """Return a house whose car shall have 80 %, in a dear quarter before cheaper ones."""
    house = PlannedHouse(site_of("A", metered=False), stations("A"))
    house.control.set_vehicle(A1, AT_60)
    house.control.set_outlook(prices(0.4, *[0.2] * 20))
    house.wish(
        "A", ChargeMode.CHEAPEST, soc_percent=80.0, departs_in=timedelta(hours=5)
    )
    await house.begin()
    await house.live(60)
    assert house.told("A") == (0.0, Reason.PLANNED)
    return house


def plan_of(house: PlannedHouse) -> Plan:
    """Return the plan in force."""
    plan = house.control.plan
    assert plan is not None
    return plan


def test_another_price_of_this_quarter_is_another_plan() -> None:
    async def story() -> None:
        house = await begun()
        before = plan_of(house)
        house.control.set_outlook(prices(0.1, *[0.2] * 20))
        await house.live(40)
        assert plan_of(house).made_at > before.made_at
        assert plan_of(house).start == before.start
        assert house.told("A")[0] == 16.0

    run_virtually(story())


def test_a_car_that_is_less_full_than_reckoned_is_another_plan() -> None:
    async def story() -> None:
        house = await begun()
        before = plan_of(house)
        house.control.set_vehicle(A1, AT_50)
        await house.live(40)
        after = plan_of(house)
        assert after.made_at > before.made_at
        assert after.start == before.start
        # 6 kWh more into its battery.
        more_wh = after.vehicles[A1].energy_wh - before.vehicles[A1].energy_wh
        assert 6_000.0 < more_wh < 7_500.0
        # The same said again is no news.
        house.control.set_vehicle(A1, AT_50)
        await house.live(60)
        assert plan_of(house) is after

    run_virtually(story())
