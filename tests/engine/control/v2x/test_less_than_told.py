"""A station that loses a part of what it is told is told the more, within all limits; one that gives all again is believed at once."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from custom_components.evenload.engine.control.v2x.making import Making
from custom_components.evenload.engine.model.configuration import GroupConfig, Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from tests.engine.control.v2x.bidirectional import Temper
from tests.engine.control.v2x.test_more_than_told import Eager
from tests.engine.control.v2x.v2g_house import DIALECT, V2G, Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually

KEY = EvseKey("A", 1)
BIAS_W = 50.0

# What comes out while a vehicle follows, in watts; and for how long, with a meter of one second.
ABOUT_W = 120.0
REACTION_S = 6


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a story in virtual time."""
    run_virtually(story())


def steps(second: int) -> float:
    """Return the load of a house in which things go on and off."""
    return (4000.0, 2500.0, 5000.0, 3000.0)[second // 60 % 4]


async def lossy(
    gain: float,
    load: Callable[[int], float] = lambda _: 4000.0,
    *,
    least_w: float = 0.0,
    pace: Pace = Pace(),
    temper: Temper = Temper(),
) -> tuple[V2gHouse, Eager]:
    """Return a house that such a station carries."""
    station = Eager("A", gain=gain, temper=temper)
    v2g = replace(V2G, dialect=replace(DIALECT, minimum_w=least_w))
    house = V2gHouse(site_of(v2g=v2g), [station], load, pace)
    await house.begin()
    return house, station


async def covered(house: V2gHouse, station: Eager, seconds: int) -> float:
    """Return which part of what the house took, but for the bias, came from the vehicle."""
    given_w = wanted_w = 0.0
    for _ in range(seconds):
        await house.live(1)
        wanted_w += house.load(house.second) - BIAS_W
        given_w += min(-station.power_w, house.load(house.second))
    return given_w / wanted_w


def longest_export(house: V2gHouse) -> int:
    """Return for how many seconds on end more came out than by accident."""
    longest = seconds = 0
    for grid_w in house.grid_w:
        seconds = seconds + 1 if grid_w < -ABOUT_W else 0
        longest = max(longest, seconds)
    return longest


def told_w(station: Eager) -> list[float]:
    """Return all that was told, as magnitudes."""
    return [-order.power_w for _, order in station.told if order is not None]


@pytest.mark.parametrize("least_w", [0.0, 1400.0])
@pytest.mark.parametrize("gain", [0.75, 0.8, 0.9, 1.0])
def test_the_house_is_carried_all_the_same(gain: float, least_w: float) -> None:
    async def story() -> None:
        house, station = await lossy(gain, least_w=least_w)
        await house.live(120)
        assert await covered(house, station, 300) > 0.97
        assert house.state().hindrance is None
        assert min(house.grid_w[10:]) > -ABOUT_W

    run(story)


@pytest.mark.parametrize("gain", [0.75, 0.8, 0.9])
def test_it_is_carried_about_as_well_when_things_go_on_and_off(gain: float) -> None:
    async def story() -> None:
        parts = []
        for each in (1.0, gain):
            house, station = await lossy(each, steps)
            await house.live(240)
            parts.append(await covered(house, station, 480))
            assert longest_export(house) <= REACTION_S
        assert parts[1] > parts[0] - 0.03

    run(story)


def test_a_slow_meter_and_a_station_that_seldom_tells_what_comes_out_are_enough() -> (
    None
):
    async def story() -> None:
        house, station = await lossy(0.8, pace=Pace(meter=5, late=1, reports=30))
        await house.live(300)
        assert await covered(house, station, 300) > 0.97

    run(story)


@pytest.mark.parametrize("gain", [0.75, 0.8, 0.9])
@pytest.mark.parametrize("reports", [5, 10, 30])
def test_what_gives_all_again_feeds_the_grid_no_longer_than_it_takes_to_tell_it(
    gain: float, reports: int
) -> None:
    async def story() -> None:
        house, station = await lossy(gain, pace=Pace(reports=reports))
        await house.live(300)
        for each in (1.0, gain, 1.0):
            station.gain = each
            await house.live(150)
            assert await covered(house, station, 60) > 0.97
        assert longest_export(house) <= REACTION_S
        assert house.state().hindrance is None

    run(story)


def test_one_that_gives_a_little_more_is_told_as_ever() -> None:
    async def story() -> None:
        house, station = await lossy(1.05)
        await house.live(120)
        assert await covered(house, station, 300) > 0.97
        assert max(told_w(station)) < 4000.0
        assert longest_export(house) <= 3

    run(story)


def test_it_is_never_told_more_than_its_owner_allows() -> None:
    async def story() -> None:
        house, station = await lossy(0.8, lambda _: 9000.0)
        await house.live(300)
        assert max(told_w(station)) == V2G.maximum_w
        assert station.power_w == pytest.approx(-0.8 * V2G.maximum_w)

    run(story)


def test_it_is_never_told_more_than_its_circuit_carries() -> None:
    async def story() -> None:
        station = Eager("A", gain=0.8)
        group = GroupConfig("g", "g", Current(18.0), ("A",), Strategy.EQUAL_SERVE)
        site = replace(site_of(), groups={"g": group})
        house = V2gHouse(site, [station], lambda _: 6000.0)
        await house.begin()
        await house.live(300)
        assert max(told_w(station)) == pytest.approx(18.0 * 230.0, abs=2.0)

    run(story)


def test_a_vehicle_at_its_end_is_not_taken_for_one() -> None:
    async def story() -> None:
        house, station = await lossy(1.0, temper=Temper(most_w=3000.0))
        await house.live(120)
        began = len(station.told)
        await house.live(300)
        assert station.power_w == -3000.0
        # A little more is tried, so that it shows when it can.
        assert max(told_w(station)[began:]) < 3500.0
        station.temper = Temper()
        await house.live(60)
        assert await covered(house, station, 60) > 0.97
        assert longest_export(house) <= REACTION_S

    run(story)


READINGS = [
    ("it gives all", [(4000, 4000), (2000, 2000)], 1.0, None),
    ("bit by bit", [(4000, 3200)], 0.95, None),
    ("as it is told more", [(4000, 3200), (4210, 3368), (4444, 3555)], 0.85, None),
    ("no further than it loses", [(4000, 3600)] * 9, 0.9, None),
    ("no further than is believed", [(4000, 2600)] * 9, 0.7, None),
    ("at once back", [(4000, 3200)] * 9 + [(4000, 4000)], 1.0, None),
    ("of little nothing follows", [(300, 200)] * 9, 1.0, None),
    ("what does nearly nothing loses nothing", [(4000, 1000)], 1.0, 1300.0),
    ("it is at its end", [(4000, 3000), (4210, 3000)], 0.95, 3300.0),
    ("and goes beyond", [(4000, 3000), (4210, 3000), (3474, 3474)], 1.0, None),
]


@pytest.mark.parametrize(
    ("readings", "part", "reach_w"),
    [each[1:] for each in READINGS],
    ids=[each[0] for each in READINGS],
)
def test_what_readings_show(
    readings: list[tuple[float, float]], part: float, reach_w: float | None
) -> None:
    making = Making()
    for told, given in readings:
        making.measured(KEY, told, given)
    assert making.part(KEY) == pytest.approx(part)
    assert making.reach_w(KEY) == reach_w
    making.forget(KEY)
    assert (making.part(KEY), making.reach_w(KEY)) == (1.0, None)
