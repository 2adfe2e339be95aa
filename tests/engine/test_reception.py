"""Who is announced, whose announcement goes, and what is kept of who has gone."""

import asyncio

from custom_components.evenload.engine.absences import AWAY_S
from custom_components.evenload.engine.model.configuration import (
    ListenerConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.stations import StationInfo
from custom_components.evenload.engine.reception import Reception
from custom_components.evenload.engine.site import Site
from tests.engine.control.stations import VirtualStation
from tests.engine.csms.conftest import DictVault
from tests.engine.virtual import run_virtually, virtual_now


def test_an_announcement_outlives_a_redial_but_not_an_absence() -> None:
    """A station that redials keeps its card; one that stays away for minutes loses it."""

    async def story() -> None:
        site = Site(
            SiteConfig("Home", Current(25)), ListenerConfig(0), DictVault(), virtual_now
        )
        left: list[str] = []
        site.on_pending_left(left.append)
        desk = site._desk  # the test stands where the listener stands
        for _ in range(2):
            station = VirtualStation("NEW")
            desk.opened(station)
            desk.introduced(station, StationInfo(vendor="Voltworks"))
            desk.closed(station, "gone")
            await asyncio.sleep(AWAY_S / 2)
        assert left == []
        await asyncio.sleep(AWAY_S)
        assert left == ["NEW"]
        assert site.pending == {}

    run_virtually(story())


def test_what_is_known_of_a_pending_station_survives_its_redial() -> None:
    """The newer connection counts, and what the station said on the older one is still known."""
    announced: list[StationInfo | None] = []
    reception = Reception(
        lambda _: False, lambda pending: announced.append(pending.info), lambda _: None
    )
    older, newer = VirtualStation("NEW"), VirtualStation("NEW")
    reception.welcome(older)
    reception.introduce(older, StationInfo(vendor="Voltworks"))
    reception.welcome(newer)
    assert not older.connected
    assert not reception.farewell(older)
    reception.introduce(newer, None)
    assert announced == [StationInfo(vendor="Voltworks")] * 2


def test_the_frames_of_who_has_gone_are_kept() -> None:
    """They tell why it has gone, until it is removed from the site."""
    reception = Reception(lambda _: True, lambda _: None, lambda _: None)
    station = VirtualStation("A")
    station.frames = lambda: [{"frame": "last words"}]  # type: ignore[method-assign]  # it has none of its own
    reception.welcome(station)
    reception.farewell(station)
    assert reception.frames("A") == [{"frame": "last words"}]
    reception.dismiss("A")
    assert reception.frames("A") == []


def test_adopting_who_is_not_there() -> None:
    """A station may be set up before it ever dials."""
    config = SiteConfig("Home", Current(25), stations={"A": StationConfig("A", "A")})

    async def story() -> None:
        site = Site(
            SiteConfig("Home", Current(25)), ListenerConfig(0), DictVault(), virtual_now
        )
        site.reconfigure(config)
        assert not site.stations["A"].connected
        await site.close()

    run_virtually(story())
