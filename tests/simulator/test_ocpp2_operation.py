"""Availability, resets, triggers, readings by the clock, and the time before it is accepted (B, F05-F06, G, J01)."""

import asyncio

import pytest

from simulator import Vehicle
from tests.simulator.central_system import CentralSystem, StationError
from tests.simulator.test_ocpp2_transactions import start


@pytest.fixture(params=["2.0.1", "2.1"])
def version(request):
    return request.param


async def test_availability_waits_for_the_transaction(
    switch_on, central, clock, version
):
    # G03, G04
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(5)
    ask = {"operationalStatus": "Inoperative", "evse": {"id": 1}}
    assert await central.call("X", "ChangeAvailability", ask) == {"status": "Scheduled"}
    station.unplug(1)
    await clock.advance(2)
    assert central.sent("StatusNotification")[-1]["connectorStatus"] == "Unavailable"


async def test_a_reset_waits_until_it_is_idle(switch_on, central, clock, version):
    # B12, B11
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(5)
    assert await central.call("X", "Reset", {"type": "OnIdle"}) == {
        "status": "Scheduled"
    }
    await clock.advance(30)
    assert len(central.sent("BootNotification")) == 1
    station.unplug(1)
    await clock.advance(10)
    assert central.sent("BootNotification")[-1]["reason"] == "ScheduledReset"
    station.plug_in(1, Vehicle())
    await clock.advance(5)
    await central.call("X", "Reset", {"type": "Immediate"})
    await clock.advance(10)
    ended = [e for e in central.sent("TransactionEvent") if e["eventType"] == "Ended"]
    assert ended[-1]["triggerReason"] == "ResetCommand"
    assert ended[-1]["transactionInfo"]["stoppedReason"] == "ImmediateReset"
    assert central.sent("BootNotification")[-1]["reason"] == "RemoteReset"


async def test_triggered_messages(switch_on, central, clock, version):
    # F06
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(10)
    central.received.clear()
    for message in ("TransactionEvent", "MeterValues", "StatusNotification"):
        answer = await central.call(
            "X", "TriggerMessage", {"requestedMessage": message}
        )
        assert answer == {"status": "Accepted"}
    await clock.advance(1)
    [event] = central.sent("TransactionEvent")[:1]
    assert event["triggerReason"] == "Trigger"
    assert event["transactionInfo"]["chargingState"] == "Charging"
    assert central.sent("MeterValues")[0]["evseId"] == 1
    assert central.sent("StatusNotification")


async def test_an_unlock_is_refused_while_it_charges(
    switch_on, central, clock, version
):
    # F05.FR.02
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(5)
    answer = await central.call("X", "UnlockConnector", {"evseId": 1, "connectorId": 1})
    assert answer == {"status": "OngoingAuthorizedTransaction"}


async def test_clock_aligned_values(switch_on, central, clock, version):
    # J01.FR.14, FR.22
    station = await switch_on(
        versions=[version],
        autostart_tag="FREE",
        evses=2,
        configuration={
            "AlignedDataCtrlr.Interval": "60",
            "SampledDataCtrlr.TxUpdatedInterval": "0",
        },
    )
    station.plug_in(1, Vehicle())
    await clock.advance(130)
    idle = central.sent("MeterValues")
    # EVSE 0 is the meter at the station's feed (J01.FR.03).
    assert {sent["evseId"] for sent in idle} == {0, 2}
    assert idle[0]["meterValue"][0]["sampledValue"][0]["context"] == "Sample.Clock"
    triggers = [e["triggerReason"] for e in central.sent("TransactionEvent")]
    assert triggers.count("MeterValueClock") == 2


async def test_clock_aligned_values_at_the_end(switch_on, central, clock, version):
    # J02: AlignedDataTxEndedInterval
    station = await switch_on(
        versions=[version],
        autostart_tag="FREE",
        configuration={
            "AlignedDataCtrlr.TxEndedInterval": "60",
            "AlignedDataCtrlr.TxEndedMeasurands": "Voltage",
        },
    )
    station.plug_in(1, Vehicle())
    await clock.advance(125)
    station.unplug(1)
    await clock.advance(1)
    last = central.sent("TransactionEvent")[-1]
    contexts = [v["sampledValue"][0]["context"] for v in last["meterValue"]]
    assert contexts == [
        "Transaction.Begin",
        "Sample.Clock",
        "Sample.Clock",
        "Transaction.End",
    ]


async def test_moves_to_another_server_and_back(switch_on, central, clock, version):
    # B09, B10: after a reboot by the priority, and back when nobody answers there.
    await switch_on(versions=[version])
    elsewhere = CentralSystem(clock.now)
    await elsewhere.listen(0)
    network = {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": elsewhere.url,
        "messageTimeout": 30,
        "securityProfile": 1,
        "ocppInterface": "Wired0",
    }
    ask = {"configurationSlot": 2, "connectionData": network}
    assert await central.call("X", "SetNetworkProfile", ask) == {"status": "Accepted"}
    wanted = {
        "component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": "NetworkConfigurationPriority"},
        "attributeValue": "2,1",
    }
    answer = await central.call("X", "SetVariables", {"setVariableData": [wanted]})
    assert answer["setVariableResult"][0]["attributeStatus"] == "RebootRequired"
    await central.call("X", "Reset", {"type": "Immediate"})
    await clock.advance(10)
    assert elsewhere.actions()["BootNotification"] == 1
    await elsewhere.close()
    await clock.advance(60)
    assert central.connections == 2


async def test_before_it_is_accepted(switch_on, central, clock, version):
    # B02, B03
    status = "Pending"
    central.answers["BootNotification"] = lambda _: {
        "status": status,
        "currentTime": central.time(),
        "interval": 30,
    }
    station = await switch_on(versions=[version], accepted=False, autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(5)
    assert await start(central, clock) == "Rejected"
    ask = {"requestId": 1, "reportBase": "SummaryInventory"}
    assert await central.call("X", "GetBaseReport", ask) == {"status": "Accepted"}
    await clock.advance(2)
    assert central.sent("NotifyReport")
    assert not central.sent("TransactionEvent")
    status = "Rejected"
    await clock.advance(35)
    with pytest.raises(StationError, match="SecurityError"):
        await central.call("X", "ClearCache", {})
    status = "Accepted"
    await clock.advance(35)
    assert station.accepted
    assert central.sent("TransactionEvent")


async def test_a_broken_evse_is_told(switch_on, central, clock, version):
    # G05, N07: the status says that, an event says what.
    station = await switch_on(versions=[version])
    station.set_error(1, "GroundFailure")
    await clock.advance(1)
    station.set_error(1, None)
    await clock.advance(1)
    told = [s["connectorStatus"] for s in central.sent("StatusNotification")]
    assert told == ["Available", "Faulted", "Available"]
    events = [e["eventData"][0] for e in central.sent("NotifyEvent")]
    assert [(e["actualValue"], e.get("techCode")) for e in events] == [
        ("true", "GroundFailure"),
        ("false", None),
    ]


async def test_answers_a_call_that_follows_its_boot_at_once(
    switch_on, central, clock, version
):
    asked = []

    def boot(_):
        call = central.ask("X", "GetLocalListVersion", {})
        asked.append(asyncio.ensure_future(call))
        return {"status": "Accepted", "currentTime": central.time(), "interval": 60}

    central.answers["BootNotification"] = boot
    await switch_on(versions=[version])
    assert await (await asked[0]) == {"versionNumber": 0}
