"""Our own clock is set, forward or back, while a vehicle feeds back: it goes on by the meter, and is told its end."""

from datetime import datetime, timedelta
from typing import override

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.v2x import SetpointOrder, V2gMode
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import V2gHouse, site_of
from tests.engine.virtual import run_virtually

KEY = EvseKey("A", 1)
JUMPS = [-7200, -600, -60, -30, 30, 60, 600, 7200]

# Two turns of the meter, an answer, what the vehicle takes to follow, and between two writes.
REACTS_S = 10


class ByOurClock(Bidirectional):
    """Its profiles are absolute, and its clock follows ours by Heartbeat: a setpoint ends by what our clock shows (2.1 K01.FR.31)."""

    house: V2gHouse
    ends_at: datetime | None = None

    @override
    async def set_setpoint(self, order: SetpointOrder) -> Outcome:
        ends_at = self.house.now() + timedelta(seconds=order.lasts_s)
        outcome = await super().set_setpoint(order)
        if outcome is Outcome.APPLIED:
            self.ends_at = ends_at
            self.hold_for_ever(order.power_w)
            self._aim()
        return outcome

    @override
    def move(self, seconds: float) -> None:
        if self.ends_at is not None and self.house.now() >= self.ends_at:
            self.stop_by_itself()
        super().move(seconds)


async def house_of(
    vehicle: Bidirectional, mode: V2gMode = V2gMode.HOUSE, load_w: float = 3000.0
) -> V2gHouse:
    """Return a house that draws 3 kW, whose vehicle carries that."""
    house = V2gHouse(site_of(), [vehicle], lambda _: load_w)
    if isinstance(vehicle, ByOurClock):
        vehicle.house = house
    await house.begin(mode)
    return house


@pytest.mark.parametrize("seconds", JUMPS)
@pytest.mark.parametrize("nature", [Bidirectional, ByOurClock])
def test_the_house_is_followed_on(nature: type[Bidirectional], seconds: int) -> None:
    """The meter counts at once: what the house stops to draw does not flow into the grid for longer than ever."""

    async def story() -> None:
        house = await house_of(nature("A"))
        await house.live(55)
        vehicle = house.vehicles["A"]
        assert vehicle.power_w == pytest.approx(-2950, abs=60)
        house.jump(seconds)
        await house.live(REACTS_S)
        house.load = lambda _: 0.0
        await house.live(REACTS_S)
        for _ in range(120):
            await house.live(1)
            assert house.grid_w[-1] > -100
        house.load = lambda _: 2000.0
        await house.live(90)
        # It is renewed as ever.
        for _ in range(120):
            await house.live(1)
            assert vehicle.power_w == pytest.approx(-1950, abs=60)
        await house.die()

    run_virtually(story())


@pytest.mark.parametrize("seconds", JUMPS)
@pytest.mark.parametrize("nature", [Bidirectional, ByOurClock])
def test_an_end_is_told(nature: type[Bidirectional], seconds: int) -> None:
    """What is over by the new clock may hold in the station for long: it is ended."""

    async def story() -> None:
        house = await house_of(nature("A"))
        await house.live(55)
        vehicle = house.vehicles["A"]
        assert vehicle.power_w < -2000
        house.jump(seconds)
        house.set_mode("A", V2gMode.OFF)
        await house.live(REACTS_S)
        assert vehicle.told[-1][1] is None
        assert vehicle.power_w >= 0
        count = len(vehicle.told)
        await house.live(120)
        assert len(vehicle.told) == count
        await house.die()

    run_virtually(story())


@pytest.mark.parametrize("seconds", [60, 600, 7200])
def test_a_dispatch_ends_by_the_clock_that_is_right(seconds: int) -> None:
    """Its end was a moment that somebody named: when that is past, the vehicle is told so."""

    async def story() -> None:
        house = await house_of(Bidirectional("A"), V2gMode.SETPOINT, load_w=6000.0)
        until = house.now() + timedelta(seconds=180)
        house.fleet.v2x.dispatch("A_1", -3000.0, until, "action", None)
        house.fleet.v2x.look()
        await house.live(120)
        vehicle = house.vehicles["A"]
        assert vehicle.power_w == pytest.approx(-3000, abs=60)
        house.jump(seconds)
        await house.live(REACTS_S)
        assert vehicle.power_w >= 0
        await house.die()

    run_virtually(story())


@pytest.mark.parametrize("seconds", JUMPS)
def test_what_a_silent_station_holds_counts_until_it_is_ended(seconds: int) -> None:
    """Nobody knows by which clock it ends: it counts as given, and is ended when the station is back."""

    async def story() -> None:
        house = await house_of(ByOurClock("A"))
        await house.live(55)
        vehicle = house.vehicles["A"]
        house.disconnect("A")
        await house.live(2)
        house.jump(seconds)
        house.read()
        assert house.fleet.v2x.fed_a(KEY) * 690 > 2000
        house.set_mode("A", V2gMode.OFF)
        await house.live(70)
        assert house.fleet.v2x.is_told(KEY)
        house.connect("A")
        await house.live(REACTS_S)
        assert vehicle.told[-1][1] is None
        assert not vehicle.is_told
        await house.die()

    run_virtually(story())


@pytest.mark.parametrize("seconds", [-7200, 7200])
def test_energy_is_counted_by_the_time_that_passed(seconds: int) -> None:
    """Between two readings no hours passed, and what was said of the battery is as old as it was."""

    async def story() -> None:
        house = await house_of(Bidirectional("A"))
        await house.live(120)
        house.jump(seconds)
        await house.live(300)
        state = house.state()
        assert state.hindrance is None
        assert state.soc_percent == pytest.approx(
            house.vehicles["A"].soc_percent, abs=1.5
        )
        await house.die()

    run_virtually(story())
