"""Promise 1 of stations that disobey: they count at what they draw, for as long as nothing newer is known of them."""

import pytest

from custom_components.evenload.engine.model.capabilities import Place
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import MetersSampled, StatusReported
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.control.house import House
from tests.engine.control.test_enforcer import tell

A = EvseKey("A", 1)


def three() -> SiteConfig:
    """Return three stations with 20 A each."""
    stations = {name: StationConfig(name, name) for name in "ABC"}
    return SiteConfig("Home", Current(60.0), stations=stations)


def counted_a(house: House) -> float:
    """Return what A counts at."""
    return house.fleet.enforcer.commitments.station_a("A")


async def rebel(house: House) -> None:
    """Let A take any limit and draw 32 A, tell of it, and the others make room."""
    house.connect("C")
    await house.watch(60)
    house.stations["A"].lose_profiles()
    house.stations["A"].nature.disobeys = True
    await house.watch(30)
    house.meter("A")
    await house.watch(15)
    house.exceeded.clear()


def test_a_limit_that_is_said_again_excuses_nobody() -> None:
    """The station accepts its limit once more, and goes on: no sample said otherwise."""

    async def story(house: House) -> None:
        await rebel(house)
        before = len(house.orders("A"))
        for _ in range(60):
            await house.watch(55)
            assert [house.stations[name].drawn_a() for name in "BC"] == [14.0, 14.0]
            house.meter("A")
        # It is told again all the same, though not all the time.
        assert len(house.orders("A")) - before >= 3

    assert tell(story, three()).exceeded == []


def test_a_disobedient_station_that_seldom_measures_counts_between_its_samples() -> (
    None
):
    """A sample every quarter of an hour, and one only."""

    async def story(house: House) -> None:
        await rebel(house)
        for _ in range(3):
            await house.watch(900, 1.0)
            house.meter("A")
        await house.watch(3600, 1.0)
        assert counted_a(house) == 32.0

    assert tell(story, three()).exceeded == []


def test_a_sample_that_is_taken_while_a_limit_settles_excuses_nobody() -> None:
    async def story(house: House) -> None:
        await rebel(house)
        site = house.fleet.config
        house.fleet.configure(SiteConfig("Home", Current(54.0), stations=site.stations))
        for _ in range(10):
            await house.watch(1)
            house.meter("A")
            assert counted_a(house) == 32.0

    tell(story, three())


def test_a_restart_of_ours_excuses_nobody() -> None:
    """It counts at what it last drew, until it is measured again, or its vehicle has gone."""

    async def story(house: House) -> None:
        await rebel(house)
        # As half a minute later.
        await house.save()
        await house.die_and_return(three())
        assert counted_a(house) == 32.0
        await house.watch(600, 1.0)
        assert counted_a(house) == 32.0
        assert [house.stations[name].drawn_a() for name in "BC"] == [14.0, 14.0]
        house.stations["A"].nature.disobeys = False
        house.fleet.enforcer.rebooted("A")
        await house.watch(30)
        house.meter("A")
        await house.watch(120)
        assert counted_a(house) == 20.0
        await house.save()
        await house.die_and_return(three())
        assert counted_a(house) == 20.0

    assert tell(story, three()).exceeded == []


def test_a_newer_sample_makes_it_honest_again() -> None:
    async def story(house: House) -> None:
        await rebel(house)
        house.stations["A"].nature.disobeys = False
        await house.watch(1000, 1.0)
        assert counted_a(house) == 32.0
        house.meter("A")
        # Told once more, it obeys; its next sample says so.
        await house.watch(30)
        house.meter("A")
        await house.watch(1000, 1.0)
        assert counted_a(house) == 20.0
        assert house.stations["B"].drawn_a() == 20.0

    assert tell(story, three()).exceeded == []


def test_a_vehicle_that_rests_or_goes_is_not_counted_for_what_it_drew() -> None:
    async def story(house: House) -> None:
        for status in (EvseStatus.SUSPENDED_EV, EvseStatus.AVAILABLE):
            await rebel(house)
            assert counted_a(house) == 32.0
            house.hear(StatusReported, "A", evse=1, status=status)
            assert counted_a(house) == 20.0
            house.hear(StatusReported, "A", evse=1, status=EvseStatus.CHARGING)
            assert counted_a(house) == 20.0

    tell(story, three())


@pytest.mark.parametrize("value_a", [65535.0, 1e300, 400.0])
def test_a_wild_sample_disturbs_nobody(value_a: float) -> None:
    """Promise 6: nobody is switched off, and nothing is shown, for one impossible value."""

    async def story(house: House) -> None:
        house.connect("C")
        await house.watch(60)
        house.meter("A")
        shown = house.fleet.evse(A).reading
        before = {name: len(house.orders(name)) for name in "ABC"}
        wild = Sample("Current.Import", value_a, "A", "L1")
        house.hear(MetersSampled, "A", evse=1, samples=(wild,))
        assert house.fleet.evse(A).reading == shown
        await house.watch(60)
        assert {name: len(house.orders(name)) for name in "ABC"} == before
        assert counted_a(house) == 20.0

    tell(story, three())


def test_a_high_sample_that_can_be_true_counts_at_once() -> None:
    async def story(house: House) -> None:
        house.connect("C")
        await house.watch(60)
        high = Sample("Current.Import", 44.0, "A", "L1")
        house.hear(MetersSampled, "A", evse=1, samples=(high,))
        await house.watch(1)
        assert counted_a(house) == 44.0
        assert [house.stations[name].limit_a(1) for name in "BC"] == [8.0, 8.0]

    tell(story, three())


def halves(a: float, b: float) -> SiteConfig:
    """Return two stations, each behind a limit of its own, and a fuse that carries 30 A."""
    stations = {name: StationConfig(name, name) for name in "AB"}
    groups = {
        name: GroupConfig(name, name, Current(limit_a), (name,))
        for name, limit_a in (("A", a), ("B", b))
    }
    return SiteConfig("Home", Current(30.0), stations=stations, groups=groups)


def test_a_frozen_status_does_not_hide_what_is_measured() -> None:
    """A station that says that its vehicle rests, and measures 15 A after that, lets go like any other: in its time."""

    async def story(house: House) -> None:
        house.hear(StatusReported, "A", evse=1, status=EvseStatus.SUSPENDED_EV)
        await house.watch(1)
        house.meter("A")
        house.fleet.configure(halves(8.0, 22.0))
        await house.watch(8)
        assert counted_a(house) == 15.0
        await house.watch(30)
        assert house.stations["B"].drawn_a() == 22.0

    exceeded = tell(story, halves(15.0, 15.0)).exceeded
    # Its own limit fell below what it drew, and had to be waited for.
    assert [what for what in exceeded if " A l" not in what] == []


def test_a_disobedient_station_that_goes_quiet_is_asked_what_it_draws() -> None:
    """It may have been right for long when it would measure next: the others need not wait for that."""

    async def story(house: House) -> None:
        await rebel(house)
        station = house.stations["A"]
        await house.watch(200)
        # Once a minute, while it does not say.
        assert station.triggered == [("MeterValues", 1)] * 3
        station.on_trigger = lambda _: house.meter("A")
        station.nature.disobeys = False
        await house.watch(1000)
        house.fleet.enforcer.rebooted("A")
        await house.watch(120)
        assert counted_a(house) == 20.0
        assert house.stations["B"].drawn_a() == 20.0
        before = len(station.triggered)
        await house.watch(600)
        assert len(station.triggered) == before

    assert tell(story, three()).exceeded == []


def test_readings_from_before_a_restart_do_not_speak_against_leases() -> None:
    """Some are told late, and a vehicle that went on as before needs seconds to let go: leases work all the same."""

    async def story(house: House) -> None:
        # What B leaves is a lease above A's share.
        house.leave("B")
        await house.watch(120)
        assert house.stations["A"].drawn_a() > 20.0
        house.reboot("A")
        for second in range(20):
            await house.watch(1)
            found = house.fleet.enforcer.contradicted(house.fleet.evse(A))
            assert found is None, second
        # What goes on after that is another matter.
        await house.watch(30)
        enforcer = house.fleet.enforcer
        assert enforcer.contradicted(house.fleet.evse(A)) is None
        await house.watch(30)
        assert enforcer.contradicted(house.fleet.evse(A)) is Place.LEASE

    tell(story, three())
