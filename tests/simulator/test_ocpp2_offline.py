"""What a station of OCPP 2.x does when nobody hears it, and what it remembers (B04, E04, E12, E13)."""

import asyncio

import pytest

from simulator import SimulatedStation, Vehicle

OFFLINE_TOO = {"AuthCtrlr.OfflineTxForUnknownIdEnabled": "true"}


@pytest.fixture(params=["2.0.1", "2.1"])
def version(request):
    return request.param


async def test_a_transaction_offline_is_told_afterwards(
    switch_on, central, clock, version
):
    # E04.FR.01-FR.03
    station = await switch_on(versions=[version], configuration=OFFLINE_TOO)
    station.go_offline()
    await clock.advance(5)
    station.plug_in(1, Vehicle())
    tap = station.present_tag(1, "A1B2C3D4")
    await clock.advance(20)
    assert await tap
    began = clock.now()
    station.unplug(1)
    await clock.advance(300)
    assert not central.sent("TransactionEvent")
    station.go_online()
    await clock.advance(40)
    events = central.sent("TransactionEvent")
    assert [e["seqNo"] for e in events] == list(range(len(events)))
    assert (events[0]["eventType"], events[-1]["eventType"]) == ("Started", "Ended")
    assert all(e["offline"] for e in events)
    assert events[-1]["timestamp"][:16] == began.isoformat()[:16]


async def test_half_a_transaction_offline(switch_on, central, clock, version):
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(20)
    station.go_offline()
    await clock.advance(30)
    assert station.brain.waiting_messages
    station.go_online()
    await clock.advance(40)
    events = central.sent("TransactionEvent")
    assert [e["seqNo"] for e in events] == list(range(len(events)))
    assert {e.get("offline", False) for e in events} == {False, True}
    assert not events[-1].get("offline")
    answer = await central.call(
        "X",
        "GetTransactionStatus",
        {"transactionId": station.evse(1).transaction_id},
    )
    # E14
    assert answer == {"ongoingIndicator": True, "messagesInQueue": False}


@pytest.mark.parametrize(("away_s", "again"), [(20, False), (90, True)])
async def test_tells_its_connectors_again_after_a_long_time(
    switch_on, central, clock, version, away_s, again
):
    # B04.FR.01, FR.02: OfflineThreshold is 60 s.
    station = await switch_on(versions=[version])
    central.received.clear()
    station.go_offline()
    await clock.advance(away_s)
    station.go_online()
    await clock.advance(40)
    assert bool(central.sent("StatusNotification")) is again
    assert not central.sent("BootNotification")


async def test_a_message_that_is_refused_is_tried_again(
    switch_on, central, clock, version
):
    # E13
    station = await switch_on(versions=[version], autostart_tag="FREE")
    refusals = [{"error": "InternalError"}] * 2
    central.answers["TransactionEvent"] = lambda _: refusals.pop() if refusals else {}
    station.plug_in(1, Vehicle())
    await clock.advance(60)
    numbers = [e["seqNo"] for e in central.sent("TransactionEvent")]
    assert numbers[:4] == [0, 0, 0, 1]


async def test_a_power_cut_ends_the_transaction(
    central, clock, version, tmp_path, switch_on
):
    """What it remembers is on disk; a power cut is told of afterwards."""
    file = tmp_path / "X.json"
    options = {"versions": [version], "autostart_tag": "FREE", "state": file}
    station = await switch_on(**options)
    station.plug_in(1, Vehicle())
    await clock.advance(20)
    running = station.evse(1).transaction_id
    register_wh = station.evse(1).register_wh
    station.go_offline()
    stopping = asyncio.ensure_future(station.stop())
    await clock.advance(5)
    await stopping
    central.received.clear()
    again = SimulatedStation("X", central.url, clock=clock, tick_s=0.5, **options)
    async with again:
        await clock.advance(10)
        assert again.evse(1).register_wh >= register_wh
        [event] = central.sent("TransactionEvent")
        assert event["transactionInfo"] == {
            "transactionId": running,
            "stoppedReason": "PowerLoss",
        }
        assert event["eventType"] == "Ended"
        assert central.sent("BootNotification")[0]["reason"] == "PowerUp"


async def test_firmware_is_installed_in_steps(switch_on, central, clock, version):
    # L01, L02
    await switch_on(versions=[version])
    firmware = {
        "location": "https://x/fw-2.3.1.bin",
        "retrieveDateTime": central.time(),
    }
    ask = {"requestId": 4, "firmware": firmware}
    await central.call("X", "UpdateFirmware", ask)
    await clock.advance(20)
    told = [s["status"] for s in central.sent("FirmwareStatusNotification")]
    assert told == [
        "Downloading",
        "Downloaded",
        "Installing",
        "InstallRebooting",
        "Installed",
    ]
    boot = central.sent("BootNotification")[-1]
    assert boot["reason"] == "FirmwareUpdate"
    assert boot["chargingStation"]["firmwareVersion"] == "2.3.1"
    log = {"requestId": 5, "logType": "DiagnosticsLog"}
    await central.call(
        "X", "GetLog", log | {"log": {"remoteLocation": "https://missing"}}
    )
    await clock.advance(5)
    told = [s["status"] for s in central.sent("LogStatusNotification")]
    assert told == ["Uploading", "UploadFailure"]
