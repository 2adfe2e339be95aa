"""Bad moments for Home Assistant to die in: what flows then, with nobody there, has to fit all the same (promise 4)."""

from dataclasses import replace

from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase
from tests.engine.control.happenings import built
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.promises import ABANDONED_S
from tests.engine.virtual import run_virtually


def queue(fuse_a: float, *natures: Nature) -> House:
    """Return a house of stations on one phase, the first of which is served first."""
    names = "ABC"[: len(natures)]
    stations = {
        name: StationConfig(name, name, (Phase.L1,), Current(32.0)) for name in names
    }
    site = SiteConfig(
        "Home",
        Current(fuse_a),
        stations=stations,
        strategy=Strategy.FIRST_COME_FIRST_SERVE,
    )
    return built(site, [*natures])


def test_what_a_station_lost_that_has_restarted_is_given_back_before_anything_is_said_again() -> (
    None
):
    """A lease that makes room for another station is told first: the next answer may be lost, and nobody there to ask again."""

    async def live() -> None:
        house = queue(32.0, Nature(), Nature())
        house.connect("A")
        await house.watch(60)
        house.connect("B")
        await house.watch(400, 1.0)
        assert house.draws() == {"A": 32.0, "B": 0.0}
        house.exceeded.clear()

        house.stations["B"].nature.loses_answers = 1.0
        house.reboot("B")
        await house.watch(2)
        await house.die()
        await house.watch(ABANDONED_S, 10.0)
        assert house.exceeded == []
        assert house.draws() == {"A": 16.0, "B": 16.0}

    run_virtually(live())


async def stubborn(fuse_a: float) -> House:
    """Return a house of A, and of B, which pauses by a stop only, as its owner knows; nobody is at B yet."""
    house = queue(fuse_a, Nature(), Nature(has_transactions=True, never_pauses=True))
    house.leave("B")
    house.connect("B")
    await house.watch(20, 1.0)
    house.connect("A")
    # Until it has taken its first limit it draws what it likes.
    await house.watch(80, 1.0)
    house.exceeded.clear()
    return house


async def somebody_comes_to(house: House, identity: str) -> None:
    """Let a vehicle begin while nobody is there to hear of it."""
    station = house.stations[identity]
    station.is_empty = False
    station.begin_transaction(1, "offline")


def test_who_comes_to_a_station_that_cannot_pause_finds_room_for_its_least() -> None:
    """While leases of others still hold, and for good: it draws its 6 A though nothing is allowed to it."""

    async def live() -> None:
        house = await stubborn(32.0)
        await house.watch(200, 1.0)
        assert house.draws() == {"A": 26.0, "B": 0.0}
        await house.die()
        await somebody_comes_to(house, "B")
        await house.watch(10)
        assert house.draws() == {"A": 26.0, "B": 6.0}
        await house.watch(ABANDONED_S, 10.0)
        assert house.draws() == {"A": 16.0, "B": 16.0}
        assert house.exceeded == []

    run_virtually(live())


def test_what_a_station_draws_that_was_paused_and_is_begun_by_hand_fits() -> None:
    async def live() -> None:
        house = await stubborn(32.0)
        house.arrive("B")
        await house.watch(100, 1.0)
        key = EvseKey("B", 1)
        settings = replace(house.fleet.evse(key).settings, charging_allowed=False)
        house.fleet.set_settings(key, settings)
        await house.watch(200, 1.0)
        assert house.draws() == {"A": 26.0, "B": 0.0}
        await house.die()
        await somebody_comes_to(house, "B")
        await house.watch(ABANDONED_S, 10.0)
        assert house.exceeded == []

    run_virtually(live())


def test_where_the_least_of_all_does_not_fit_nobody_waits_for_an_empty_place() -> None:
    """For good the one has it that draws it in any case. While somebody is there, whoever came has it."""

    async def live() -> None:
        house = await stubborn(10.0)
        await house.watch(200, 1.0)
        assert house.draws() == {"A": 10.0, "B": 0.0}
        await house.die()
        await house.watch(ABANDONED_S, 10.0)
        await somebody_comes_to(house, "B")
        await house.watch(60, 1.0)
        assert house.draws() == {"A": 0.0, "B": 10.0}
        assert house.exceeded == []

    run_virtually(live())
