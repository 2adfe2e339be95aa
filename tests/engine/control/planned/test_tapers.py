"""A battery that is nearly full takes less: who must be full in the morning begins earlier, or hears at once what will be missing."""

from datetime import timedelta

import pytest

from custom_components.evenload.engine.control.planned.tapers import usual_taper
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import (
    ChargeMode,
    VehicleFacts,
    VehiclePlan,
)
from tests.engine.control.planned.planned_house import (
    PlannedHouse,
    prices,
    site_of,
    stations,
)
from tests.engine.virtual import run_virtually

A1 = EvseKey("A", 1)
CAPACITY_WH = 60_000.0


def planned(
    soc_percent: float, until_percent: float, departs_in: timedelta
) -> VehiclePlan:
    """Return what is planned for a car that takes 11 kW, a minute after it came."""

    async def live() -> VehiclePlan:
        house = PlannedHouse(site_of("A", metered=False), stations("A"))
        house.control.set_vehicle(
            A1, VehicleFacts(capacity_wh=CAPACITY_WH, soc_percent=soc_percent)
        )
        house.control.set_outlook(prices(*[0.2] * 40))
        house.wish(
            "A",
            ChargeMode.CHEAPEST,
            soc_percent=until_percent,
            departs_in=departs_in,
        )
        await house.begin()
        await house.live(60)
        plan = house.control.plan
        assert plan is not None
        return plan.vehicles[A1]

    return run_virtually(live())


def test_what_will_be_missing_of_a_full_battery_is_said_at_once() -> None:
    """From 90 to 100 % are 6.7 kWh at the socket, which at 11 kW take 36 minutes; but not the last percents."""
    full = planned(90.0, 100.0, timedelta(minutes=38))
    assert 100 < full.shortfall_wh < 1500
    # The last percents take some minutes more.
    assert planned(90.0, 100.0, timedelta(minutes=75)).shortfall_wh < 1


def test_who_stops_earlier_meets_no_taper() -> None:
    assert planned(80.0, 90.0, timedelta(minutes=40)).shortfall_wh < 1


@pytest.mark.parametrize(
    ("most_w", "until_percent", "tapers"),
    [
        # A home charger of 11 kW is below what a battery of 60 kWh takes until 97 %.
        (10_000.0, 96.0, False),
        (10_000.0, 100.0, True),
        # A fast charger is above it from 80 % on.
        (60_000.0, 79.0, False),
        (60_000.0, 81.0, True),
        (150_000.0, 81.0, True),
        # What is no more than the last percent takes is never too much.
        (2_000.0, 100.0, False),
    ],
)
def test_a_curve_is_used_where_it_is_met(
    most_w: float, until_percent: float, *, tapers: bool
) -> None:
    until_wh = until_percent / 100 * CAPACITY_WH
    assert bool(usual_taper(CAPACITY_WH, most_w, until_wh)) is tapers


def test_the_times_that_the_curve_was_taken_from_come_out() -> None:
    """77 kWh from 80 to 90 % in 7.4 minutes, and from there until it is full in 21.6."""
    curve = dict(usual_taper(77_000.0, 350_000.0, 77_000.0))

    def minutes(first: int, last: int) -> float:
        steps, hours = 1000, 0.0
        for step in range(steps):
            at = first + (last - first) * (step + 0.5) / steps
            before = max(percent for percent in curve if percent <= at)
            after = min(percent for percent in curve if percent > at)
            part = (at - before) / (after - before)
            watts = curve[before] + (curve[after] - curve[before]) * part
            hours += (last - first) / 100 / steps * 77_000.0 / watts
        return hours * 60

    assert minutes(80, 90) == pytest.approx(7.4, rel=0.2)
    assert minutes(90, 100) == pytest.approx(21.6, rel=0.5)
