"""A station that leaves a question unanswered is lowered meanwhile (promise 5)."""

import asyncio
from typing import Any

import pytest

from custom_components.evenload.engine.control.beside import beside
from custom_components.evenload.engine.model.errors import NotConnected, StationSilent
from tests.engine.control.house import House
from tests.engine.control.test_enforcer import A, allow, tell
from tests.engine.virtual import run_virtually

# For so long an answer is waited for.
PATIENCE_S = 10.0


def test_what_lowers_does_not_wait_for_a_question_that_is_not_answered() -> None:
    """A is asked what it allows and says nothing; its switch is turned off a second later."""
    told: list[float | None] = []

    async def story(house: House) -> None:
        station = house.stations["A"]
        asked = asyncio.Event()

        async def silent(*_: Any) -> None:
            asked.set()
            await asyncio.sleep(PATIENCE_S)
            raise StationSilent("A", "GetCompositeSchedule")

        station.composite_schedule = silent  # type: ignore[assignment,method-assign]  # this station answers nothing
        await house.watch(900, 5.0)
        house.disconnect("A")
        house.connect("A")
        async with asyncio.timeout(60):
            await asked.wait()
        assert house.stations["A"].drawn_a() > 0
        await house.watch(1, 0.1)
        allow(house, A, allowed=False)
        await house.watch(2, 0.1)
        told.append(station.limit_a(1))
        await house.watch(PATIENCE_S, 0.5)

    assert tell(story).exceeded == []
    assert told == [0.0]


def test_what_the_work_raises_is_raised_and_what_is_urgent_is_done_until_nothing_is() -> (
    None
):
    done: list[int] = []

    async def live() -> None:
        wake, waiting = asyncio.Event(), [1, 2, 3]

        async def work() -> None:
            await asyncio.sleep(1)
            raise NotConnected("A")

        async def urgent() -> bool:
            if not waiting:
                return False
            done.append(waiting.pop())
            return True

        wake.set()
        with pytest.raises(NotConnected):
            await beside(work(), wake, urgent)

    run_virtually(live())
    assert done == [3, 2, 1]


def test_who_stops_the_writer_stops_the_work() -> None:
    stopped: list[bool] = []

    async def live() -> None:
        async def work() -> None:
            try:
                await asyncio.sleep(1000)
            except asyncio.CancelledError:
                stopped.append(True)
                raise

        async def urgent() -> bool:
            return False

        task = asyncio.create_task(beside(work(), asyncio.Event(), urgent))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.sleep(1)

    run_virtually(live())
    assert stopped == [True]
