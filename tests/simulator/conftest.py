"""A central system and stations in time that only the test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from simulator import SimulatedStation, VirtualClock
from tests.simulator.central_system import CentralSystem

type Switch = Callable[..., Any]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def central(clock: VirtualClock) -> AsyncIterator[CentralSystem]:
    # Virtual time turns the loop round by the thousand; its debug mode keeps a traceback of each turn.
    asyncio.get_running_loop().set_debug(False)
    async with CentralSystem(clock.now) as system:
        yield system
        assert system.invalid == []


@pytest.fixture
async def switch_on(
    central: CentralSystem, clock: VirtualClock
) -> AsyncIterator[Switch]:
    """Switch a station on and wait until it is accepted."""
    async with AsyncExitStack() as stack:

        async def start(
            *, accepted: bool = True, identity: str = "X", **options: Any
        ) -> SimulatedStation:
            options = {"clock": clock, "tick_s": 0.5} | options
            station = SimulatedStation(identity, central.url, **options)
            await stack.enter_async_context(station)
            await clock.advance(0.5)
            if accepted:
                for _ in range(50):
                    if station.accepted:
                        break
                    await clock.advance(0.1)
                assert station.accepted
                await clock.advance(0.5)
            return station

        yield start
