"""What the owner may say of discharging, what a probe shows, and what survives a restart."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from custom_components.evenload.engine.discharges import Discharges
from custom_components.evenload.engine.fleet import Fleet
from custom_components.evenload.engine.memory import Memory
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.v2x import Hindrance, V2gMode, V2xDialect
from custom_components.evenload.engine.model.v2x_ability import Method
from tests.engine.control.v2x.bidirectional import Bidirectional, Temper
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse, site_of
from tests.engine.virtual import BEGINNING, run_virtually, virtual_now

KEY = EvseKey("A", 1)
BY_KEY = V2xDialect(method=Method.CONFIGURATION_KEY, key="setpoint", minimum_w=500.0)


class _Disk:
    """Writes nothing."""

    async def save(self) -> bool:
        return True


class Owner(Discharges):
    """The facade over a house."""

    def __init__(self, fleet: Fleet) -> None:
        """Speak to a fleet."""
        self._fleet = fleet
        self._memory = cast(Memory, _Disk())
        self._now = virtual_now


async def house_of(
    *,
    load_w: float = 3000.0,
    temper: Temper | None = None,
    by_key: bool = False,
    cap_w: float = 0.0,
) -> V2gHouse:
    """Return a house that has begun, with everything off."""
    v2g = replace(V2G, to_grid=cap_w > 0, dialect=BY_KEY if by_key else V2G.dialect)
    vehicle = Bidirectional("A", temper=temper or Temper())
    site = site_of(v2g=v2g, export_cap_w=cap_w)
    house = V2gHouse(site, [vehicle], lambda _: load_w)
    await house.begin(V2gMode.OFF)
    await house.live(10)
    return house


def test_what_was_asked_survives_a_restart() -> None:
    async def story() -> None:
        house = await house_of()
        owner = Owner(house.fleet)
        until = virtual_now() + timedelta(hours=1)
        await owner.set_v2g_mode(KEY, V2gMode.SETPOINT)
        await owner.set_discharge_limit(KEY, 2500.0)
        await owner.set_minimum_soc(KEY, 45.0)
        await owner.dispatch("A_1", -2000.0, until)
        await owner.set_export_cap(500.0)
        await house.live(90)
        assert house.vehicles["A"].power_w == -2000
        await house.save()
        await house.crash()
        await house.come_back()
        state = house.state()
        assert (state.mode, state.until) == (V2gMode.SETPOINT, until)
        assert (state.discharge_limit_w, state.minimum_soc_percent) == (2500.0, 45.0)
        assert Owner(house.fleet).export_cap_w == 0.0
        await house.live(90)
        # The vehicle said what it needs before: that is not said twice.
        assert house.vehicles["A"].power_w == -2000

    run_virtually(story())


def test_a_setpoint_of_an_earlier_life_is_ended_first() -> None:
    """A key does not lapse: without that it would discharge for ever."""

    async def story() -> None:
        house = await house_of(by_key=True)
        vehicle = house.vehicles["A"]
        owner = Owner(house.fleet)
        assert await with_time(house, owner.probe_discharge(KEY))
        await owner.set_v2g_mode(KEY, V2gMode.HOUSE)
        await house.live(120)
        assert vehicle.power_w < 0
        house.set_mode("A", V2gMode.OFF)
        await house.save()
        vehicle.told.clear()
        vehicle.hold_for_ever(-2950.0)
        await house.crash()
        await house.come_back()
        await house.live(10)
        assert vehicle.told
        assert vehicle.told[0][1] is None
        assert vehicle.power_w >= 0

    run_virtually(story())


def test_who_may_no_more_is_told_so() -> None:
    async def story() -> None:
        house = await house_of()
        house.set_mode("A", V2gMode.HOUSE)
        await house.live(90)
        assert house.vehicles["A"].power_w < 0
        site = house.fleet.config
        stations = {"A": replace(site.stations["A"], v2g={})}
        house.fleet.configure(replace(site, stations=stations))
        await house.live(5)
        assert not house.vehicles["A"].is_told
        assert house.vehicles["A"].told[-1][1] is None

    run_virtually(story())


@pytest.mark.parametrize(
    ("temper", "proven"), [(Temper(), True), (Temper(ignores=True), False)]
)
def test_a_probe_believes_only_what_comes_out(temper: Temper, proven: bool) -> None:
    async def story() -> None:
        house = await house_of(temper=temper, by_key=True)
        house.set_mode("A", V2gMode.HOUSE)
        await house.live(30)
        assert house.state().hindrance is Hindrance.NOT_PROVEN
        owner = Owner(house.fleet)
        probing = owner.probe_discharge(KEY)
        assert await with_time(house, probing) is proven
        ability = house.fleet.stations["A"].capabilities.v2x[1]
        assert (Method.CONFIGURATION_KEY in ability.proven) is proven
        assert (Method.CONFIGURATION_KEY in ability.disproven) is not proven
        await house.live(5)
        assert proven or not house.vehicles["A"].is_told

    run_virtually(story())


def has_left(house: V2gHouse) -> None:
    house.leave("A")


def has_gone(house: V2gHouse) -> None:
    house.disconnect("A")


def is_paused(house: V2gHouse) -> None:
    settings = house.fleet.evse(KEY).settings
    house.fleet.set_settings(KEY, replace(settings, charging_allowed=False))


def needs_no_more(house: V2gHouse) -> None:
    house.load = lambda _: 100.0


CUT_SHORT = [
    (has_left, "probe_vehicle_left", {}),
    (has_gone, "probe_station_gone", {}),
    (is_paused, "probe_cut_short", {"reason": "paused"}),
    (needs_no_more, "probe_load_gone", {"power": "500"}),
]


@pytest.mark.parametrize(("happens", "key", "placeholders"), CUT_SHORT)
def test_a_probe_that_is_cut_short_says_so_and_shows_nothing(
    happens: Callable[[V2gHouse], None], key: str, placeholders: dict[str, str]
) -> None:
    async def story() -> None:
        house = await house_of(by_key=True, temper=Temper(follows_s=30.0))
        task = asyncio.create_task(Owner(house.fleet).probe_discharge(KEY))
        await house.live(4)
        happens(house)
        while not task.done():
            await house.live(1)
        with pytest.raises(BadSetting) as caught:
            task.result()
        assert (caught.value.key, caught.value.placeholders) == (key, placeholders)
        v2x = house.fleet.stations["A"].capabilities.v2x[1]
        assert (v2x.proven, v2x.disproven) == ((), ())

    run_virtually(story())


def test_a_probe_that_nobody_answers_shows_nothing() -> None:
    async def story() -> None:
        temper = Temper(loses_answers=True, least_w=2000.0)
        house = await house_of(by_key=True, temper=temper, cap_w=10_000.0)
        with pytest.raises(BadSetting) as caught:
            await with_time(house, Owner(house.fleet).probe_discharge(KEY))
        assert caught.value.key == "probe_unanswered"
        v2x = house.fleet.stations["A"].capabilities.v2x[1]
        assert (v2x.proven, v2x.disproven) == ((), ())

    run_virtually(story())


async def with_time(house: V2gHouse, wanted: Coroutine[Any, Any, bool]) -> bool:
    """Let the house live while something is waited for."""
    task = asyncio.create_task(wanted)
    while not task.done():
        await house.live(1)
    return task.result()


REFUSED = [
    ("set_discharge_limit", (KEY, 9000.0), "discharge_limit_out_of_range"),
    ("set_minimum_soc", (KEY, 101.0), "minimum_soc_out_of_range"),
    ("set_minimum_soc", (KEY, 4.9), "minimum_soc_out_of_range"),
    ("discharge_until", (KEY,), "discharge_without_end"),
    ("dispatch", ("A_1", -2000.0, BEGINNING), "end_passed"),
    ("probe_discharge", (EvseKey("A", 2),), "v2g_not_set_up"),
]


@pytest.mark.parametrize(("method", "arguments", "key"), REFUSED)
def test_what_makes_no_sense_is_said(
    method: str, arguments: tuple[object, ...], key: str
) -> None:
    async def story() -> None:
        house = await house_of()
        with pytest.raises(BadSetting) as caught:
            await getattr(Owner(house.fleet), method)(*arguments)
        assert caught.value.key == key

    run_virtually(story())


def test_a_probe_that_the_house_has_no_use_for_is_not_made() -> None:
    async def story() -> None:
        house = await house_of(load_w=100.0, by_key=True)
        with pytest.raises(BadSetting) as caught:
            await Owner(house.fleet).probe_discharge(KEY)
        assert caught.value.key == "probe_needs_load"
        assert not house.vehicles["A"].told

    run_virtually(story())
