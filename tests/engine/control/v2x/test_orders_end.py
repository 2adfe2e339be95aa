"""What ends by itself is followed by what comes after it, without a gap where the direction is the same."""

from datetime import timedelta

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.v2x import Hindrance, V2gMode
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import V2gHouse, site_of
from tests.engine.virtual import run_virtually, virtual_now

KEY = EvseKey("A", 1)


async def carrying() -> V2gHouse:
    """Return a house that is carried."""
    house = V2gHouse(site_of(), [Bidirectional("A")], lambda _: 3000.0)
    await house.begin()
    await house.live(90)
    assert house.vehicles["A"].power_w == pytest.approx(-2950, abs=20)
    return house


async def followed(house: V2gHouse, seconds: int) -> list[float]:
    """Return what the vehicle gave second by second."""
    given = []
    for _ in range(seconds):
        await house.live(1)
        given.append(-house.vehicles["A"].power_w)
    return given


@pytest.mark.parametrize("how", ["until", "energy", "dispatch", "ended early"])
def test_the_house_is_carried_on_when_an_order_ends(how: str) -> None:
    async def story() -> None:
        house = await carrying()
        v2x, until = house.fleet.v2x, virtual_now() + timedelta(seconds=60)
        told = len(house.vehicles["A"].told)
        if how == "until":
            v2x.give(KEY, until=until, energy_wh=None, power_w=1500.0)
        elif how == "energy":
            v2x.give(KEY, until=None, energy_wh=20.0, power_w=1500.0)
        else:
            v2x.dispatch("A_1", -1500.0, until, "action", None)
        v2x.look()
        given = await followed(house, 20)
        assert given[-1] == 1500
        if how == "ended early":
            v2x.end_dispatch("A_1")
            v2x.look()
        given = await followed(house, 70)
        assert min(given) == pytest.approx(1500, abs=1)
        assert given[-1] == pytest.approx(2950, abs=20)
        assert None not in [one for _, one in house.vehicles["A"].told[told:]]
        assert house.state().hindrance is None

    run_virtually(story())


def test_what_ended_while_home_assistant_was_away_is_over_when_it_is_back() -> None:
    async def story() -> None:
        house = await carrying()
        until = virtual_now() + timedelta(seconds=30)
        house.fleet.v2x.give(KEY, until=until, energy_wh=None, power_w=1500.0)
        await house.live(10)
        await house.save()
        await house.crash()
        await house.live(25)
        await house.come_back()
        assert not house.fleet.v2x.orders.givings
        # It was charged meanwhile, and rests for a minute before it turns round.
        given = await followed(house, 100)
        assert given[-1] == pytest.approx(2950, abs=20)

    run_virtually(story())


def test_who_has_given_enough_and_only_charges_says_so_until_it_leaves() -> None:
    async def story() -> None:
        house = await carrying()
        house.set_mode("A", V2gMode.CHARGE_ONLY)
        house.fleet.v2x.give(KEY, until=None, energy_wh=15.0, power_w=1500.0)
        await house.live(150)
        assert house.state().hindrance is Hindrance.ENOUGH_GIVEN
        assert house.vehicles["A"].power_w > 0
        house.leave("A")
        house.arrive("A")
        house.tell_needs("A")
        await house.live(5)
        assert house.state().hindrance is Hindrance.OFF

    run_virtually(story())


@pytest.mark.parametrize("at_once", [True, False])
def test_what_is_to_follow_is_for_those_that_followed(at_once: bool) -> None:
    async def story() -> None:
        stations = [Bidirectional(name) for name in "AB"]
        house = V2gHouse(site_of("AB"), stations, lambda _: 6000.0)
        await house.begin(V2gMode.SETPOINT)
        v2x, now = house.fleet.v2x, virtual_now()
        until = now + timedelta(seconds=60)
        own = until if at_once else now + timedelta(hours=1)
        v2x.dispatch("A_1", -2000.0, own, "action", V2gMode.HOUSE)
        v2x.dispatch("", -3000.0, until, "action", V2gMode.CHARGE_ONLY)
        v2x.look()
        await house.live(70)
        modes = [house.state(name).mode for name in "AB"]
        mine = V2gMode.HOUSE if at_once else V2gMode.SETPOINT
        assert modes == [mine, V2gMode.CHARGE_ONLY]
        v2x.end_dispatch("A_1")
        v2x.look()
        assert house.state("A").mode is V2gMode.HOUSE

    run_virtually(story())
