"""Setpoints from outside: to a vehicle, to a group, to the site; what follows them, and what they may not do."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.model.configuration import GroupConfig
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import Hindrance, V2gMode, V2xDialect
from custom_components.evenload.engine.model.v2x_ability import Method
from tests.engine.control.v2x.bidirectional import Bidirectional, Temper
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse, site_of
from tests.engine.virtual import run_virtually, virtual_now

TO_GRID = replace(V2G, to_grid=True)


def house_of(
    *names: str, load_w: float = 500.0, cap_w: float = 20_000.0, to_grid: bool = True
) -> V2gHouse:
    """Return a house that may feed into the grid, with a group of all its vehicles."""
    v2g = replace(V2G, to_grid=to_grid)
    site = site_of(names, v2g=v2g, export_cap_w=cap_w)
    group = GroupConfig("g", "g", Current(32.0), tuple(names))
    site = replace(site, groups={"g": group})
    return V2gHouse(site, [Bidirectional(name) for name in names], lambda _: load_w)


def ask(
    house: V2gHouse,
    target: str,
    power_w: float,
    seconds: float = 600,
    source: str = "action",
    afterwards: V2gMode | None = None,
) -> None:
    """Dispatch a target."""
    until = virtual_now() + timedelta(seconds=seconds)
    house.fleet.v2x.dispatch(target, power_w, until, source, afterwards)
    house.fleet.v2x.look()


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a story in virtual time."""
    run_virtually(story())


def powers(house: V2gHouse) -> dict[str, int]:
    """Return what flows to each vehicle, in watts."""
    return {name: round(one.power_w) for name, one in house.vehicles.items()}


def test_one_vehicle_gives_what_it_is_told_and_then_what_is_to_follow() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        assert house.state().hindrance is Hindrance.NO_ORDER
        ask(house, "A_1", -3000, 120, afterwards=V2gMode.HOUSE)
        await house.live(110)
        assert powers(house) == {"A": -3000}
        assert house.state().until is not None
        await house.live(60)
        assert house.state().mode is V2gMode.HOUSE
        assert powers(house)["A"] == pytest.approx(-450, abs=60)

    run(story)


@pytest.mark.parametrize("ends_early", [True, False])
def test_who_says_nothing_of_afterwards_changes_no_mode(ends_early: bool) -> None:
    async def story() -> None:
        house = house_of("A", "B")
        await house.begin(V2gMode.HOUSE)
        house.set_mode("B", V2gMode.SETPOINT)
        ask(house, "g", -3000, 60)
        await house.live(30)
        if ends_early:
            house.fleet.v2x.end_dispatch("g")
        await house.live(40)
        assert not house.fleet.v2x.orders.dispatches
        assert house.state("A").mode is V2gMode.HOUSE
        assert house.state("B").mode is V2gMode.SETPOINT

    run(story)


def test_a_group_is_one_battery_and_who_leaves_is_made_up_for() -> None:
    async def story() -> None:
        house = house_of("A", "B")
        house.vehicles["B"].soc_percent = 50.0
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        battery = house.fleet.v2x.battery_of("g")
        assert battery.vehicles == 2
        assert battery.available_wh == pytest.approx(36_000, rel=0.1)
        assert battery.discharge_w == 14_000
        ask(house, "g", -6000)
        await house.live(90)
        shares = powers(house)
        assert sum(shares.values()) == pytest.approx(-6000, abs=80)
        # Twice above its minimum, so about twice as much.
        assert shares["A"] == pytest.approx(2 * shares["B"], rel=0.1)
        house.leave("B")
        house.vehicles["B"].stop_by_itself()
        await house.live(20)
        assert powers(house)["A"] == -6000

    run(story)


def test_who_refuses_is_made_up_for() -> None:
    async def story() -> None:
        house = house_of("A", "B")
        house.vehicles["B"].temper = Temper(refuses=True)
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "", -4000)
        await house.live(120)
        assert powers(house)["A"] == -4000
        assert house.state("B").hindrance is Hindrance.STATION_REFUSES

    run(story)


def test_a_cap_from_outside_holds_at_once() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "A_1", -5000)
        await house.live(75)
        assert house.grid_w[-1] < -4000
        house.fleet.v2x.orders.export_cap_w = 1000.0
        house.fleet.v2x.look()
        await house.live(8)
        assert house.grid_w[-1] == pytest.approx(-950, abs=50)

    run(story)


def test_a_vehicle_for_the_house_only_is_no_one_elses() -> None:
    async def story() -> None:
        house = house_of("A", to_grid=False, load_w=1500)
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "A_1", -5000)
        await house.live(75)
        assert powers(house)["A"] == pytest.approx(-1450, abs=50)

    run(story)


HEARD = [
    (V2gMode.OFF, "action", False),
    (V2gMode.CHARGE_ONLY, "action", True),
    (V2gMode.HOUSE, "action", True),
    (V2gMode.HOUSE, "openadr", False),
    (V2gMode.SETPOINT, "openadr", False),
    (V2gMode.PROGRAMME, "openadr", True),
    (V2gMode.PROGRAMME, "plan", False),
    (V2gMode.PLAN, "plan", True),
]


@pytest.mark.parametrize(("mode", "source", "heard"), HEARD)
def test_who_follows_whom(mode: V2gMode, source: str, heard: bool) -> None:
    async def story() -> None:
        house = house_of("A", load_w=0)
        await house.begin(mode)
        await house.live(70)
        ask(house, "", -2000, source=source)
        await house.live(70)
        assert (house.vehicles["A"].power_w == -2000) is heard

    run(story)


def test_a_positive_dispatch_caps_charging() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "A_1", 5000)
        await house.live(90)
        assert 4140 <= powers(house)["A"] <= 5000

    run(story)


def test_a_station_without_other_limits_charges_by_setpoints_too() -> None:
    async def story() -> None:
        house = house_of("A")
        dialect = replace(
            V2G.dialect or V2xDialect(method=Method.NATIVE), charges_by_limits=False
        )
        site = house.fleet.config
        v2g = replace(TO_GRID, dialect=dialect)
        stations = {"A": replace(site.stations["A"], v2g={1: v2g})}
        house.fleet.configure(replace(site, stations=stations))
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "A_1", 5000)
        await house.live(90)
        last = house.vehicles["A"].told[-1][1]
        assert last is not None
        assert 4140 <= last.power_w <= 5000
        assert last.power_w <= last.charge_limit_w

    run(story)


def test_so_much_and_no_more() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin(V2gMode.CHARGE_ONLY)
        await house.live(70)
        key = EvseKey("A", 1)
        house.fleet.v2x.give(key, until=None, energy_wh=100.0, power_w=6000.0)
        house.fleet.v2x.look()
        given_wh = 0.0
        for _ in range(240):
            await house.live(1)
            given_wh += max(0.0, -house.vehicles["A"].power_w) / 3600
        assert given_wh == pytest.approx(100, abs=30)
        assert house.state().left_wh is None

    run(story)


@pytest.mark.parametrize(
    ("hz", "power_w"), [(50.0, 0), (50.008, 0), (49.9, -2000), (49.7, -4000)]
)
def test_it_holds_the_frequency(hz: float, power_w: float) -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin(V2gMode.PROGRAMME)
        await house.live(70)
        house.fleet.v2x.orders.responses["A_1"] = 4000.0
        for _ in range(7):
            house.fleet.v2x.set_frequency(hz)
            await house.live(10)
        assert powers(house)["A"] == pytest.approx(power_w, abs=60)

    run(story)


def test_a_grid_that_is_not_there_is_not_fed() -> None:
    async def story() -> None:
        house = house_of("A", load_w=3000)
        await house.begin()
        await house.live(90)
        house.fleet.v2x.set_frequency(50.0)
        await house.live(5)
        assert powers(house)["A"] < -2900
        house.fleet.v2x.set_frequency(None)
        await house.live(5)
        assert house.state().hindrance is Hindrance.GRID_UNSTEADY
        assert powers(house)["A"] >= 0

    run(story)


@pytest.mark.parametrize(
    ("asked_w", "flows_w", "hindrance"),
    [
        # What is asked for needs no margin beyond the vehicle's least to begin.
        (1400, -1400, None),
        (1500, -1500, None),
        (1300, 0, Hindrance.TOO_LITTLE_POWER),
    ],
)
@pytest.mark.parametrize("is_dispatch", [True, False])
def test_an_order_of_its_least_is_enough(
    asked_w: float, flows_w: float, hindrance: Hindrance | None, is_dispatch: bool
) -> None:
    async def story() -> None:
        house = needing("A", least_w=1400.0)
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        if is_dispatch:
            ask(house, "A_1", -asked_w)
        else:
            until = virtual_now() + timedelta(hours=1)
            house.fleet.v2x.give(
                EvseKey("A", 1), until=until, energy_wh=None, power_w=asked_w
            )
            house.fleet.v2x.look()
        await house.live(90)
        assert powers(house)["A"] == flows_w
        assert house.state().hindrance is hindrance

    run(story)


def test_the_cap_has_its_own_word() -> None:
    async def story() -> None:
        house = needing("A", least_w=1400.0, cap_w=500.0)
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "A_1", -3000)
        await house.live(90)
        assert house.state().hindrance is Hindrance.EXPORT_CAP

    run(story)


def needing(name: str, *, least_w: float, cap_w: float = 20_000.0) -> V2gHouse:
    """Return a house whose vehicle does nothing below some power."""
    dialect = V2xDialect(method=Method.NATIVE, minimum_w=least_w)
    v2g = replace(TO_GRID, dialect=dialect)
    site = site_of((name,), v2g=v2g, export_cap_w=cap_w)
    vehicle = Bidirectional(name, temper=Temper(least_w=least_w))
    return V2gHouse(site, [vehicle], lambda _: 500.0)
