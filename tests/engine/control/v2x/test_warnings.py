"""A vehicle that gives what nobody asked for: its owner is told, and its station is told its limits, and that no setpoint holds."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.v2x import V2gMode
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.test_meter_signs import watched
from tests.engine.control.v2x.v2g_house import V2gHouse, site_of
from tests.engine.virtual import run_virtually


@pytest.mark.parametrize("is_set_up", [True, False])
def test_who_gives_unasked_is_told_of_and_told_again(is_set_up: bool) -> None:
    async def story() -> None:
        site, vehicle = site_of(), Bidirectional("A")
        if not is_set_up:
            stations = {"A": replace(site.stations["A"], v2g={})}
            site = replace(site, stations=stations)
        house = V2gHouse(site, [vehicle], lambda _: 3000.0)
        notices = watched(house)
        await house.begin(V2gMode.OFF)
        await house.live(60)
        orders, told = len(vehicle.orders), len(vehicle.told)
        vehicle.hold_for_ever(-2000.0)
        await house.live(25)
        assert not notices
        for _ in range(25):
            await house.live(1)
            if notices:
                break
        assert notices[NoticeKind.DISCHARGES_UNASKED].subject == "A"
        await house.live(5)
        assert len(vehicle.orders) > orders
        if is_set_up:
            # That ended it.
            assert vehicle.told[told:][0][1] is None
        else:
            await house.live(300)
            assert set(notices) == {NoticeKind.DISCHARGES_UNASKED}
            vehicle.stop_by_itself()
        await house.live(20)
        assert not notices
        assert vehicle.power_w > 0

    run_virtually(story())


def test_what_was_asked_for_and_its_end_are_nothing_to_tell() -> None:
    async def story() -> None:
        house = V2gHouse(site_of(), [Bidirectional("A")], lambda _: 3000.0)
        notices = watched(house)
        await house.begin()
        for mode in (V2gMode.HOUSE, V2gMode.OFF, V2gMode.HOUSE):
            house.set_mode("A", mode)
            for _ in range(150):
                await house.live(1)
                assert not notices

    run_virtually(story())
