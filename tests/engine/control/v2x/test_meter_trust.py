"""A meter that cannot be believed: nothing is fed back by what it says, whatever is asked."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.model.v2x import Hindrance, V2gMode
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.test_dispatch import ask
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse, site_of
from tests.engine.virtual import run_virtually


@pytest.mark.parametrize("cap_w", [3000.0, 7000.0, 20_000.0])
def test_a_silent_meter_ends_it_however_much_may_flow_out(cap_w: float) -> None:
    async def story() -> None:
        site = site_of(v2g=replace(V2G, to_grid=True), export_cap_w=cap_w)
        house = V2gHouse(site, [Bidirectional("A")], lambda _: 500.0)
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "A_1", -6000)
        await house.live(80)
        assert house.vehicles["A"].power_w < -3000
        house.is_metered = False
        await house.live(40)
        assert house.vehicles["A"].power_w >= 0
        assert house.state().hindrance is Hindrance.METER_STALE

    run_virtually(story())


def test_a_meter_that_is_known_to_say_nothing_ends_it_in_this_turn() -> None:
    """What the other lines say in the meantime changes nothing."""

    async def story() -> None:
        house = V2gHouse(site_of(), [Bidirectional("A")], lambda _: 2000.0)
        await house.begin()
        await house.live(60)
        vehicle = house.vehicles["A"]
        assert vehicle.power_w < -1800
        house.fleet.v2x.meter_is_silent("", silent=True)
        assert house.state().hindrance is Hindrance.METER_STALE
        await house.live(4)
        assert vehicle.power_w >= 0
        await house.live(30)
        assert not vehicle.is_told
        assert house.state().hindrance is Hindrance.METER_STALE
        house.fleet.v2x.meter_is_silent("", silent=False)
        await house.live(90)
        assert vehicle.power_w < -1800

    run_virtually(story())


def test_the_meter_of_a_group_is_not_that_of_the_house() -> None:
    async def story() -> None:
        house = V2gHouse(site_of(), [Bidirectional("A")], lambda _: 2000.0)
        await house.begin()
        await house.live(60)
        house.fleet.v2x.meter_is_silent("g", silent=True)
        await house.live(5)
        assert house.vehicles["A"].power_w < -1800

    run_virtually(story())


def test_a_meter_that_stands_still_while_anything_is_given_is_not_believed() -> None:
    async def story() -> None:
        load = [2000.0]
        house = V2gHouse(site_of(), [Bidirectional("A")], lambda _: load[0])
        await house.begin()
        await house.live(60)
        vehicle = house.vehicles["A"]
        house.stands_at = house.read_a
        load[0] = 300.0
        await house.live(55)
        assert vehicle.power_w < -1800
        await house.live(20)
        assert vehicle.power_w >= 0
        assert house.state().hindrance is Hindrance.METER_STALE
        await house.live(300)
        assert vehicle.power_w >= 0
        house.stands_at = None
        load[0] = 2000.0
        await house.live(120)
        assert vehicle.power_w < -1800

    run_virtually(story())


def test_a_sample_beyond_the_fuse_is_only_believed_when_it_is_said_again() -> None:
    async def story() -> None:
        house = V2gHouse(site_of(), [Bidirectional("A")], lambda _: 500.0)
        await house.begin()
        await house.live(90)
        vehicle = house.vehicles["A"]
        given_w = vehicle.power_w
        assert given_w < -400
        house.stands_at = 150.0
        await house.live(1)
        house.stands_at = None
        for _ in range(10):
            await house.live(1)
            assert vehicle.power_w == pytest.approx(given_w, abs=60)
        # What a fuse bears for a while is carried, too.
        house.load = lambda _: 34_000.0
        await house.live(20)
        assert vehicle.power_w < -6900

    run_virtually(story())
