"""One station of OCPP 2.0.1 or 2.1 from the socket to the vehicle and back."""

import pytest

from simulator import L2, PerPhase, Vehicle


@pytest.fixture(params=["2.0.1", "2.1"], autouse=True)
def version(request):
    return request.param


def profile(
    limit, *, unit="A", purpose="TxDefaultProfile", stack=0, profile_id=101, **schedule
):
    period = {"startPeriod": 0, "limit": limit}
    if "phases" in schedule:
        period["numberPhases"] = schedule.pop("phases")
    more = {"transactionId": tx} if (tx := schedule.pop("tx", None)) else {}
    return {
        "id": profile_id,
        "stackLevel": stack,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": [
            {
                "id": 1,
                "startSchedule": "2026-01-01T00:00:00Z",
                "chargingRateUnit": unit,
                "chargingSchedulePeriod": [period],
                **schedule,
            }
        ],
        **more,
    }


async def test_boots_and_tells_its_statuses(switch_on, central, version):
    station = await switch_on(
        versions=[version], evses=2, vendor="Acme", model="Box", serial="1"
    )
    # B01
    assert station.version == version
    assert central.received[0] == (
        "BootNotification",
        {
            "chargingStation": {
                "vendorName": "Acme",
                "model": "Box",
                "serialNumber": "1",
                "firmwareVersion": "1.0.0",
            },
            "reason": "PowerUp",
        },
    )
    told = [
        (s["evseId"], s["connectorId"], s["connectorStatus"])
        for s in central.sent("StatusNotification")
    ]
    assert told == [(1, 1, "Available"), (2, 1, "Available")]


async def test_charges_and_reports(switch_on, central, clock, version):
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle(maximum_a=16))
    await clock.advance(30)

    assert station.evse(1).currents == PerPhase.even(16)
    assert station.evse(1).status == "Occupied"
    events = central.sent("TransactionEvent")
    # E02: one transaction, its numbers without a gap, its token told once.
    assert [e["seqNo"] for e in events] == list(range(len(events)))
    assert {e["transactionInfo"]["transactionId"] for e in events} == {
        station.evse(1).transaction_id
    }
    assert events[0]["eventType"] == "Started"
    assert events[0]["triggerReason"] == "CablePluggedIn"
    assert events[0]["evse"] == {"id": 1, "connectorId": 1}
    assert [e["idToken"] for e in events if "idToken" in e] == [
        {"idToken": "FREE", "type": "Local"}
    ]
    states = [
        state for e in events if (state := e["transactionInfo"].get("chargingState"))
    ]
    assert states == ["SuspendedEV", "Charging"]
    last = events[-1]
    assert last["triggerReason"] == "MeterValuePeriodic"
    values = {
        (v["measurand"], v.get("phase")): v["value"]
        for v in last["meterValue"][0]["sampledValue"]
    }
    assert values["Current.Import", "L3"] == 16.0
    assert values["Power.Active.Import", None] == 11040
    assert values["Voltage", "L1-N"] == 230.0


async def test_obeys_a_profile_within_five_seconds(switch_on, central, clock, version):
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle(maximum_a=16))
    await clock.advance(20)

    answer = await central.call(
        "X", "SetChargingProfile", {"evseId": 1, "chargingProfile": profile(8.5)}
    )
    assert answer == {"status": "Accepted"}
    await clock.advance(5)
    assert station.evse(1).currents == PerPhase.even(8.5)
    assert station.evse(1).limit_a == 8.5


async def test_zero_suspends_and_the_transaction_goes_on(
    switch_on, central, clock, version
):
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(20)
    running = station.evse(1).transaction_id
    for limit, state in ((0, "SuspendedEVSE"), (5.9, None), (6, "Charging")):
        before = len(central.sent("TransactionEvent"))
        await central.call(
            "X", "SetChargingProfile", {"evseId": 1, "chargingProfile": profile(limit)}
        )
        await clock.advance(10)
        told = [
            e["transactionInfo"].get("chargingState")
            for e in central.sent("TransactionEvent")[before:]
            if e["triggerReason"] == "ChargingStateChanged"
        ]
        assert told[-1:] == ([state] if state else [])
        assert station.evse(1).transaction_id == running


async def test_ends_when_the_cable_is_pulled(switch_on, central, clock, version):
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(30)
    station.unplug(1)
    await clock.advance(2)
    last = central.sent("TransactionEvent")[-1]
    # E10: the vehicle went, and so did who was authorised.
    assert (last["eventType"], last["triggerReason"]) == (
        "Ended",
        "EVCommunicationLost",
    )
    assert last["transactionInfo"]["stoppedReason"] == "EVDisconnected"
    contexts = [v["sampledValue"][0]["context"] for v in last["meterValue"]]
    assert contexts == ["Transaction.Begin", "Transaction.End"]
    assert central.sent("StatusNotification")[-1]["connectorStatus"] == "Available"
    assert not station.evse(1).in_transaction


async def test_a_rotated_single_phase_station_draws_on_its_grid_phase(
    switch_on, central, clock, version
):
    station = await switch_on(versions=[version], autostart_tag="FREE", phases=(L2,))
    station.plug_in(1, Vehicle(phases=1, maximum_a=32))
    await clock.advance(30)
    assert station.evse(1).currents == PerPhase(0, 32, 0)


@pytest.mark.parametrize(
    ("limit", "unit", "phases", "expected"),
    [(11040, "W", 3, 16), (6900, "W", None, 10)],
)
async def test_watts_become_amperes_by_phases(
    switch_on, central, version, limit, unit, phases, expected
):
    # K01.FR.49, K01.FR.50
    station = await switch_on(versions=[version], autostart_tag="FREE")
    wanted = profile(limit, unit=unit, **({"phases": phases} if phases else {}))
    call = {"evseId": 0, "chargingProfile": wanted}
    assert await central.call("X", "SetChargingProfile", call) == {"status": "Accepted"}
    assert station.evse(1).limit_a == expected
