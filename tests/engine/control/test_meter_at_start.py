"""A meter that has not spoken yet: nobody loses what it charges with, to be given it back a minute later."""

from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from tests.engine.control.house import House
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import run_virtually, virtual_now

NAMES = "ABC"

SITE = SiteConfig(
    "Home",
    Current(35),
    stations={name: StationConfig(name, name, maximum=Current(16)) for name in NAMES},
    groups={
        "g": GroupConfig("g", "Cars", Current(35), tuple(NAMES), Strategy.EQUAL_SERVE)
    },
    meter=MeterConfig(fallback=Current(6)),
)


async def metered(house: House, seconds: int) -> None:
    """Let time pass with a meter that speaks every second, and stations every ten."""
    for second in range(seconds):
        house.fleet.read_meter(
            "",
            MeterReading(
                virtual_now(),
                PhaseCurrents(*(2.0 + house.drawn_a(NAMES, phase) for phase in Phase)),
            ),
        )
        if second % 10 == 0:
            for name in NAMES:
                house.meter(name)
        await house.watch(1)


async def charging() -> House:
    house = House(SITE, [VirtualStation(name) for name in NAMES])
    for name in NAMES:
        house.connect(name)
    await metered(house, 300)
    assert all(house.stations[name].drawn_a() > 9 for name in NAMES)
    house.exceeded.clear()
    return house


def test_a_restart_pauses_nobody() -> None:
    async def live() -> None:
        house = await charging()
        await house.die_and_return(SITE)
        for _ in range(20):
            await house.watch(1)
            assert all(house.stations[name].drawn_a() > 9 for name in NAMES)
        for _ in range(90):
            await metered(house, 1)
            assert all(house.stations[name].drawn_a() > 9 for name in NAMES)
        assert house.exceeded == []
        await house.die()

    run_virtually(live())


def test_a_meter_that_never_speaks_again_is_lost() -> None:
    async def live() -> None:
        house = await charging()
        await house.die_and_return(SITE)
        await house.watch(200)
        # No more than the fallback in all.
        assert sum(house.stations[name].drawn_a() for name in NAMES) <= 6
        assert house.exceeded == []
        await house.die()

    run_virtually(live())
