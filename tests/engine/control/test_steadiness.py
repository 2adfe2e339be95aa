"""Our own clock is set, forward or back, by minutes or hours, with stations that follow and stations that do not."""

import asyncio

import pytest

from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import ALL_PHASES
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.promises import begun
from tests.engine.virtual import run_virtually

JUMPS = [-7200, -600, -60, 60, 600, 7200]


def site() -> SiteConfig:
    """Two stations that share 20 A: one alone has 16 by a lease, over a fallback of 10."""
    stations = {
        name: StationConfig(name, name, ALL_PHASES, Current(16.0)) for name in "AB"
    }
    group = GroupConfig("g", "Cars", Current(20.0), ("A", "B"), Strategy.EQUAL_SERVE)
    return SiteConfig("Home", Current(63.0), stations=stations, groups={"g": group})


async def alone() -> House:
    """Return a house in which A has what B does not use."""
    house = await begun(site(), [Nature(), Nature()])
    house.leave("B")
    await house.watch(60, 1.0)
    assert house.stations["A"].drawn_a() == 16.0
    return house


async def forsaken(house: House, seconds: int) -> None:
    """Set our clock, let Home Assistant die half a minute later, and see all leases end."""
    house.jump(seconds)
    await house.watch(35, 1.0)
    await house.die()
    await house.watch(2400, 10.0)
    assert house.leased() == []
    assert house.exceeded == []


@pytest.mark.parametrize("seconds", JUMPS)
def test_leases_end_in_time_though_the_clock_was_set(seconds: int) -> None:
    """Half a minute later nobody holds a lease for longer than was meant, should Home Assistant die."""

    async def story() -> None:
        house = await alone()
        await forsaken(house, seconds)

    run_virtually(story())


@pytest.mark.parametrize("seconds", JUMPS)
def test_a_lease_on_its_way_ends_in_time_though_the_clock_was_set(seconds: int) -> None:
    """It ends by the clock of when it was said, not by that of when its answer came."""

    async def story() -> None:
        house = await begun(site(), [Nature(answer_s=0.5), Nature()])
        house.leave("B")
        [evse] = house.fleet.stations["A"].evses.values()
        while house.fleet.enforcer.commitments.holding(evse.key).lease_doubt_a is None:
            await house.watch(0.1, 0.1)
        await forsaken(house, seconds)

    run_virtually(story())


@pytest.mark.parametrize("seconds", JUMPS)
def test_an_offline_station_counts_at_its_lease_though_the_clock_was_set(
    seconds: int,
) -> None:
    """It does not know that our clock was set: what it was lent counts until it is back."""

    async def story() -> None:
        house = await alone()
        house.disconnect("A")
        house.jump(seconds)
        await house.watch(35, 1.0)
        house.arrive("B")
        await house.watch(300, 1.0)
        assert house.exceeded == []
        house.connect("A")
        await house.watch(120, 1.0)
        assert house.exceeded == []
        assert house.stations["B"].drawn_a() == 10.0

    run_virtually(story())


@pytest.mark.parametrize("seconds", JUMPS)
def test_sharing_goes_on_though_the_clock_was_set(seconds: int) -> None:
    """Nobody waits for a moment that was to come by the clock of before, and meters are heard."""

    async def story() -> None:
        house = await alone()
        house.meter("A")
        house.arrive("B")
        await house.watch(2, 1.0)
        house.jump(seconds)
        # Where all leases end at once, by clocks that followed, vehicles have to follow.
        await asyncio.sleep(10)
        await house.watch(50, 1.0)
        assert [one.drawn_a() for one in house.stations.values()] == [10.0, 10.0]
        house.leave("B")
        await house.watch(60, 1.0)
        assert house.stations["A"].drawn_a() == 16.0
        house.meter("A")
        [evse] = house.fleet.stations["A"].evses.values()
        assert evse.reading.at == house.now()
        assert house.exceeded == []

    run_virtually(story())
