"""A station that shows what flows seldom or never: what its vehicle was told to give is taken to have been given."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.v2x import V2gMode
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually, virtual_now

KEY = EvseKey("A", 1)
NEVER = 1_000_000


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a story in virtual time."""
    run_virtually(story())


async def giving(reports: int) -> V2gHouse:
    """Return a house whose vehicle has begun to give 3 kW, and shows it only so often from now on."""
    house = V2gHouse(site_of(), [Bidirectional("A")], lambda _: 5000.0)
    await house.begin(V2gMode.SETPOINT)
    await house.live(70)
    house.pace = Pace(reports=reports)
    until = virtual_now() + timedelta(hours=5)
    house.fleet.v2x.dispatch("A_1", -3000.0, until, "action", None)
    house.fleet.v2x.look()
    return house


def believed(house: V2gHouse) -> float | None:
    """Return how full the vehicle is taken to be."""
    return house.fleet.v2x.charges.soc(KEY, 60_000.0, virtual_now())


def test_nothing_is_shown_and_all_that_was_told_is_counted() -> None:
    async def story() -> None:
        house = await giving(NEVER)
        before = believed(house)
        assert before is not None
        await house.live(2400)
        assert house.vehicles["A"].power_w == -3000
        # 2 kWh of 60 in 40 minutes; what is counted is up to five minutes late.
        assert believed(house) == pytest.approx(before - 3.3, abs=0.5)
        # After an hour without news nothing is given any more.
        await house.live(1400)
        assert house.vehicles["A"].power_w >= 0
        assert believed(house) is None

    run(story)


def test_what_ended_long_before_the_next_reading_is_counted_for_as_long_as_it_held() -> (
    None
):
    async def story() -> None:
        house = await giving(NEVER)
        await house.live(360)
        before = believed(house)
        assert before is not None
        house.is_alive = False
        house.fleet.v2x.end_dispatch("A_1")
        await house.live(2400)
        house.is_alive = True
        house.fleet.v2x.look()
        after = believed(house)
        assert after is not None
        assert before - 1.0 < after <= before

    run(story)
