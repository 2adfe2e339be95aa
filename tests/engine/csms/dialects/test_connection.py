"""Stations that are odd about their connection keep it, and do not loop."""

import asyncio
from dataclasses import replace
import time

import pytest

from custom_components.evenload.engine.csms import supervision
from custom_components.evenload.engine.csms.dialects.matching import dialects_of
from custom_components.evenload.engine.model.configuration import GroupConfig
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.stations import OcppVersion
from simulator import SimulatedStation
from simulator.faults import Faults
from tests.engine.csms.conftest import Dial, OpenSite, site_config
from tests.engine.csms.dialects.conftest import Arrive, plate

START = {
    "connectorId": 1,
    "idTag": "CARD",
    "meterStart": 1000,
    "timestamp": "2026-01-01T12:00:00Z",
}


@pytest.fixture
def watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute of supervision pass in a tenth of a second."""
    monkeypatch.setattr(supervision, "PING_INTERVAL_S", 0.05)


async def test_who_names_no_version_speaks_16(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")

    station = await dial(site, subprotocols=None)
    answer = await station.boot(**plate("Grizzl-E"))

    assert answer["status"] == "Accepted"
    assert site.stations["A"].version is OcppVersion.V16


async def test_a_station_without_a_maker(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")

    station = await dial(site)
    answer = await station.boot(**plate("Huawei FusionCharge"))

    assert answer["status"] == "Accepted"
    info = site.stations["A"].info
    assert (info.vendor, info.model) == (None, "ACChargePoint")
    assert {row.title for row in dialects_of(info)} == {"Huawei FusionCharge"}


async def test_a_long_serial_number(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    serial = "EV.2S22P44R3N1618301002001501FE19"

    station = await dial(site)
    answer = await station.boot(chargePointSerialNumber=serial)

    assert answer["status"] == "Accepted"
    assert site.stations["A"].info.serial == serial


@pytest.mark.parametrize("make", ["Wallbox (Pulsar, Commander, Copper)", "EVBox Elvi"])
async def test_nothing_is_asked_before_it_has_booted(
    open_site: OpenSite, dial: Dial, make: str
) -> None:
    site = await open_site("A")
    station = await dial(site)

    await asyncio.sleep(0.1)
    assert station.calls == []

    await station.boot(**plate(make))
    await station.called("SetChargingProfile")


async def test_who_never_answers_pings_stays(
    open_site: OpenSite, dial: Dial, watchful: None
) -> None:
    site = await open_site("A")
    station = await dial(site, pongs=False)
    await station.boot(**plate("EN+ (also EV Switch, Linchr, cord)"))

    # Three missed pings would have been the end of one that had answered before.
    await asyncio.sleep(0.5)

    assert not station.closed.is_set()
    assert site.stations["A"].connected


async def test_who_hangs_up_when_it_is_quiet_stays(
    open_site: OpenSite, watchful: None
) -> None:
    site = await open_site("A")
    url = f"ws://127.0.0.1:{site.port}"
    faults = Faults(closes_when_idle_s=0.3, redials_after_s=0.1)

    async with SimulatedStation("A", url, tick_s=0.05, faults=faults) as station:
        await station.wait_accepted()
        opened = sum("BootNotification" in text for _, text in station.frames)
        await asyncio.sleep(1.0)

        assert station.connected
        assert sum("BootNotification" in text for _, text in station.frames) == opened


async def test_the_answer_to_a_start_waits_and_nothing_else_does(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A", "B")
    station = await arrive(site, "Free2move eProWallbox")
    other = await arrive(site, identity="B")
    await station.called("TriggerMessage", 2)
    began = time.monotonic()

    await station.send(
        '[2,"start","StartTransaction",{"connectorId":1,"idTag":"CARD","meterStart":1000,'
        '"timestamp":"2026-01-01T12:00:00Z"}]'
    )
    first = await station.ask('[2,"beat","Heartbeat",{}]')
    theirs = await other.result("StartTransaction", START)
    meanwhile = time.monotonic() - began
    second = await station.next_answer()

    assert first[1] == "beat"
    assert theirs["idTagInfo"]["status"] == "Accepted"
    assert meanwhile < 0.6
    assert second[1] == "start"
    assert second[2]["idTagInfo"]["status"] == "Accepted"
    assert time.monotonic() - began >= 1.0
    # It is on the books from the first moment.
    transaction = site.stations["A"].evses[1].transaction
    assert transaction is not None
    assert transaction.id == str(second[2]["transactionId"])


async def test_an_answer_that_waits_does_not_outlive_its_connection(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A")
    station = await arrive(site, "Free2move eProWallbox")
    await station.called("TriggerMessage", 2)
    tasks = len(asyncio.all_tasks())

    await station.send(
        '[2,"start","StartTransaction",{"connectorId":1,"idTag":"CARD","meterStart":1000,'
        '"timestamp":"2026-01-01T12:00:00Z"}]'
    )
    await station.result("Heartbeat", {})
    station.cut()
    await asyncio.sleep(0.1)

    assert not site.stations["A"].connected
    assert len(asyncio.all_tasks()) < tasks


async def test_changing_settings_breaks_no_connection(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A", "B")
    stations = [await arrive(site, identity=identity) for identity in "AB"]
    for station in stations:
        await station.called("TriggerMessage", 2)

    config = site_config("A", "B")
    group = GroupConfig("g", "Yard", Current(20.0), ("A", "B"))
    for change in (
        replace(config, groups={"g": group}),
        replace(config, groups={}),
        replace(config, main_fuse=Current(35.0)),
        site_config("A", "B", "C"),
        config,
    ):
        site.reconfigure(change)
    for station in stations:
        await station.result("Heartbeat", {})

    assert not any(station.closed.is_set() for station in stations)


async def test_who_loops_when_asked_to_boot_is_not_asked_again(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    await station.boot(**plate("StarCharge and MG"))
    await station.called("TriggerMessage", 2)
    station.cut()

    again = await dial(site)
    await again.result("Heartbeat", {})
    await again.called("TriggerMessage", 2)

    asked = station.asked("TriggerMessage") + again.asked("TriggerMessage")
    assert not any(one["requestedMessage"] == "BootNotification" for one in asked)


async def test_a_stranger_is_asked_to_boot_once(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()

    asked = 0
    for _ in range(3):
        station = await dial(site, "NEW")
        await station.result("Heartbeat", {})
        await asyncio.sleep(0.4)
        asked += len(station.asked("TriggerMessage"))
        # It connects anew, and never says what it is.
        station.cut()
        await asyncio.sleep(0.05)

    assert asked == 1


@pytest.mark.parametrize(
    ("make", "offered", "chosen"),
    [
        (None, ("ocpp1.6", "ocpp2.0.1"), "ocpp2.0.1"),
        ("FoxESS A series", ("ocpp1.6", "ocpp2.0.1"), "ocpp1.6"),
        ("FoxESS A series", ("ocpp2.1", "ocpp2.0.1", "ocpp1.6"), "ocpp1.6"),
        # Better that than none.
        ("FoxESS A series", ("ocpp2.0.1",), "ocpp2.0.1"),
    ],
)
async def test_a_version_that_is_not_mastered_is_not_chosen_again(
    open_site: OpenSite,
    arrive: Arrive,
    dial: Dial,
    make: str | None,
    offered: tuple[str, ...],
    chosen: str,
) -> None:
    site = await open_site("A")
    station = await arrive(site, make)
    station.cut()

    again = await dial(site, subprotocols=offered)

    assert again.subprotocol == chosen
