"""From plugging in to unplugging in OCPP 2.x: who may, when it starts and stops, what is told (C, E, F, H)."""

import pytest

from simulator import Vehicle

CARD = {"idToken": "A1B2C3D4", "type": "ISO14443"}
OTHER = {"idToken": "99999999", "type": "ISO14443"}
GROUP = {"idToken": "FAMILY", "type": "Central"}


@pytest.fixture(params=["2.0.1", "2.1"])
def version(request):
    return request.param


def told(central):
    """Each event: its kind, its trigger, and what changed in its state."""
    return [
        (
            event["eventType"],
            event["triggerReason"],
            event["transactionInfo"].get("chargingState"),
        )
        for event in central.sent("TransactionEvent")
        if event["triggerReason"] != "MeterValuePeriodic"
    ]


async def start(central, clock, token=CARD, **more):
    ask = {"idToken": token, "remoteStartId": 7, "evseId": 1} | more
    answer = await central.call("X", "RequestStartTransaction", ask)
    await clock.advance(1)
    return answer["status"]


async def test_the_cable_first_then_the_card(switch_on, central, clock, version):
    # E02, with PowerPathClosed as start point
    station = await switch_on(versions=[version])
    station.plug_in(1, Vehicle())
    await clock.advance(2)
    assert not central.sent("TransactionEvent")
    assert await settled(clock, station.present_tag(1, "A1B2C3D4"))
    await clock.advance(10)
    assert told(central) == [
        ("Started", "Authorized", "SuspendedEV"),
        ("Updated", "ChargingStateChanged", "Charging"),
    ]
    assert central.sent("TransactionEvent")[0]["idToken"] == CARD
    # E07: the same card ends it.
    assert await settled(clock, station.present_tag(1, "a1b2c3d4"))
    await clock.advance(1)
    last = central.sent("TransactionEvent")[-1]
    assert (last["eventType"], last["triggerReason"]) == ("Ended", "StopAuthorized")
    assert last["transactionInfo"]["stoppedReason"] == "Local"
    assert last["transactionInfo"]["timeSpentCharging"] > 0
    assert last["idToken"]["idToken"] == "a1b2c3d4"
    # The cable is still in.
    assert central.sent("StatusNotification")[-1]["connectorStatus"] == "Occupied"


async def settled(clock, task):
    """What a task returns, once time has passed."""
    await clock.advance(1)
    return await task


async def test_other_points_to_start_and_stop(switch_on, central, clock, version):
    # E01, E06: from the cable to the cable
    station = await switch_on(
        versions=[version],
        configuration={
            "TxCtrlr.TxStartPoint": "EVConnected",
            "TxCtrlr.TxStopPoint": "EVConnected",
        },
    )
    station.plug_in(1, Vehicle())
    await clock.advance(2)
    await settled(clock, station.present_tag(1, "A1B2C3D4"))
    await clock.advance(8)
    await settled(clock, station.present_tag(1, "A1B2C3D4"))
    await clock.advance(8)
    station.unplug(1)
    await clock.advance(1)
    assert told(central) == [
        ("Started", "CablePluggedIn", "EVConnected"),
        ("Updated", "Authorized", "SuspendedEV"),
        ("Updated", "ChargingStateChanged", "Charging"),
        ("Updated", "StopAuthorized", "EVConnected"),
        ("Ended", "EVCommunicationLost", "Idle"),
    ]
    tokens = [e.get("idToken") for e in central.sent("TransactionEvent")]
    assert [token for token in tokens if token] == [CARD, CARD]


async def test_a_remote_start_waits_for_the_cable(switch_on, central, clock, version):
    # F02
    station = await switch_on(versions=[version])
    assert await start(central, clock) == "Accepted"
    assert await start(central, clock) == "Rejected"
    station.plug_in(1, Vehicle())
    await clock.advance(2)
    first = central.sent("TransactionEvent")[0]
    assert (first["eventType"], first["idToken"]) == ("Started", CARD)
    assert first["transactionInfo"]["remoteStartId"] == 7
    stop = {"transactionId": station.evse(1).transaction_id}
    answer = await central.call("X", "RequestStopTransaction", stop)
    assert answer == {"status": "Accepted"}
    await clock.advance(1)
    # F03
    last = central.sent("TransactionEvent")[-1]
    assert (last["eventType"], last["triggerReason"]) == ("Ended", "RemoteStop")
    assert last["transactionInfo"]["stoppedReason"] == "Remote"


async def test_a_remote_start_is_not_kept_for_ever(switch_on, central, clock, version):
    # F02.FR.06, EVConnectionTimeOut
    station = await switch_on(versions=[version])
    await start(central, clock)
    await clock.advance(61)
    station.plug_in(1, Vehicle())
    await clock.advance(5)
    assert not station.evse(1).in_transaction


async def test_a_remote_start_brings_a_profile(switch_on, central, clock, version):
    # F01.FR.08-FR.11
    station = await switch_on(versions=[version])
    station.plug_in(1, Vehicle())
    brought = {
        "id": 300,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [
            {
                "id": 1,
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 7}],
            }
        ],
    }
    await start(central, clock, chargingProfile=brought)
    assert station.evse(1).limit_a == 7
    [kept] = station.brain.profiles_view()
    assert kept["chargingProfile"]["transactionId"] == station.evse(1).transaction_id


async def test_who_is_not_known_does_not_charge(switch_on, central, clock, version):
    # C01
    station = await switch_on(versions=[version])
    central.answers["Authorize"] = lambda _: {"idTokenInfo": {"status": "Invalid"}}
    station.plug_in(1, Vehicle())
    assert not await settled(clock, station.present_tag(1, "A1B2C3D4"))
    assert not station.evse(1).in_transaction


@pytest.mark.parametrize("stops", ["true", "false"])
async def test_who_is_refused_afterwards_does_not_go_on(
    switch_on, central, clock, version, stops
):
    # E05
    station = await switch_on(
        versions=[version], configuration={"TxCtrlr.StopTxOnInvalidId": stops}
    )
    central.answers["TransactionEvent"] = lambda event: (
        {"idTokenInfo": {"status": "Blocked"}} if "idToken" in event else {}
    )
    station.plug_in(1, Vehicle())
    await start(central, clock)
    await clock.advance(10)
    assert station.evse(1).currents.total == 0
    assert station.evse(1).in_transaction == (stops == "false")
    expected = (
        ("Ended", "Deauthorized", "EVConnected")
        if stops == "true"
        else ("Updated", "ChargingStateChanged", "SuspendedEVSE")
    )
    assert told(central)[-1] == expected


async def test_a_card_shown_again_before_the_cable_is_no_end(
    switch_on, central, clock, version
):
    # C01.FR.26: only EVConnectionTimeOut ends an authorization that no transaction has come of (E07 ends transactions).
    station = await switch_on(versions=[version])
    assert await settled(clock, station.present_tag(1, "A1B2C3D4"))
    await clock.advance(50)
    assert await settled(clock, station.present_tag(1, "A1B2C3D4"))
    await clock.advance(50)
    station.plug_in(1, Vehicle())
    await clock.advance(8)
    assert told(central)[0] == ("Started", "CablePluggedIn", "SuspendedEV")
    assert len(central.sent("Authorize")) == 2


async def test_another_of_the_group_may_end_it(switch_on, central, clock, version):
    # C09, E07
    station = await switch_on(versions=[version])
    central.answers["Authorize"] = lambda ask: {
        "idTokenInfo": {"status": "Accepted"}
        | ({} if ask["idToken"] == OTHER else {"groupIdToken": GROUP})
    }
    station.plug_in(1, Vehicle())
    await settled(clock, station.present_tag(1, "A1B2C3D4"))
    assert not await settled(clock, station.present_tag(1, "99999999"))
    assert await settled(clock, station.present_tag(1, "55555555"))
    assert not station.evse(1).in_transaction


async def test_a_reservation_is_for_its_token(switch_on, central, clock, version):
    # H01, H03
    station = await switch_on(versions=[version])
    reserve = {
        "id": 5,
        "expiryDateTime": "2026-01-05T13:00:00Z",
        "idToken": CARD,
        "evseId": 1,
    }
    assert await central.call("X", "ReserveNow", reserve) == {"status": "Accepted"}
    await clock.advance(1)
    assert station.evse(1).status == "Reserved"
    assert await start(central, clock, OTHER) == "Rejected"
    assert await start(central, clock) == "Accepted"
    station.plug_in(1, Vehicle())
    await clock.advance(2)
    assert central.sent("TransactionEvent")[0]["reservationId"] == 5


async def test_a_reservation_ends(switch_on, central, clock, version):
    # H04
    station = await switch_on(versions=[version])
    reserve = {"id": 5, "expiryDateTime": "2026-01-05T12:01:00Z", "idToken": CARD}
    await central.call("X", "ReserveNow", reserve)
    await clock.advance(65)
    assert station.evse(1).status == "Available"
    assert central.sent("ReservationStatusUpdate") == [
        {"reservationId": 5, "reservationUpdateStatus": "Expired"}
    ]
