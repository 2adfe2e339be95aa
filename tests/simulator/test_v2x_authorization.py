"""Who is allowed to feed back, and how station and vehicle agree on it (OCPP 2.1 Q01, Q02 with errata 2.46-2.52)."""

import pytest

from tests.simulator.v2x import (
    ACCEPTED,
    BOTH,
    EVCCID,
    allow,
    car,
    flows,
    give,
    plugged,
    setpoint,
    transaction_id,
)


def needs(central):
    return [n["chargingNeeds"] for n in central.sent("NotifyEVChargingNeeds")]


async def test_starts_charging_only_and_says_what_else_there_is(
    switch_on, central, clock
):
    station = await plugged(switch_on, clock)
    [said] = needs(central)
    # Q01.FR.09
    assert said["requestedEnergyTransfer"] == "DC"
    assert said["availableEnergyTransfer"] == BOTH
    # K19.FR.06
    assert said["v2xChargingParameters"]["maxChargePower"] == 11_000
    assert "maxDischargePower" not in said["v2xChargingParameters"]
    assert flows(station) == pytest.approx(11_000, abs=50)
    refused = ("Rejected", "InvalidOperationMode")
    assert await give(central, clock, setpoint(-3000)) == refused


async def test_names_the_vehicle(switch_on, central, clock):
    await plugged(switch_on, clock)
    started = central.sent("TransactionEvent")[0]
    # Q01.FR.02
    assert started["eventType"] == "Started"
    extra = {"additionalIdToken": EVCCID, "type": "EVCCID"}
    assert started["idToken"]["additionalInfo"] == [extra]


async def test_renegotiates_when_it_is_allowed_later(switch_on, central, clock):
    station = await plugged(switch_on, clock)
    assert await allow(central, clock) == "Accepted"
    said = needs(central)[-1]
    assert said["requestedEnergyTransfer"] == "DC_BPT"
    parameters = said["v2xChargingParameters"]
    # Magnitudes, and between vehicle and EVSE.
    assert parameters["maxDischargePower"] == 10_000
    assert parameters["evMinV2XEnergyRequest"] == pytest.approx(-24_000, abs=50)
    assert await give(central, clock, setpoint(-3000)) == ACCEPTED
    assert flows(station) == -3000
    # And back again.
    assert await allow(central, clock, "DC") == "Accepted"
    assert needs(central)[-1]["requestedEnergyTransfer"] == "DC"
    await clock.advance(5)
    assert flows(station) >= 0


async def test_is_allowed_from_the_start_by_a_token(switch_on, central, clock):
    central.answers["Authorize"] = lambda _: {
        "idTokenInfo": {"status": "Accepted"},
        "allowedEnergyTransfer": BOTH,
    }
    station = await plugged(switch_on, clock, autostart_tag=None)
    await station.present_tag(1, "CARD")
    await clock.advance(5)
    # Q01.FR.01: the vehicle is named already when it is asked.
    [asked] = central.sent("Authorize")
    assert asked["idToken"]["additionalInfo"][0]["additionalIdToken"] == EVCCID
    assert needs(central)[-1]["requestedEnergyTransfer"] == "DC_BPT"
    assert await give(central, clock, setpoint(-3000)) == ACCEPTED


def refuse_discharging(payload):
    both = payload["chargingNeeds"]["requestedEnergyTransfer"] == "DC_BPT"
    return {"status": "Rejected" if both else "Accepted"}


async def test_refused_needs_are_told_anew_without_discharging(
    switch_on, central, clock
):
    central.answers["NotifyEVChargingNeeds"] = refuse_discharging
    station = await plugged(switch_on, clock)
    await allow(central, clock)
    # Q01.FR.05
    wanted = [said["requestedEnergyTransfer"] for said in needs(central)]
    assert wanted == ["DC", "DC_BPT", "DC"]
    assert flows(station) > 10_000


async def test_refused_needs_end_what_cannot_be_renegotiated(switch_on, central, clock):
    central.answers["NotifyEVChargingNeeds"] = refuse_discharging
    central.answers["Authorize"] = lambda _: {
        "idTokenInfo": {"status": "Accepted"},
        "allowedEnergyTransfer": BOTH,
    }
    equipment = {"renegotiates": False}
    station = await plugged(switch_on, clock, autostart_tag=None, equipment=equipment)
    await station.present_tag(1, "CARD")
    await clock.advance(5)
    ended = central.sent("TransactionEvent")[-1]
    # Q01.FR.06
    assert ended["eventType"] == "Ended"
    assert ended["transactionInfo"]["stoppedReason"] == "ReqEnergyTransferRejected"


async def test_who_cannot_renegotiate_says_so(switch_on, central, clock):
    await plugged(switch_on, clock, equipment={"renegotiates": False})
    assert await allow(central, clock) == "Rejected"


async def test_only_for_a_transaction_that_runs(switch_on, central, clock):
    await plugged(switch_on, clock)
    call = {"transactionId": "another", "allowedEnergyTransfer": BOTH}
    answer = await central.call("X", "NotifyAllowedEnergyTransfer", call)
    assert answer["statusInfo"]["reasonCode"] == "TxNotFound"


async def test_a_vehicle_that_cannot_is_not_asked(switch_on, central, clock):
    await plugged(switch_on, clock, vehicle=car(discharge_maximum_w=0))
    assert "availableEnergyTransfer" not in needs(central)[0]
    await allow(central, clock)
    assert len(needs(central)) == 1


async def test_nothing_while_it_is_switched_off(switch_on, central, clock):
    station = await plugged(switch_on, clock)
    await allow(central, clock)
    assert await give(central, clock, setpoint(-3000)) == ACCEPTED
    write = {
        "component": {"name": "V2XChargingCtrlr", "evse": {"id": 1}},
        "variable": {"name": "Enabled"},
        "attributeValue": "false",
    }
    await central.call("X", "SetVariables", {"setVariableData": [write]})
    await clock.advance(5)
    assert flows(station) >= 0
    assert await give(central, clock, setpoint(-3000)) == ("Rejected", "NotEnabled")


async def test_a_new_transaction_begins_anew(switch_on, central, clock):
    station = await plugged(switch_on, clock)
    await allow(central, clock)
    first = transaction_id(central)
    station.unplug(1)
    await clock.advance(5)
    station.plug_in(1, car())
    await clock.advance(15)
    assert transaction_id(central) != first
    assert needs(central)[-1]["requestedEnergyTransfer"] == "DC"


async def test_on_alternating_current(switch_on, central, clock):
    options = {"dc_w": {}, "maximum_a": 16.0, "equipment": {"by_line": True}}
    await plugged(switch_on, clock, vehicle=car(phases=3), **options)
    assert await allow(central, clock, "AC_three_phase", "AC_BPT") == "Accepted"
    said = needs(central)[-1]
    assert said["requestedEnergyTransfer"] == "AC_BPT"
    parameters = said["v2xChargingParameters"]
    # Then the plain field is that of the first line.
    assert parameters["maxDischargePower"] == parameters["maxDischargePower_L3"] == 3333
    assert parameters["maxChargePower_L2"] == 3680
