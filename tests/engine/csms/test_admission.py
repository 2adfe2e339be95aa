"""Nobody gets in uninvited, and who waits costs the others nothing (promise 9; §4.2 of OCPP 1.6)."""

import asyncio
import contextlib
import json
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from custom_components.evenload.engine.csms.door import admission
from custom_components.evenload.engine.csms.door.admission import Allowance, Waiting
from custom_components.evenload.engine.model.events import Booted, Connected, Event
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.stations import PendingStation, StationInfo
from custom_components.evenload.engine.site import Site
from simulator import SimulatedStation
from tests.engine.csms.conftest import Dial, OpenSite, site_config
from tests.engine.csms.dialler import Dialler

NOW = "2026-01-01T00:00:00Z"

# What a station may say that has effects, and what a pending one may not.
SPEECH: list[tuple[str, dict[str, Any]]] = [
    ("Authorize", {"idTag": "T"}),
    ("DataTransfer", {"vendorId": "v"}),
    ("DiagnosticsStatusNotification", {"status": "Idle"}),
    ("FirmwareStatusNotification", {"status": "Idle"}),
    ("LogStatusNotification", {"status": "Idle"}),
    ("MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": NOW, "sampledValue": [{"value": "1"}]}]}),
    ("SecurityEventNotification", {"type": "t", "timestamp": NOW}),
    ("SignCertificate", {"csr": "c"}),
    ("SignedFirmwareStatusNotification", {"status": "Idle"}),
    ("StartTransaction", {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": NOW}),
    ("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}),
    ("StopTransaction", {"transactionId": 1, "meterStop": 5, "timestamp": NOW}),
]  # fmt: skip


async def eventually(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def test_an_unknown_station_waits_and_is_announced(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("B")
    announced: list[PendingStation] = []
    site.on_pending(announced.append)
    station = await dial(site)
    answer = await station.boot(chargePointSerialNumber="S1", firmwareVersion="7")
    # §4.2.1: the interval says when to ask again.
    assert answer["status"] == "Pending"
    assert answer["interval"] > 0
    assert answer["currentTime"]
    [waiting] = announced
    assert (waiting.identity, waiting.address) == ("A", "127.0.0.1")
    assert waiting.info == StationInfo("Maker", "Box", "S1", "7")
    assert site.pending == {"A": waiting}
    assert "A" not in site.stations
    # It may ask for the time.
    assert "currentTime" in await station.result("Heartbeat", {})
    await station.close()
    await eventually(lambda: not site.pending)


async def test_a_station_that_does_not_say_what_it_is_is_asked(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    announced: list[PendingStation] = []
    site.on_pending(announced.append)
    station = await dial(site)
    await station.called("TriggerMessage")
    assert station.calls == [
        ("TriggerMessage", {"requestedMessage": "BootNotification"})
    ]
    await eventually(lambda: announced)
    assert announced[0].info is None
    await station.boot()
    assert announced[-1].info is not None


async def test_a_pending_station_has_no_authority(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    told: list[Event] = []
    site.on_event(told.append)
    station = await dial(site)
    await station.boot()
    for action, payload in SPEECH:
        # §3.7.1: an error lets it keep its transaction messages and tell them again.
        assert await station.error(action, payload) == "SecurityError"
    assert await station.error("Reset", {"type": "Hard"}) == "NotSupported"
    assert await station.error("MakeCoffee", {}) == "NotImplemented"
    assert told == []
    assert site.stations == {}
    assert list(site._ledger.open) == []
    assert list(site._ledger.ended) == []
    # And nothing is asked of it.
    assert station.calls == []


async def test_adoption_takes_effect_on_the_connection_there_is(
    open_site: OpenSite,
) -> None:
    site = await open_site()
    async with SimulatedStation("A", f"ws://127.0.0.1:{site.port}") as station:
        await eventually(lambda: site.pending.get("A") and site.pending["A"].info)
        assert not station.accepted
        told: list[Event] = []
        site.on_event(told.append)
        started = time.perf_counter()
        site.reconfigure(site_config("A"))
        await station.wait_accepted(3)
        await eventually(lambda: station.evse(1).limit_a is not None)
        assert time.perf_counter() - started < 2.0
        assert [type(one) for one in told][:2] == [Connected, Booted]
        assert site.pending == {}
        assert site.stations["A"].info.vendor == "Evenload"
        assert site.stations["A"].connected
        assert (await site.commands("A").get_configuration())[
            "NumberOfConnectors"
        ].value == "1"
        # It never had to dial again.
        assert len([one for _, one in station.frames if "BootNotification" in one]) >= 1


async def test_an_adopted_station_may_say_and_send_all(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    station = await dial(site)
    await station.boot()
    site.reconfigure(site_config("A"))
    assert (await station.boot())["status"] == "Accepted"
    # More frames, and larger ones, than a pending station may send.
    padding = "x" * 2 * admission.PENDING_FRAME_BYTES
    for _ in range(admission.PENDING_BURST + 10):
        await station.result("Heartbeat", {})
    assert (
        await station.error("DataTransfer", {"vendorId": padding})
        == "TypeConstraintViolation"
    )
    for action, payload in SPEECH:
        assert (await station.call(action, payload))[0] == 3


async def test_a_removed_station_is_let_go(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A", "B")
    station, other = await dial(site, "A"), await dial(site, "B")
    site.reconfigure(site_config("B"))
    await asyncio.wait_for(station.closed.wait(), 5)
    assert station.close_code == 1000
    assert "A" not in site.stations
    assert await other.result("Heartbeat", {})
    again = await dial(site, "A")
    assert (await again.boot())["status"] == "Pending"


async def test_too_many_frames_of_a_pending_station(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    station = await dial(site)
    for _ in range(admission.PENDING_BURST + 5):
        await station.send('[2,"x","Heartbeat",{}]')
    await asyncio.wait_for(station.closed.wait(), 5)
    assert station.close_code == 1008
    assert len(station.received) <= admission.PENDING_BURST


async def test_too_large_a_frame_of_a_pending_station(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    station = await dial(site)
    await station.send(
        json.dumps([2, "x", "Heartbeat", {"a": "x" * admission.PENDING_FRAME_BYTES}])
    )
    await asyncio.wait_for(station.closed.wait(), 5)
    assert station.close_code == 1009


async def test_an_adopted_station_gets_in_while_unknown_ones_hammer(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    notices: list[Notice] = []
    site.on_notice(notices.append)
    refused: list[int] = []

    async def hammer(number: int) -> None:
        for attempt in range(4):
            try:
                async with Dialler(site.port, f"X{number}-{attempt}") as stranger:
                    with contextlib.suppress(TimeoutError, ConnectionClosed):
                        await stranger.boot()
                        await asyncio.sleep(0.5)
            except InvalidStatus as status:
                refused.append(status.response.status_code)

    hammering = [asyncio.create_task(hammer(number)) for number in range(50)]
    await asyncio.sleep(0.05)
    started = time.perf_counter()
    station = await dial(site)
    assert (await station.boot())["status"] == "Accepted"
    assert time.perf_counter() - started < 1.0
    await eventually(lambda: refused)
    assert len(site.pending) <= admission.PENDING_HELD
    await asyncio.gather(*hammering)
    assert set(refused) == {503}
    assert 200 - len(refused) <= admission.NEW_UNKNOWN
    assert NoticeKind.TOO_MANY_UNKNOWN in {notice.kind for notice in notices}
    assert await station.result("Heartbeat", {})


async def test_who_is_adopted_makes_room_for_the_next(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    names = [f"S{number}" for number in range(admission.PENDING_HELD)]
    for name in names:
        await dial(site, name)
    with pytest.raises(InvalidStatus) as caught:
        await dial(site, "one more")
    assert caught.value.response.status_code == 503
    site.reconfigure(site_config("S0"))
    await dial(site, "one more")
    assert "one more" in site.pending
    with pytest.raises(InvalidStatus):
        await dial(site, "yet one more")


async def test_a_waiting_station_that_hangs_up_makes_room(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    stations = [await dial(site, f"S{n}") for n in range(admission.PENDING_HELD)]
    await stations[3].close()
    await eventually(lambda: "S3" not in site.pending)
    await dial(site, "next")
    assert "next" in site.pending


async def test_a_pending_station_may_reconnect_but_not_pile_up(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    first = await dial(site)
    await first.boot(chargePointSerialNumber="S")
    second = await dial(site)
    await asyncio.wait_for(first.closed.wait(), 5)
    # What it has said of itself is not forgotten.
    info = site.pending["A"].info
    assert info is not None
    assert info.serial == "S"
    assert await second.boot()


def test_waiting_is_bounded_in_number_and_rate() -> None:
    waiting = Waiting()
    for number in range(admission.PENDING_HELD):
        assert waiting.admit(f"S{number}", 0.0)
    assert not waiting.has_room("more", 0.0)
    assert waiting.admit("S0", 1.0)
    assert waiting.admit("S0", 1.0)
    assert not waiting.admit("S0", 1.0)
    for number in range(admission.PENDING_HELD):
        waiting.release(f"S{number}")
    waiting.release("S0")
    waiting.release("S0")
    for number in range(admission.NEW_UNKNOWN - admission.PENDING_HELD):
        assert waiting.admit(f"T{number}", 2.0)
        waiting.release(f"T{number}")
    # The rate is used up, though nobody is held; it comes back with time.
    assert not waiting.admit("late", 3.0)
    assert waiting.admit("late", admission.NEW_UNKNOWN_PER_S + 0.5)


def test_one_that_comes_and_goes_counts_once() -> None:
    waiting = Waiting()
    for second in range(2 * admission.NEW_UNKNOWN):
        assert waiting.admit("flapping", float(second))
        waiting.release("flapping")
    for number in range(admission.NEW_UNKNOWN - 1):
        assert waiting.admit(f"S{number}", 50.0)
        waiting.release(f"S{number}")
    assert not waiting.admit("late", 50.0)
    # It has its place among the newcomers, and keeps it as long as it comes.
    assert waiting.admit("flapping", 50.0)
    waiting.release("flapping")
    assert not waiting.has_room("late", 100.0)
    assert waiting.has_room("late", 50.5 + admission.NEW_UNKNOWN_PER_S)


def test_an_allowance_refills() -> None:
    allowance = Allowance(0.0)
    assert all(allowance.take(0.0) for _ in range(admission.PENDING_BURST))
    assert not allowance.take(0.0)
    assert not allowance.take(1.0)
    assert allowance.take(2.0)
    assert not allowance.take(2.0)
    assert all(allowance.take(1e6) for _ in range(admission.PENDING_BURST))
    assert not allowance.take(1e6)


async def test_limits_reach_who_is_adopted_only(
    open_site: OpenSite, dial: Dial
) -> None:
    site: Site = await open_site("B")
    pending, adopted = await dial(site, "A"), await dial(site, "B")
    await pending.boot()
    await adopted.boot()
    await adopted.called("SetChargingProfile")
    assert pending.calls == []
    assert site.evse(EvseKey("B", 1)).allotment is not None
