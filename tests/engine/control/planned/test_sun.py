"""Charging with the sun: what the house leaves is followed, patiently, on as many phases as it is enough for, by all together."""

from collections.abc import Callable

import pytest

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.planning import ChargeMode
from tests.engine.control.planned.planned_house import VOLTAGE_V, PlannedHouse, site_of
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import run_virtually

ONE_A = 3 * VOLTAGE_V
LEAST_W = 6 * ONE_A


def house_of(*names: str, load_w: Callable[[int], float]) -> PlannedHouse:
    """Return a house with a meter."""
    return PlannedHouse(site_of(*names), map(VirtualStation, names), load_w)


def drawn_w(house: PlannedHouse) -> float:
    """Return what all vehicles draw."""
    return sum(
        one.drawn_a() * one.phases * VOLTAGE_V for one in house.stations.values()
    )


async def dark(house: PlannedHouse, *modes: ChargeMode) -> None:
    """Let everybody follow the sun, which has not risen."""
    load_w, house.load_w = house.load_w, lambda _: 500.0
    for name, mode in zip(house.stations, modes, strict=True):
        house.wish(name, mode)
    await house.begin()
    await house.live(300)
    house.load_w = load_w
    house.grid_w.clear()


def test_without_sun_it_waits_and_begins_when_there_is_enough_for_a_minute() -> None:
    async def story() -> None:
        house = house_of("A", load_w=lambda _: -8 * ONE_A)
        await dark(house, ChargeMode.SOLAR)
        assert house.told("A") == (0.0, Reason.WAITING_FOR_SUN)
        await house.live(55)
        assert drawn_w(house) == 0.0
        await house.live(120)
        current_a, reason = house.told("A")
        assert reason is Reason.FOLLOWING_SUN
        assert current_a == pytest.approx(8.0, abs=0.5)
        assert abs(house.grid_w[-1]) <= ONE_A / 2

    run_virtually(story())


def test_a_cloud_does_not_end_it_and_the_evening_does() -> None:
    async def story() -> None:
        house = house_of("A", load_w=lambda _: -10 * ONE_A)
        await dark(house, ChargeMode.SOLAR)
        await house.live(240)
        assert house.told("A")[0] == pytest.approx(10.0, abs=0.5)
        house.load_w = lambda _: -1000.0
        await house.live(150)
        assert house.told("A") == (6.0, Reason.FOLLOWING_SUN)
        house.load_w = lambda _: -10 * ONE_A
        await house.live(120)
        assert house.told("A")[0] == pytest.approx(10.0, abs=0.5)
        house.load_w = lambda _: 300.0
        await house.live(330)
        assert house.told("A") == (0.0, Reason.WAITING_FOR_SUN)

    run_virtually(story())


def test_the_least_flows_whatever_the_weather_and_the_sun_on_top() -> None:
    async def story() -> None:
        house = house_of("A", load_w=lambda _: -9 * ONE_A)
        await dark(house, ChargeMode.MINIMUM_SOLAR)
        assert house.told("A") == (6.0, Reason.FOLLOWING_SUN)
        await house.live(180)
        assert house.told("A")[0] == pytest.approx(9.0, abs=0.5)

    run_virtually(story())


def test_several_share_the_sun_as_they_share_a_fuse() -> None:
    async def story() -> None:
        house = house_of("A", "B", load_w=lambda _: -16 * ONE_A)
        await dark(house, ChargeMode.SOLAR, ChargeMode.SOLAR)
        await house.live(300)
        assert house.told("A")[0] == pytest.approx(8.0, abs=0.6)
        assert house.told("B")[0] == pytest.approx(8.0, abs=0.6)
        assert abs(house.grid_w[-1]) <= ONE_A

    run_virtually(story())


def test_who_charges_anyway_has_the_sun_first_and_nobody_has_it_twice() -> None:
    async def story() -> None:
        house = house_of("A", "B", load_w=lambda _: -8 * ONE_A)
        await dark(house, ChargeMode.FAST, ChargeMode.SOLAR)
        await house.live(300)
        assert house.told("A")[0] == 16.0
        assert house.told("B") == (0.0, Reason.WAITING_FOR_SUN)

    run_virtually(story())


def test_who_charges_with_its_least_leaves_the_rest_of_the_sun() -> None:
    async def story() -> None:
        house = house_of("A", "B", load_w=lambda _: -13 * ONE_A)
        await dark(house, ChargeMode.MINIMUM_SOLAR, ChargeMode.SOLAR)
        await house.live(300)
        together_a = house.told("A")[0] + house.told("B")[0]
        assert together_a == pytest.approx(13.0, abs=1.0)
        assert min(house.told("A")[0], house.told("B")[0]) >= 6.0
        house.load_w = lambda _: -7 * ONE_A
        await house.live(300)
        assert house.told("A")[0] == pytest.approx(7.0, abs=0.6)
        assert house.told("B") == (0.0, Reason.WAITING_FOR_SUN)

    run_virtually(story())


def test_a_kettle_every_now_and_then_is_no_write_every_now_and_then() -> None:
    """A meter that speaks every second wavers by some hundred watts; a station's limit does not."""

    async def story() -> None:
        def load_w(second: int) -> float:
            return -9 * ONE_A + 120 * (second % 7) - 360

        house = house_of("A", load_w=load_w)
        await dark(house, ChargeMode.SOLAR)
        await house.live(300)
        before = len(house.orders("A"))
        await house.live(600)
        # Leases are renewed every few minutes in any case.
        assert len(house.orders("A")) - before <= 8
        mean_w = sum(house.grid_w[-200:]) / 200
        assert abs(mean_w) < ONE_A / 2

    run_virtually(story())


def test_with_the_meter_lost_nobody_knows_of_any_sun() -> None:
    async def story() -> None:
        house = house_of("A", "B", load_w=lambda _: -12 * ONE_A)
        await dark(house, ChargeMode.SOLAR, ChargeMode.MINIMUM_SOLAR)
        await house.live(300)
        assert house.told("A")[0] > 0 or house.told("B")[0] > 6.0
        house.is_metered = False
        await house.live(180)
        assert house.told("A") == (0.0, Reason.METER_LOST)
        assert house.told("B")[0] == 6.0

    run_virtually(story())


def test_sun_never_gives_more_than_the_fuse() -> None:
    async def story() -> None:
        house = house_of("A", "B", "C", load_w=lambda _: -100 * ONE_A)
        await dark(house, *[ChargeMode.SOLAR] * 3)
        await house.live(300)
        assert sum(house.told(name)[0] for name in "ABC") <= 35.0
        assert house.exceeded == []

    run_virtually(story())
