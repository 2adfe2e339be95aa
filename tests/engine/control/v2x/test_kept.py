"""What discharging has counted, and was asked for, goes on after a restart where it was."""

from datetime import timedelta

import pytest

from custom_components.evenload.engine.model.events import VehicleNamed
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.v2x import Hindrance, V2gMode
from tests.engine.control.v2x.bidirectional import Bidirectional, Temper
from tests.engine.control.v2x.v2g_house import V2gHouse, site_of
from tests.engine.virtual import run_virtually, virtual_now

KEY = EvseKey("A", 1)


async def restarted(house: V2gHouse) -> None:
    """Let Home Assistant save, end without a word, and come back."""
    await house.save()
    await house.crash()
    await house.come_back()


def test_what_is_left_to_give_is_what_was_left() -> None:
    async def story() -> None:
        house = V2gHouse(site_of(), [Bidirectional("A")], lambda _: 3000.0)
        await house.begin(V2gMode.CHARGE_ONLY)
        await house.live(10)
        until = virtual_now() + timedelta(hours=1)
        house.fleet.v2x.give(KEY, until=until, energy_wh=150.0, power_w=1800.0)
        house.fleet.v2x.look()
        await house.live(160)
        before = house.fleet.v2x.orders.givings[KEY]
        assert 20 < before.given_wh < 100
        await restarted(house)
        assert house.fleet.v2x.orders.givings[KEY] == before
        await house.live(3)
        left_wh = house.state().left_wh
        assert left_wh == pytest.approx(before.left_wh, abs=5)
        assert house.state().until == until
        # It ends when all of it was given, and is not begun anew.
        await house.live(400)
        assert house.state().hindrance is Hindrance.ENOUGH_GIVEN

    run_virtually(story())


def test_all_that_was_asked_for_is_asked_for_still() -> None:
    async def story() -> None:
        house = V2gHouse(site_of(("A", "B")), [*map(Bidirectional, "AB")], load)
        await house.begin(V2gMode.SETPOINT)
        v2x, until = house.fleet.v2x, virtual_now() + timedelta(hours=1)
        for target, power_w, afterwards in (
            ("A_1", -1000.0, V2gMode.HOUSE),
            ("", 500.0, None),
        ):
            v2x.dispatch(target, power_w, until, "action", afterwards)
        v2x.orders.responses["B_1"] = 2000.0
        v2x.orders.export_cap_w = 700.0
        house.hear(VehicleNamed, "B", evse=1, transaction_id="1", vehicle="WMIVX")
        await house.live(10)
        before = v2x.orders.kept()
        assert before.names == {"B_1": "WMIVX"}
        await restarted(house)
        after = house.fleet.v2x.orders.kept()
        assert (after.dispatches, after.responses) == (
            before.dispatches,
            before.responses,
        )
        assert (after.names, after.needs) == (before.names, before.needs)
        assert after.export_cap_w == 700.0
        # The next has another name than any before.
        names = {one.id for one in after.dispatches}
        assert (
            house.fleet.v2x.dispatch("B_1", -1.0, until, "action", None).id not in names
        )

    run_virtually(story())


def load(_: int) -> float:
    """Return what the house draws."""
    return 3000.0


def test_who_refused_is_asked_again_after_a_restart_and_left_alone_again() -> None:
    """That a station said no is not kept: its owner may have restarted because of it."""

    async def story() -> None:
        vehicle = Bidirectional("A", temper=Temper(refuses=True))
        house = V2gHouse(site_of(), [vehicle], load)
        await house.begin()
        await house.live(200)
        assert house.state().hindrance is Hindrance.STATION_REFUSES
        told = len(vehicle.told)
        await restarted(house)
        await house.live(100)
        asked = [order for _, order in vehicle.told[told:] if order is not None]
        assert 0 < len(asked) < 8
        assert house.state().hindrance is Hindrance.STATION_REFUSES

    run_virtually(story())
