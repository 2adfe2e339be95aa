"""A station that gives more than its setpoint is not followed: nothing that hangs on setpoints holds for it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, override

import pytest

from custom_components.evenload.engine.model.v2x import Hindrance, V2gMode
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually, virtual_now


@dataclass
class Eager(Bidirectional):
    """Gives so many times what it is told."""

    gain: float = 1.0

    @override
    def _goal_w(self) -> float:
        goal_w = super()._goal_w()
        return goal_w * self.gain if goal_w < 0 else goal_w


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a story in virtual time."""
    run_virtually(story())


async def following(gain: float, reports: int = 10) -> tuple[V2gHouse, Eager]:
    """Return a house of 4 kW that such a vehicle is to carry."""
    eager = Eager("A", gain=gain)
    house = V2gHouse(site_of(), [eager], lambda _: 4000.0, Pace(reports=reports))
    await house.begin()
    await house.live(60)
    return house, eager


@pytest.mark.parametrize("gain", [1.2, 1.4, 2.0])
@pytest.mark.parametrize("reports", [4, 10])
def test_it_is_left_alone_and_said(gain: float, reports: int) -> None:
    async def story() -> None:
        house, eager = await following(gain, reports)
        seconds = 0
        while house.state().hindrance is not Hindrance.STATION_REFUSES:
            await house.live(1)
            seconds += 1
            assert seconds < 90
        await house.live(5)
        assert eager.power_w >= 0
        await house.live(240)
        assert house.state().hindrance is Hindrance.STATION_REFUSES
        assert eager.power_w >= 0

    run(story)


def test_it_is_left_alone_ever_longer() -> None:
    async def story() -> None:
        house, eager = await following(1.5)
        given = 0
        for _ in range(3600):
            await house.live(1)
            given += eager.power_w < -100
        # Five, ten and twenty minutes, and what it takes to see it.
        assert given < 150
        eager.gain = 1.0
        await house.live(3600)
        assert house.state().hindrance is None
        assert eager.power_w == pytest.approx(-3950, abs=50)

    run(story)


def test_a_little_more_is_none() -> None:
    async def story() -> None:
        house, _ = await following(1.1)
        for _ in range(60):
            await house.live(5)
            assert house.state().hindrance is not Hindrance.STATION_REFUSES

    run(story)


@pytest.mark.parametrize("reports", [4, 10])
def test_one_that_comes_down_is_not_taken_for_one(reports: int) -> None:
    async def story() -> None:
        house, eager = await following(1.0, reports)
        house.set_mode("A", V2gMode.SETPOINT)
        until = virtual_now() + timedelta(hours=1)
        for power_w in (-3900.0, -600.0) * 6:
            house.fleet.v2x.dispatch("A_1", power_w, until, "action", None)
            house.fleet.v2x.look()
            await house.live(25)
            assert eager.power_w == power_w
            assert house.state().hindrance is None

    run(story)
