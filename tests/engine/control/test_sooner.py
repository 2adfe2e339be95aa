"""Promise 7: who waits only because room has to be there for a while before it counts is told that, and not that others are before it."""

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import run_virtually, virtual_now

A, B = EvseKey("A", 1), EvseKey("B", 1)


def allotment(house: House, key: EvseKey) -> Allotment:
    """Return what an EVSE is shown to have."""
    found = house.fleet.evse(key).allotment
    assert found is not None
    return found


async def reported(house: House, seconds: int) -> None:
    """Let time pass with stations that report every ten seconds."""
    for second in range(seconds):
        if second % 10 == 0:
            for name in house.fleet.stations:
                house.meter(name)
        await house.watch(1)


def test_a_vehicle_that_leaves_a_line_alone_is_watched_for_a_minute() -> None:
    """A's vehicle uses one of three phases, and B hangs on another one: that is certain after a minute."""
    site = SiteConfig(
        "Home",
        Current(11),
        stations={
            "A": StationConfig("A", "A", maximum=Current(16)),
            "B": StationConfig("B", "B", maximum=Current(16), wiring=(Phase.L2,)),
        },
    )

    async def live() -> None:
        house = House(
            site,
            [
                VirtualStation("A", nature=Nature(has_transactions=True), phases=1),
                VirtualStation("B"),
            ],
        )
        house.connect("A")
        await house.watch(5)
        house.connect("B")
        await house.watch(5)
        house.exceeded.clear()
        # A has not been measured yet: it may take B's line.
        assert allotment(house, B).reason is Reason.WAITING_FOR_TURN
        await reported(house, 20)
        waits = allotment(house, B)
        assert (waits.current.a, waits.reason) == (0.0, Reason.RAISING_SLOWLY)
        assert (waits.position, waits.turn_at) == (None, None)
        await reported(house, 80)
        assert allotment(house, B).current.a >= 6
        assert allotment(house, A).current.a >= 6
        assert house.exceeded == []
        await house.die()

    run_virtually(live())


def test_room_behind_a_meter_is_watched_for_a_minute() -> None:
    site = SiteConfig(
        "Home",
        Current(20),
        stations={
            name: StationConfig(name, name, maximum=Current(16)) for name in "AB"
        },
        meter=MeterConfig(fallback=Current(6), margin=Current(0)),
    )

    async def metered(house: House, house_a: float, seconds: int) -> None:
        for second in range(seconds):
            currents = (house_a + house.drawn_a("AB", phase) for phase in Phase)
            house.fleet.read_meter(
                "", MeterReading(virtual_now(), PhaseCurrents(*currents))
            )
            if second % 10 == 0:
                for name in "AB":
                    house.meter(name)
            await house.watch(1)

    async def live() -> None:
        house = House(site, [VirtualStation(name) for name in "AB"])
        for name in "AB":
            house.connect(name)
        # The oven leaves room for one of them.
        await metered(house, 10.0, 120)
        house.exceeded.clear()
        charging, waiting = sorted(
            (A, B), key=lambda key: -allotment(house, key).current.a
        )
        assert allotment(house, charging).current.a >= 6
        assert allotment(house, waiting).reason is Reason.WAITING_FOR_TURN
        await metered(house, 1.0, 20)
        assert allotment(house, waiting).reason is Reason.RAISING_SLOWLY
        await metered(house, 1.0, 80)
        assert allotment(house, waiting).current.a >= 6
        assert house.exceeded == []
        await house.die()

    run_virtually(live())
