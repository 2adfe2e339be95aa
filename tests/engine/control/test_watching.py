"""A circuit that is only watched: what would be is shown, and nothing is sent."""

from dataclasses import replace

from custom_components.evenload.engine.live import LiveNode
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from tests.engine.control.house import House
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import run_virtually

A, B = EvseKey("A", 1), EvseKey("B", 1)


def site(*, shadow: bool) -> SiteConfig:
    stations = {name: StationConfig(name, name) for name in "ABC"}
    group = GroupConfig(
        "g",
        "Cars",
        Current(20),
        ("A", "B"),
        Strategy.EQUAL_SERVE,
        shadow=shadow,
    )
    return SiteConfig("Home", Current(80), stations=stations, groups={"g": group})


def test_nothing_is_sent_and_what_would_be_is_shown() -> None:
    async def live() -> None:
        house = House(site(shadow=True), [VirtualStation(name) for name in "ABC"])
        for name in "ABC":
            house.connect(name)
        await house.watch(120)
        assert house.orders("A") == house.orders("B") == []
        for key in (A, B):
            shown = house.fleet.evse(key).allotment
            assert shown is not None
            assert (shown.current.a, shown.reason) == (10.0, Reason.GROUP_LIMIT)
        # They may draw all that they were installed for, and the others make do with the rest.
        assert house.stations["C"].drawn_a() == 80 - 2 * 32
        await house.die()

    run_virtually(live())


def test_ending_the_watch_limits_at_once() -> None:
    async def live() -> None:
        house = House(site(shadow=True), [VirtualStation(name) for name in "ABC"])
        for name in "ABC":
            house.connect(name)
        await house.watch(60)
        house.fleet.live["g"] = LiveNode(shadow=False)
        house.fleet.retarget()
        await house.watch(60)
        assert house.drawn_a("AB", next(iter(site(shadow=True).phases))) == 20
        # And back again: nothing more is said.
        house.fleet.live["g"] = replace(house.fleet.live["g"], shadow=True)
        house.fleet.retarget()
        said = len(house.orders("A"))
        await house.watch(3600, 5.0)
        assert len(house.orders("A")) == said
        await house.die()

    run_virtually(live())


def test_who_is_watched_later_keeps_what_lies_in_its_memory() -> None:
    """Nothing is sent any more: the last limit lapses, within half an hour, and what lasts remains."""

    async def live() -> None:
        house = House(site(shadow=False), [VirtualStation(name) for name in "ABC"])
        for name in "ABC":
            house.connect(name)
        house.leave("B")
        # A has what B leaves, by a lease; what lasts is an equal share.
        await house.watch(180)
        assert house.stations["A"].drawn_a() > 10
        house.fleet.live["g"] = LiveNode(shadow=True)
        house.fleet.retarget()
        await house.watch(5)
        said = [len(house.stations[name].calls) for name in "AB"]
        kept_a = house.stations["A"].drawn_a()
        assert kept_a > 10
        await house.watch(1800, 5.0)
        assert [len(house.stations[name].calls) for name in "AB"] == said
        assert not [one for one in house.leased() if one.startswith(("A", "B"))]
        assert house.stations["A"].drawn_a() == 10
        await house.die()

    run_virtually(live())
