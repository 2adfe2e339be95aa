"""A system above that moves, or is another one: what waits for the one is told there, and is nobody else's affair."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.evenload.engine.model.uplink import UplinkConfig
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.uplink import dialler
from tests.csms_above import Csms
from tests.engine.csms.conftest import site_config
from tests.engine.csms.dialler import Dialler
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import connected, start, stop


def change(site: Site, csms: Csms, identity: str = "upstairs") -> None:
    """Let the owner enter another system in the form."""
    config = site_config("A")
    uplink = UplinkConfig(url=csms.url, identity=identity, password="another")
    station = replace(config.stations["A"], uplink=uplink)
    site.reconfigure(replace(config, stations={"A": station}))


async def test_what_waits_is_told_at_the_new_address(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6")
    assert isinstance(station, Dialler)
    await connected(site)
    transaction = await start(station)
    (begun,) = await csms.heard.until("StartTransaction")
    await csms.go()
    await stop(station, transaction, 700)
    async with Csms("1.6") as moved:
        change(site, moved)
        (ended,) = await moved.heard.until("StopTransaction")
    assert ended["meter_stop"] == 700
    # By the number that it gave at the old address.
    assert begun["meter_start"] == 100
    assert ended["transaction_id"] == 7001


async def test_what_waits_is_not_told_of_another_station(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6")
    assert isinstance(station, Dialler)
    await connected(site)
    transaction = await start(station)
    await csms.heard.until("StartTransaction")
    await csms.go()
    await stop(station, transaction, 700)
    async with Csms("1.6") as other:
        change(site, other, "elsewhere")
        await other.heard.until("StatusNotification")
        async with asyncio.timeout(5):
            while (status := site.uplink("A")) is None or status.queued:
                await asyncio.sleep(0.02)
        assert other.heard.of("StopTransaction") == []


async def test_what_is_said_while_an_old_system_is_left_is_told_to_the_new_one(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialler, "CLOSE_S", 0.5)
    site, station, csms = await come("1.6", "1.6")
    assert isinstance(station, Dialler)
    await connected(site)
    transaction = await start(station)
    await csms.heard.until("StartTransaction")
    # It hears no goodbye, and says none.
    (await csms.point("upstairs"))._connection.transport.pause_reading()
    async with Csms("1.6") as moved:
        change(site, moved)
        await asyncio.sleep(0.05)
        await stop(station, transaction, 700)
        assert moved.heard.said == []
        (ended,) = await moved.heard.until("StopTransaction")
    assert (ended["meter_stop"], ended["transaction_id"]) == (700, 7001)
