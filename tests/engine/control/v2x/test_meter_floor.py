"""A meter that counts what is drawn only stands at zero when too much is given: it is found out, and not followed any more."""

from typing import override

import pytest

from custom_components.evenload.engine.model.household import MeterReading
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.v2x import Hindrance
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.test_meter_signs import watched
from tests.engine.control.v2x.v2g_house import Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually

# What is told late, and to a vehicle that takes a second, is out for so long.
REACTION_S = 40


class Clipped(V2gHouse):
    """Its meter goes down to `least_w`."""

    least_w = 0.0

    @override
    def read(self) -> None:
        drawn_w = self._past[0] + self.second // self.pace.meter % 2
        each_a = max(self.least_w, drawn_w) / 690
        currents = PhaseCurrents(each_a, each_a, each_a)
        self.fleet.read_meter("", MeterReading(self.now(), currents))


@pytest.mark.parametrize("pace", [Pace(), Pace(2, 1), Pace(5, 1)])
@pytest.mark.parametrize("after_w", [1500.0, 200.0, -500.0])
def test_it_is_found_out_when_less_is_needed(pace: Pace, after_w: float) -> None:
    async def story() -> None:
        vehicle = Bidirectional("A")
        house = Clipped(site_of(), [vehicle], lambda _: 3000.0, pace)
        notices = watched(house)
        await house.begin()
        await house.live(120)
        assert vehicle.power_w < -2800
        assert not notices
        began = len(house.grid_w)
        house.load = lambda _: after_w
        await house.live(180)
        least_w = min(0.0, after_w)
        out = [watts for watts in house.grid_w[began:] if watts < least_w - 120]
        assert len(out) <= REACTION_S + 10 * pace.meter
        assert vehicle.power_w >= 0
        assert house.state().hindrance is Hindrance.METER_UNSIGNED
        assert NoticeKind.METER_UNSIGNED in notices

    run_virtually(story())


def test_a_small_step_down_is_followed_and_nothing_is_said() -> None:
    """What less is given for shows in its reading: it may have been zero."""

    async def story() -> None:
        vehicle = Bidirectional("A")
        house = Clipped(site_of(), [vehicle], lambda _: 3000.0)
        notices = watched(house)
        await house.begin()
        await house.live(120)
        for load_w in (2960.0, 2930.0, 2850.0):
            house.load = lambda _, watts=load_w: watts  # type: ignore[misc]
            await house.live(60)
            assert vehicle.power_w == pytest.approx(50.0 - load_w, abs=45.0)
        assert not notices

    run_virtually(story())


def test_one_that_goes_below_is_believed_again() -> None:
    async def story() -> None:
        vehicle = Bidirectional("A")
        house = Clipped(site_of(), [vehicle], lambda _: 3000.0)
        notices = watched(house)
        await house.begin()
        await house.live(60)
        house.load = lambda _: 300.0
        await house.live(120)
        assert NoticeKind.METER_UNSIGNED in notices
        house.least_w, house.load = -50_000.0, lambda _: -30_000.0
        await house.live(5)
        assert not notices
        house.load = lambda _: 3000.0
        await house.live(120)
        assert vehicle.power_w == pytest.approx(-2950.0, abs=45.0)
        # Nothing is asked any more where it was seen to go below.
        house.load = lambda _: 2960.0
        await house.live(30)
        assert vehicle.power_w == pytest.approx(-2910.0, abs=45.0)

    run_virtually(story())
