"""Tags, plugs, reservations and availability (OCPP 1.6 §3.2, §4.1, §4.8-4.10, §5.2, §5.13)."""

import pytest

from simulator import PerPhase, Vehicle
from tests.simulator.test_thin_line import profile

REFUSED = {"idTagInfo": {"status": "Blocked"}}


def statuses(central, connector=1):
    return [
        s["status"]
        for s in central.sent("StatusNotification")
        if s["connectorId"] == connector
    ]


async def test_a_tag_starts_and_the_same_tag_stops(switch_on, central, clock):
    station = await switch_on()
    station.plug_in(1)
    await clock.advance(5)
    assert central.sent("StartTransaction") == []
    station.present_tag(1, "ALICE")
    await clock.advance(20)
    assert station.evse(1).status == "Charging"
    assert not await station.present_tag(1, "BOB")
    assert await station.present_tag(1, "ALICE")
    await clock.advance(5)
    (stop,) = central.sent("StopTransaction")
    assert (stop["reason"], stop["idTag"]) == ("Local", "ALICE")
    assert [data["sampledValue"][0]["context"] for data in stop["transactionData"]] == [
        "Transaction.Begin",
        "Transaction.End",
    ]
    assert station.evse(1).status == "Finishing"
    assert station.evse(1).currents == PerPhase()
    station.unplug(1)
    await clock.advance(1)
    assert statuses(central) == [
        *(
            "Available",
            "Preparing",
            "SuspendedEV",
            "Charging",
            "Finishing",
            "Available",
        ),
    ]


async def test_a_tag_before_the_plug_waits_for_it_so_long(switch_on, central, clock):
    station = await switch_on()
    await station.present_tag(1, "ALICE")
    assert station.evse(1).status == "Preparing"
    await clock.advance(61)
    assert station.evse(1).status == "Available"
    station.plug_in(1)
    await clock.advance(5)
    assert central.sent("StartTransaction") == []


async def test_a_refused_tag_does_not_charge(switch_on, central, clock):
    central.answers["Authorize"] = lambda _: REFUSED
    station = await switch_on()
    station.plug_in(1)
    assert not await station.present_tag(1, "MALLORY")
    assert central.sent("StartTransaction") == []


@pytest.mark.parametrize(
    ("stops", "status"), [("true", "Finishing"), ("false", "SuspendedEVSE")]
)
async def test_a_tag_refused_at_the_start_is_not_served(
    switch_on, central, clock, stops, status
):
    central.answers["StartTransaction"] = lambda _: {"transactionId": 7, **REFUSED}
    station = await switch_on(
        autostart_tag="FREE", configuration={"StopTransactionOnInvalidId": stops}
    )
    station.plug_in(1)
    await clock.advance(20)
    assert station.evse(1).status == status
    assert station.evse(1).currents == PerPhase()
    assert [stop["reason"] for stop in central.sent("StopTransaction")] == [
        "DeAuthorized"
    ] * (stops == "true")


@pytest.mark.parametrize(
    ("configuration", "listed", "starts"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"LocalAuthorizeOffline": "false"}, True, False),
        ({"AllowOfflineTxForUnknownId": "true"}, False, True),
    ],
)
async def test_offline_the_local_list_judges(
    switch_on, central, clock, configuration, listed, starts
):
    station = await switch_on(configuration=configuration)
    entries = (
        [{"idTag": "ALICE", "idTagInfo": {"status": "Accepted"}}] if listed else []
    )
    wanted = {"listVersion": 1, "updateType": "Full", "localAuthorizationList": entries}
    await central.call("X", "SendLocalList", wanted)
    station.go_offline()
    await clock.advance(1)
    station.plug_in(1)
    assert await station.present_tag(1, "ALICE") is starts
    assert station.evse(1).in_transaction is starts


async def test_remote_start_brings_its_profile_which_dies_with_it(
    switch_on, central, clock
):
    station = await switch_on()
    station.plug_in(1)
    wanted = profile(7, purpose="TxProfile")
    call = {"idTag": "APP", "connectorId": 1, "chargingProfile": wanted}
    assert await central.call("X", "RemoteStartTransaction", call) == {
        "status": "Accepted"
    }
    await clock.advance(20)
    assert station.evse(1).currents == PerPhase.even(7)
    transaction = {"transactionId": station.evse(1).transaction_id}
    assert await central.call("X", "RemoteStopTransaction", transaction) == {
        "status": "Accepted"
    }
    await clock.advance(1)
    assert station.evse(1).limit_a is None
    assert central.sent("StopTransaction")[0]["reason"] == "Remote"


async def test_a_reservation_keeps_others_out(switch_on, central, clock):
    station = await switch_on()
    reservation = {
        "connectorId": 1,
        "expiryDate": "2026-01-05T13:00:00Z",
        "idTag": "ALICE",
        "reservationId": 4,
    }
    await central.call("X", "ReserveNow", reservation)
    await clock.advance(1)
    assert station.evse(1).status == "Reserved"
    assert not await station.present_tag(1, "BOB")
    assert await station.present_tag(1, "ALICE")
    station.plug_in(1)
    await clock.advance(1)
    assert central.sent("StartTransaction")[0]["reservationId"] == 4


async def test_a_reservation_runs_out(switch_on, central, clock):
    station = await switch_on()
    reservation = {
        "connectorId": 0,
        "expiryDate": "2026-01-05T12:01:00Z",
        "idTag": "ALICE",
        "reservationId": 4,
    }
    await central.call("X", "ReserveNow", reservation)
    await clock.advance(61)
    assert station.evse(1).status == "Available"
    assert await central.call("X", "CancelReservation", {"reservationId": 4}) == {
        "status": "Rejected"
    }


async def test_availability_waits_for_the_transaction(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1)
    await clock.advance(5)
    inoperative = {"connectorId": 0, "type": "Inoperative"}
    assert await central.call("X", "ChangeAvailability", inoperative) == {
        "status": "Scheduled"
    }
    assert station.evse(1).in_transaction
    station.unplug(1)
    await clock.advance(1)
    assert statuses(central)[-1] == "Unavailable"
    assert statuses(central, 0)[-1] == "Unavailable"
    await central.call("X", "Reset", {"type": "Hard"})
    await clock.advance(5)
    assert station.evse(1).status == "Unavailable"


async def test_a_fault_stops_the_current_and_keeps_the_transaction(
    switch_on, central, clock
):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1)
    await clock.advance(10)
    station.set_error(1, "GroundFailure")
    await clock.advance(1)
    assert central.sent("StatusNotification")[-1]["errorCode"] == "GroundFailure"
    assert station.evse(1).currents == PerPhase()
    station.set_error(1, None)
    await clock.advance(15)
    assert station.evse(1).status == "Charging"
    assert station.evse(1).transaction_id == 101


async def test_meter_values_come_by_interval_and_by_the_clock(
    switch_on, central, clock
):
    station = await switch_on(
        autostart_tag="FREE",
        meter_interval_s=10,
        configuration={
            "ClockAlignedDataInterval": "60",
            "MeterValuesSampledData": "SoC,Frequency,Temperature,Power.Offered",
        },
    )
    station.plug_in(1, Vehicle())
    await clock.advance(120)
    contexts = [
        m["meterValue"][0]["sampledValue"][0]["context"]
        for m in central.sent("MeterValues")
    ]
    assert contexts.count("Transaction.Begin") == 1
    assert contexts.count("Sample.Periodic") in (11, 12)
    assert contexts.count("Sample.Clock") in (1, 2)


async def test_messages_sent_twice_and_garbage(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1)
    await clock.advance(3)
    station.unplug(1)
    await clock.advance(3)
    await station.resend("StopTransaction")
    first, second = central.sent("StopTransaction")
    assert first == second
    await station.send_raw("{{{")
    await station.send_raw(b"\xff\x00")
    assert ("sent", "{{{") in station.frames
