"""A vehicle that carries its house: what flows from the grid, and in which direction, for what the house draws."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.v2x import (
    Hindrance,
    IdleMethod,
    V2gConfig,
    V2gMode,
)
from tests.engine.control.v2x.bidirectional import Bidirectional, Temper
from tests.engine.control.v2x.v2g_house import DIALECT, V2G, Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually

KEY = EvseKey("A", 1)


@dataclass(frozen=True)
class Case:
    """A house that draws `load_w`, and what the vehicle is to do for it when all has settled."""

    words: str
    load_w: float
    power_w: float
    hindrance: Hindrance | None = None
    minimum_w: float = 0.0
    soc_percent: float = 70.0
    temper: Temper = field(default_factory=Temper)
    pace: Pace = field(default_factory=Pace)


CASES = [
    Case("all but the bias", 2000, -1950),
    Case("with a slow meter", 2000, -1950, pace=Pace(meter=5, late=2)),
    Case("with a slow station", 2000, -1950, temper=Temper(2.0, 3.0)),
    Case("what its owner allows", 9000, -7000),
    Case("what it can", 6000, -3000, temper=Temper(most_w=3000)),
    Case("nothing for next to nothing", 40, 0, Hindrance.HOUSE_NEEDS_LITTLE),
    Case("rests below its least", 1200, 0, Hindrance.HOUSE_NEEDS_LITTLE, 1400),
    Case("well above its least", 2000, -1950, None, 1400),
    Case("nothing at its minimum", 2000, 0, Hindrance.SOC_AT_MINIMUM, soc_percent=30.6),
    Case("the sun into the vehicle", -6000, 6050),
    Case("too little sun for it", -3000, 0, Hindrance.HOUSE_NEEDS_LITTLE),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_it_carries_the_house(case: Case) -> None:
    async def story() -> None:
        dialect = replace(DIALECT, minimum_w=case.minimum_w)
        vehicle = Bidirectional("A", temper=case.temper, soc_percent=case.soc_percent)
        site = site_of(v2g=replace(V2G, dialect=dialect))
        house = V2gHouse(site, [vehicle], lambda _: case.load_w, case.pace)
        await house.begin()
        await house.live(150)
        # A cap on charging is a whole number of amperes, and follows no closer.
        about_w = 700 if case.power_w > 0 else 100
        assert vehicle.power_w == pytest.approx(case.power_w, abs=about_w)
        assert house.state().hindrance is case.hindrance

    run_virtually(story())


def steps(second: int) -> float:
    """A kettle, an oven that goes on and off, and what always runs."""
    kettle = 2000.0 if 60 <= second % 400 < 200 else 0.0
    oven = 1500.0 if second % 90 < 40 else 0.0
    return 350.0 + kettle + oven


@pytest.mark.parametrize(
    ("pace", "temper"),
    [
        (Pace(), Temper()),
        (Pace(2, 1), Temper(1.5, 2.0)),
        (Pace(5, 2, 60), Temper(1.5, 2.0)),
    ],
)
def test_nothing_is_corrected_twice(pace: Pace, temper: Temper) -> None:
    """However late the meter and the vehicle are, each step of the house is one step of the vehicle."""

    async def story() -> None:
        vehicle = Bidirectional("A", temper=temper)
        house = V2gHouse(site_of(), [vehicle], steps, pace)
        await house.begin()
        await house.live(400)
        edges = sum(steps(at) != steps(at - 1) for at in range(60, 400))
        changes = [order.power_w for _, order in vehicle.told[5:] if order is not None]
        turns = sum(
            abs(now_w - before_w) > 200 for before_w, now_w in pairwise(changes)
        )
        assert turns <= 1.5 * edges
        reaction_s = pace.meter + pace.late + 2 * temper.answer_s + temper.follows_s + 5
        assert longest_export_s(house.grid_w[60:]) <= reaction_s

    run_virtually(story())


def longest_export_s(grid_w: list[float], about_w: float = 60.0) -> int:
    """Return for how long anything flowed into the grid at a time."""
    longest = running = 0
    for one in grid_w:
        running = running + 1 if one < -about_w else 0
        longest = max(longest, running)
    return longest


def test_what_it_gives_up_goes_to_nobody_else_and_its_minimum_stays_its_own() -> None:
    async def story() -> None:
        house = V2gHouse(site_of(), [Bidirectional("A")], lambda _: 3000.0)
        await house.begin()
        await house.live(120)
        allotment = house.fleet.evse(KEY).allotment
        assert allotment is not None
        assert (allotment.current.a, allotment.reason) == (6.0, Reason.DISCHARGING)
        house.load = lambda _: 20.0
        await house.live(30)
        allotment = house.fleet.evse(KEY).allotment
        assert allotment is not None
        assert (allotment.current.a, allotment.reason) == (6.0, Reason.V2G_IDLE)

    run_virtually(story())


IDLES: list[tuple[IdleMethod, Callable[[float], bool]]] = [
    (IdleMethod.ZERO, lambda power_w: power_w == 0),
    (IdleMethod.IDLE_MODE, lambda power_w: power_w == 0),
    (IdleMethod.UPKEEP, lambda power_w: power_w == 100),
    (IdleMethod.PAUSE, lambda power_w: power_w == 0),
]


@pytest.mark.parametrize(("method", "is_right"), IDLES)
def test_it_rests_as_its_dialect_says(
    method: IdleMethod, is_right: Callable[[float], bool]
) -> None:
    async def story() -> None:
        site = site_of(v2g=replace(V2G, dialect=replace(DIALECT, idle=method)))
        vehicle = Bidirectional("A")
        house = V2gHouse(site, [vehicle], lambda _: 20.0)
        await house.begin()
        await house.live(120)
        assert is_right(vehicle.power_w)
        last = vehicle.told[-1][1] if vehicle.told else None
        assert (last is None) == (method is IdleMethod.PAUSE)

    run_virtually(story())


HINDERED: list[tuple[str, V2gConfig, V2gMode, Hindrance]] = [
    ("off", V2G, V2gMode.OFF, Hindrance.OFF),
    ("charge only", V2G, V2gMode.CHARGE_ONLY, Hindrance.OFF),
    (
        "not confirmed",
        replace(V2G, confirmed_at=None),
        V2gMode.HOUSE,
        Hindrance.NOT_CONFIRMED,
    ),
    ("no order", V2G, V2gMode.SETPOINT, Hindrance.NO_ORDER),
]


@pytest.mark.parametrize(("words", "config", "mode", "why"), HINDERED)
def test_nothing_comes_out_that_was_not_asked_for(
    words: str, config: V2gConfig, mode: V2gMode, why: Hindrance
) -> None:
    async def story() -> None:
        vehicle = Bidirectional("A")
        house = V2gHouse(site_of(v2g=config), [vehicle], lambda _: 3000.0)
        await house.begin(mode)
        await house.live(90)
        assert house.state().hindrance is why
        assert vehicle.power_w > 0
        assert not [order for _, order in vehicle.told if order is not None]

    run_virtually(story())


def test_a_meter_that_falls_silent_ends_it_and_charging_goes_on() -> None:
    async def story() -> None:
        vehicle = Bidirectional("A")
        house = V2gHouse(site_of(), [vehicle], lambda _: 3000.0)
        await house.begin()
        await house.live(120)
        house.is_metered = False
        await house.live(20)
        assert house.state().hindrance is Hindrance.METER_STALE
        assert vehicle.power_w >= 0
        assert not vehicle.is_told
        house.is_metered = True
        await house.live(120)
        assert vehicle.power_w < -2900

    run_virtually(story())


def test_a_station_that_ignores_what_it_accepts_is_left_alone() -> None:
    async def story() -> None:
        vehicle = Bidirectional("A", temper=Temper(ignores=True))
        house = V2gHouse(site_of(), [vehicle], lambda _: 3000.0)
        await house.begin()
        await house.live(90)
        assert house.state().hindrance is Hindrance.STATION_REFUSES
        before = len(vehicle.told)
        await house.live(60)
        assert len(vehicle.told) <= before + 1

    run_virtually(story())


def test_closing_ends_every_setpoint() -> None:
    async def story() -> None:
        vehicle = Bidirectional("A")
        house = V2gHouse(site_of(), [vehicle], lambda _: 3000.0)
        await house.begin()
        await house.live(90)
        assert vehicle.is_told
        await house.die()
        assert not vehicle.is_told
        assert vehicle.told[-1][1] is None

    run_virtually(story())
