"""Several who dispatch the same vehicle: the owner goes before a programme, that before a system above, that before a plan."""

from datetime import timedelta
from itertools import permutations

import pytest

from custom_components.evenload.engine.control.v2x.orders import Orders
from custom_components.evenload.engine.model.configuration import GroupConfig
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import SOURCES, V2gMode
from tests.engine.control.v2x.test_dispatch import ask, house_of, powers, run
from tests.engine.control.v2x.v2g_house import site_of
from tests.engine.virtual import BEGINNING

KEY = EvseKey("A", 1)
LATER = BEGINNING + timedelta(hours=1)
TARGETS = ("A_1", "g", "")


def followed(orders: Orders, mode: V2gMode) -> tuple[str, str] | None:
    """Return which dispatch a vehicle follows: whose, and to what."""
    site = site_of(["A"])
    group = GroupConfig("g", "g", Current(32.0), ("A",))
    site.groups["g"] = group
    found = orders.dispatch_for(site, KEY, mode)
    return None if found is None else (found.source, found.target)


def give(orders: Orders, source: str, target: str, power_w: float = -1000.0) -> None:
    """Dispatch a target."""
    orders.dispatch(target, power_w, LATER, source, None, BEGINNING)


@pytest.mark.parametrize("first", TARGETS)
@pytest.mark.parametrize("second", TARGETS)
def test_who_asks_goes_before_how_near_it_is(first: str, second: str) -> None:
    for orders in (Orders(), Orders()):
        give(orders, "plan", first)
        give(orders, "action", second)
        give(orders, "programme", first)
        give(orders, "upstream", first)
        for mode in V2gMode:
            expected = None if mode is V2gMode.OFF else ("action", second)
            assert followed(orders, mode) == expected
        orders.dispatches.pop((second, "action"))
        assert followed(orders, V2gMode.PROGRAMME) == ("programme", first)
        assert followed(orders, V2gMode.PLAN) == ("plan", first)
        assert followed(orders, V2gMode.HOUSE) is None
        orders.dispatches.pop((first, "programme"))
        assert followed(orders, V2gMode.PROGRAMME) == ("upstream", first)


@pytest.mark.parametrize("source", SOURCES)
def test_of_one_source_the_nearest_counts_and_the_latest(source: str) -> None:
    mode = V2gMode.PLAN if source == "plan" else V2gMode.PROGRAMME
    for targets in permutations(TARGETS):
        orders = Orders()
        for target in targets:
            give(orders, source, target)
        give(orders, source, "A_1", -2000.0)
        assert len(orders.dispatches) == 3
        assert followed(orders, mode) == (source, "A_1")
        assert orders.dispatches["A_1", source].power_w == -2000.0


def test_each_ends_by_itself_and_the_next_goes_on() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin(V2gMode.PROGRAMME)
        await house.live(70)
        ask(house, "A_1", -1000, 400, "upstream")
        ask(house, "", -2000, 300, "programme")
        # It was charging, and turns round first.
        await house.live(90)
        assert (powers(house)["A"], house.state().source) == (-2000, "programme")
        ask(house, "", -3000, 60)
        await house.live(30)
        assert (powers(house)["A"], house.state().source) == (-3000, "action")
        # What is asked for meanwhile waits for its turn.
        ask(house, "", -2500, 300, "programme")
        await house.live(20)
        assert powers(house)["A"] == -3000
        await house.live(30)
        assert (powers(house)["A"], house.state().source) == (-2500, "programme")
        house.fleet.v2x.end_dispatch("", "programme")
        house.fleet.v2x.look()
        await house.live(20)
        assert (powers(house)["A"], house.state().source) == (-1000, "upstream")
        await house.live(300)
        assert house.state().source is None

    run(story)


def test_the_end_of_an_action_ends_nothing_of_anybody_else() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin(V2gMode.PROGRAMME)
        await house.live(70)
        ask(house, "", -2000, 600, "programme")
        await house.live(90)
        for _ in range(2):
            house.fleet.v2x.end_dispatch("")
        house.fleet.v2x.look()
        await house.live(30)
        assert powers(house)["A"] == -2000

    run(story)


def test_the_owner_goes_before_a_plan_for_one_of_his_vehicles() -> None:
    async def story() -> None:
        house = house_of("A", "B")
        await house.begin(V2gMode.PLAN)
        house.set_mode("B", V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "g", -1500, 600, "plan")
        ask(house, "B_1", -100, 90)
        await house.live(90)
        assert powers(house)["A"] == -1500
        ask(house, "", -4000, 60)
        await house.live(50)
        assert sum(powers(house).values()) == pytest.approx(-4000, abs=2)
        assert house.state("A").source == house.state("B").source == "action"
        await house.live(40)
        assert powers(house)["A"] == -1500

    run(story)


def test_those_that_follow_several_for_one_target_do_so_each_by_itself() -> None:
    async def story() -> None:
        house = house_of("A", "B")
        await house.begin(V2gMode.PROGRAMME)
        house.set_mode("B", V2gMode.PLAN)
        await house.live(70)
        ask(house, "g", -1000, 600, "programme")
        ask(house, "g", -2000, 600, "plan")
        await house.live(90)
        assert powers(house) == {"A": -1000, "B": -2000}

    run(story)


def test_all_of_them_go_on_after_a_restart() -> None:
    async def story() -> None:
        house = house_of("A")
        await house.begin(V2gMode.PROGRAMME)
        await house.live(70)
        ask(house, "", -2000, 600, "programme")
        ask(house, "", -3000, 200)
        await house.live(30)
        before = house.fleet.v2x.orders.dispatches
        await house.save()
        await house.crash()
        await house.come_back()
        assert house.fleet.v2x.orders.dispatches == before
        await house.live(120)
        assert (powers(house)["A"], house.state().source) == (-3000, "action")
        await house.live(90)
        assert (powers(house)["A"], house.state().source) == (-2000, "programme")

    run(story)
