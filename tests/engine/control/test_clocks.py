"""Leases in a station whose clock is not ours: they are said again when its clock is known, and counted until then."""

from datetime import timedelta

from custom_components.evenload.engine.control.abilities import disbelieving
from custom_components.evenload.engine.model.capabilities import Capabilities, Place
from custom_components.evenload.engine.model.clocks import Clock
from custom_components.evenload.engine.model.events import ClockMeasured
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.orders import Layer
from custom_components.evenload.engine.model.stations import Station
from tests.engine.control.house import House
from tests.engine.control.test_disobedience import three
from tests.engine.control.test_enforcer import tell
from tests.engine.virtual import virtual_now

A = EvseKey("A", 1)
AHEAD = Clock(1000.0)


def test_leases_are_said_again_when_the_clock_is_known() -> None:
    async def story(house: House) -> None:
        # C is away, and what it leaves over is given as a lease.
        house.leave("C")
        house.connect("C")
        await house.watch(120)
        holding = house.fleet.enforcer.commitments.holding
        lease_a = holding(A).lease_a
        assert lease_a is not None
        assert lease_a > (holding(A).fallback_a or 0.0)
        before = len(house.orders("A"))
        house.hear(ClockMeasured, "A", clock=AHEAD)
        # It may hold, or not.
        counted_a = house.fleet.enforcer.commitments.station_a("A")
        assert counted_a == lease_a
        await house.watch(1)
        leases = [
            order for order in house.orders("A")[before:] if order.layer is Layer.LEASE
        ]
        assert [order.current.a for order in leases] == [lease_a]
        assert holding(A).has_lease(virtual_now())
        # Told again, it is no news.
        house.hear(ClockMeasured, "A", clock=AHEAD)
        await house.watch(30)
        assert len(house.orders("A")) == before + 1

    assert tell(story, three()).exceeded == []


def test_a_lease_in_vain_is_tried_by_the_other_clock_first() -> None:
    hour = Clock(3600.0)
    station = Station("A", clock=hour)
    # What looks like a zone is not believed to be how it reads times.
    assert hour.shift(station.capabilities.reads_own_clock) == timedelta(0)
    learnt = disbelieving(station, Place.LEASE)
    assert learnt.leases is None
    assert hour.shift(learnt.reads_own_clock) == timedelta(hours=1)
    again = disbelieving(Station("A", clock=hour, capabilities=learnt), Place.LEASE)
    assert again.leases is False
    odd = disbelieving(Station("A", clock=AHEAD), Place.LEASE)
    assert AHEAD.shift(odd.reads_own_clock) == timedelta(0)
    # Of a clock that goes like ours there is no other.
    assert disbelieving(Station("A", clock=Clock(1.0)), Place.LEASE) == Capabilities(
        leases=False
    )
