"""Connectors that are kept for a driver, and charging that is begun and ended for one, at simulated stations of each version."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.control import admitting, local_lists
from custom_components.evenload.engine.drivers.judging import group_of
from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.drivers import (
    OWN_TOKEN,
    Admission,
    Driver,
    DriverToken,
    TokenPolicy,
)
from custom_components.evenload.engine.model.errors import BadSetting, StationRefused
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.site import Site
from simulator import SimulatedStation, Vehicle
from tests.engine.csms.conftest import Dial, OpenSite, site_config

KEY = EvseKey("A", 1)
ANNA = Driver(
    id="anna", name="Anna", tokens=(DriverToken("ANNA"), DriverToken("ANNA2"))
)
BEN = Driver(id="ben", name="Ben", tokens=(DriverToken("BEN"),))
LOST = Driver(id="lost", name="Lost", tokens=(DriverToken("LOST"),), blocked=True)
LONG = Driver(id="long", name="Long", tokens=(DriverToken("L" * 300),))

every_version = pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (admitting, "SHOWS_WITHIN"),
        (local_lists, "AFTER_CONNECT"),
    ):
        monkeypatch.setattr(module, name, timedelta(seconds=0.05))


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that the station brings about."""
    async with asyncio.timeout(8):
        while not condition():
            await asyncio.sleep(0.02)


def house(admission: Admission) -> SiteConfig:
    """A station, and drivers."""
    drivers = {one.id: one for one in (ANNA, BEN, LOST, LONG)}
    config = site_config("A", drivers=drivers)
    stations = {"A": replace(config.stations["A"], admission=admission)}
    return replace(config, stations=stations)


@asynccontextmanager
async def at_home(
    open_site: OpenSite, version: str
) -> AsyncIterator[tuple[Site, SimulatedStation]]:
    """A station that has been set up in a house with drivers."""
    site = await open_site(config=house(Admission(TokenPolicy.KNOWN)))
    url = f"ws://127.0.0.1:{site.port}"
    async with SimulatedStation(
        "A", url, versions=(version,), tick_s=0.02, meter_interval_s=1
    ) as station:
        await station.wait_accepted()
        await until(lambda: site.evse(KEY).status is EvseStatus.AVAILABLE)
        yield site, station


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=30)


@every_version
async def test_a_reservation_is_for_its_driver_and_ends_with_the_transaction(
    open_site: OpenSite, version: str
) -> None:
    """1.6 §5.13; 2.0.1 H01, H03: others are turned away, and the transaction uses it up."""
    async with at_home(open_site, version) as (site, station):
        await site.reserve(KEY, "anna", soon())
        await until(lambda: site.evse(KEY).status is EvseStatus.RESERVED)
        assert not await station.present_tag(1, "BEN")
        assert await station.present_tag(1, "ANNA")
        station.plug_in(1, Vehicle(start_delay_s=0))
        await until(lambda: site.evse(KEY).is_charging)
        running = site.evse(KEY).transaction
        assert running is not None
        assert running.token == "ANNA"
        await site.stop_charging(KEY)
        station.unplug(1)
        await until(lambda: site.evse(KEY).status is EvseStatus.AVAILABLE)


@every_version
async def test_a_reservation_is_replaced_and_taken_back(
    open_site: OpenSite, version: str
) -> None:
    """1.6 §5.13, 2.0.1 H01.FR.02: the same id replaces it; §5.2, H02."""
    async with at_home(open_site, version) as (site, station):
        with pytest.raises(StationRefused):
            await site.cancel_reservation(KEY)
        await site.reserve(KEY, "ben", soon())
        await site.reserve(KEY, "anna", soon())
        assert not await station.present_tag(1, "BEN")
        await site.cancel_reservation(KEY)
        await until(lambda: site.evse(KEY).status is EvseStatus.AVAILABLE)
        assert await station.present_tag(1, "BEN")


async def test_a_reservation_says_for_whom_and_until_when(
    open_site: OpenSite,
) -> None:
    """1.6 §6.37: connector, expiry, tag, parent tag and id."""
    async with at_home(open_site, "1.6") as (site, station):
        until_then = soon().replace(microsecond=0)
        await site.reserve(KEY, "anna", until_then)
        kept = station.charge_point.outlets[1].reservation
        assert kept is not None
        assert (kept.id_tag, kept.parent_id_tag) == ("ANNA", group_of("anna"))
        assert kept.expires_at == until_then


async def test_what_cannot_be_meant_is_said_before_the_station_is_asked(
    open_site: OpenSite,
) -> None:
    async with at_home(open_site, "1.6") as (site, _):
        for driver, until_then, key in (
            ("anna", datetime.now(UTC), "reservation_passed"),
            ("lost", soon(), "driver_refused"),
            # §7.28: a tag has 20 characters at most.
            ("long", soon(), "driver_without_card"),
        ):
            with pytest.raises(BadSetting, match=key):
                await site.reserve(KEY, driver, until_then)
        with pytest.raises(BadSetting, match="driver_refused"):
            await site.start_charging(KEY, "lost")
        with pytest.raises(BadSetting, match="nothing_to_stop"):
            await site.stop_charging(KEY)


@every_version
@pytest.mark.parametrize(
    ("driver", "token"), [("ben", "BEN"), (None, OWN_TOKEN)], ids=["ben", "nobody"]
)
async def test_charging_is_begun_for_a_driver_and_ended(
    open_site: OpenSite, version: str, driver: str | None, token: str
) -> None:
    async with at_home(open_site, version) as (site, station):
        station.plug_in(1, Vehicle(start_delay_s=0))
        await until(lambda: site.evse(KEY).status is EvseStatus.PREPARING)
        await site.start_charging(KEY, driver)
        await until(lambda: site.evse(KEY).is_charging)
        running = site.evse(KEY).transaction
        assert running is not None
        assert running.token == token
        await site.stop_charging(KEY)
        await until(lambda: not station.evse(1).in_transaction)


async def test_what_was_stopped_does_not_begin_again_by_itself(
    open_site: OpenSite, dial: Dial
) -> None:
    """Where whoever is plugged in charges, a station may be ready again at once; the next vehicle charges."""
    site = await open_site(config=house(Admission(TokenPolicy.PLUG_AND_CHARGE, "ben")))
    station = await dial(site)
    station.answers["GetLocalListVersion"] = {"listVersion": 0}
    await station.boot()

    async def status(word: str) -> None:
        told = {"connectorId": 1, "errorCode": "NoError", "status": word}
        await station.result("StatusNotification", told)

    await status("Preparing")
    await station.called("RemoteStartTransaction")
    at = {"timestamp": datetime.now(UTC).isoformat()}
    who = {"connectorId": 1, "idTag": "BEN", "meterStart": 0}
    begun = await station.result("StartTransaction", who | at)
    await status("Charging")
    ended = {"transactionId": begun["transactionId"], "meterStop": 5}
    await station.result("StopTransaction", ended | at | {"reason": "Remote"})
    await status("Preparing")
    await asyncio.sleep(1.3)
    assert len(station.asked("RemoteStartTransaction")) == 1
    await status("Available")
    await status("Preparing")
    await station.called("RemoteStartTransaction", 2)
