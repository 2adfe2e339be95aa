"""Discharging at stations of OCPP 2.0.1, from docs/v2g-extension.md: the extension, limits below zero, a variable."""

import pytest

from simulator import Form
from tests.simulator.v2x import (
    ACCEPTED,
    BOTH,
    allow,
    flows,
    give,
    plugged,
    profile,
    setpoint,
    transaction_id,
)

VENDOR = "org.evenload.v2x"


def extended(limit=7360, **fields):
    return {"limit": limit, "customData": {"vendorId": VENDOR} | fields}


def wanted(power_w, least_w=-5000, **more):
    return extended(**setpoint(power_w, dischargeLimit=least_w), **more)


async def agreed(switch_on, central, clock, *forms, **options):
    equipment = {"forms": frozenset(forms or (Form.EXTENSION,))}
    station = await plugged(switch_on, clock, "2.0.1", equipment=equipment, **options)
    if Form.EXTENSION in equipment["forms"]:
        assert await allow(central, clock) == "Accepted"
    return station


async def read(central, name, component=None, instance=None):
    variable = {"name": name} | ({"instance": instance} if instance else {})
    box = component or {"name": "V2XChargingCtrlr", "evse": {"id": 1}}
    asked = {"getVariableData": [{"component": box, "variable": variable}]}
    [result] = (await central.call("X", "GetVariables", asked))["getVariableResult"]
    return result.get("attributeValue")


async def write(central, clock, value, name="Setpoint"):
    item = {
        "component": {"name": "V2XChargingCtrlr", "evse": {"id": 1}},
        "variable": {"name": name},
        "attributeValue": value,
    }
    answer = await central.call("X", "SetVariables", {"setVariableData": [item]})
    await clock.advance(8)
    return answer["setVariableResult"][0]["attributeStatus"]


async def test_shows_what_it_can(switch_on, central, clock):
    await agreed(switch_on, central, clock)
    custom = {"name": "CustomizationCtrlr"}
    assert await read(central, "CustomImplementationEnabled", custom, VENDOR) == "true"
    modes = await read(central, "SupportedOperationModes")
    assert modes == "ChargingOnly,CentralSetpoint,Idle"
    assert await read(central, "SupportedEnergyTransferModes") == "DC,DC_BPT"
    assert await read(central, "Setpoint") is None


async def test_tells_what_the_vehicle_needs_beside_the_plain_words(
    switch_on, central, clock
):
    await agreed(switch_on, central, clock)
    first, second = (n["chargingNeeds"] for n in central.sent("NotifyEVChargingNeeds"))
    assert first["requestedEnergyTransfer"] == "DC"
    assert first["customData"]["requestedEnergyTransfer"] == "DC"
    assert second["requestedEnergyTransfer"] == "DC"
    assert second["dcChargingParameters"]["stateOfCharge"] == 60
    extra = second["customData"]
    assert extra["requestedEnergyTransfer"] == "DC_BPT"
    assert extra["availableEnergyTransfer"] == BOTH
    assert extra["v2xChargingParameters"]["maxDischargePower"] == 10_000


async def test_a_setpoint_in_custom_data(switch_on, central, clock):
    station = await agreed(switch_on, central, clock)
    assert await give(central, clock, wanted(-3000)) == ACCEPTED
    assert flows(station) == -3000
    answer = next(
        frame[2]
        for frame in central.frames
        if frame[0] == 3 and "customData" in frame[2] and "status" in frame[2]
    )
    # "The answer must carry the operation mode that was taken."
    expected = {"vendorId": VENDOR, "operationMode": "CentralSetpoint"}
    assert answer["customData"] == expected
    last = central.sent("TransactionEvent")[-1]
    assert last["transactionInfo"]["customData"] == expected
    plain = extended(7360, operationMode="ChargingOnly")
    call = {"evseId": 1, "chargingProfile": profile(central, plain)}
    answer = await central.call("X", "SetChargingProfile", call)
    assert answer["customData"]["operationMode"] == "ChargingOnly"
    idle = extended(0, operationMode="Idle")
    assert await give(central, clock, idle) == ACCEPTED
    assert flows(station) == 0
    clear = {"chargingProfileId": 8501}
    await central.call("X", "ClearChargingProfile", clear)
    await clock.advance(8)
    assert flows(station) > 10_000
    events = [e for e in central.sent("TransactionEvent") if "operationMode" in str(e)]
    told = events[-1]["transactionInfo"]["customData"]["operationMode"]
    assert (told, events[-1]["triggerReason"]) == (
        "ChargingOnly",
        "ChargingRateChanged",
    )


async def test_ends_by_itself(switch_on, central, clock):
    station = await agreed(switch_on, central, clock)
    await give(central, clock, wanted(-3000), schedule={"duration": 30})
    assert flows(station) == -3000
    await clock.advance(30)
    assert flows(station) > 10_000


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        (
            extended(operationMode="CentralFrequency", setpoint=1),
            "InvalidOperationMode",
        ),
        (extended(**setpoint(-3000)), "InvalidSchedule"),
        (wanted(-6000), "InvalidSchedule"),
        (wanted(8000), "InvalidSchedule"),
        (extended(7360, operationMode="Idle"), "InvalidSchedule"),
        (extended(operationMode="ChargingOnly", setpoint=1), "InvalidSchedule"),
        (extended(-1, **setpoint(-3000, dischargeLimit=-5000)), "InvalidSchedule"),
    ],
)
async def test_refuses_with_the_words_of_2_1(switch_on, central, clock, period, reason):
    station = await agreed(switch_on, central, clock)
    assert await give(central, clock, period) == ("Rejected", reason)
    assert flows(station) > 10_000


async def test_nothing_before_it_was_agreed_on(switch_on, central, clock):
    equipment = {"forms": frozenset({Form.EXTENSION})}
    await plugged(switch_on, clock, "2.0.1", equipment=equipment)
    refused = ("Rejected", "InvalidOperationMode")
    assert await give(central, clock, wanted(-3000)) == refused
    await allow(central, clock)
    assert await give(central, clock, wanted(-3000)) == ACCEPTED


async def test_is_allowed_by_a_token(switch_on, central, clock):
    central.answers["Authorize"] = lambda _: {
        "idTokenInfo": {"status": "Accepted"},
        "customData": {"vendorId": VENDOR, "allowedEnergyTransfer": BOTH},
    }
    equipment = {"forms": frozenset({Form.EXTENSION})}
    station = await plugged(
        switch_on, clock, "2.0.1", equipment=equipment, autostart_tag=None
    )
    await station.present_tag(1, "CARD")
    await clock.advance(5)
    assert await give(central, clock, wanted(-3000)) == ACCEPTED


async def test_who_does_not_know_it_charges_within_the_limit(switch_on, central, clock):
    station = await plugged(switch_on, clock, "2.0.1", equipment={"forms": frozenset()})
    assert await allow(central, clock) == "UnknownVendorId"
    assert await give(central, clock, wanted(-3000, -5000)) == ACCEPTED
    assert not any(
        "customData" in str(frame) for frame in central.frames if frame[0] == 3
    )
    assert flows(station) == pytest.approx(7360, abs=75)


async def test_knows_only_its_own_message(switch_on, central, clock):
    await agreed(switch_on, central, clock)
    call = {"vendorId": VENDOR, "messageId": "Dance", "data": {}}
    answer = await central.call("X", "DataTransfer", call)
    assert answer == {"status": "UnknownMessageId"}


async def test_n1_a_limit_below_zero(switch_on, central, clock):
    station = await agreed(switch_on, central, clock, Form.NEGATIVE_LIMIT)
    assert await give(central, clock, {"limit": -3000.0}) == ACCEPTED
    assert flows(station) == -3000
    assert await give(central, clock, {"limit": 0}) == ACCEPTED
    assert flows(station) == 0


async def test_n1_is_refused_where_it_is_not_known(switch_on, central, clock):
    await agreed(switch_on, central, clock)
    refused = ("Rejected", "InvalidSchedule")
    assert await give(central, clock, {"limit": -3000.0}) == refused


async def test_n2_a_variable(switch_on, central, clock):
    station = await agreed(switch_on, central, clock, Form.VARIABLE)
    assert await read(central, "Setpoint") == "ChargingOnly"
    assert await write(central, clock, "-3000") == "Accepted"
    assert flows(station) == -3000
    assert await read(central, "Setpoint") == "-3000"
    for value in ("much", "nan", "-3000.5"):
        assert await write(central, clock, value) == "Rejected"
    assert await write(central, clock, "ChargingOnly") == "Accepted"
    assert flows(station) > 10_000
    assert await write(central, clock, "30", "SetpointTimeout") == "Accepted"
    assert await write(central, clock, "-3000") == "Accepted"
    await clock.advance(30)
    assert flows(station) > 10_000
    assert await read(central, "Setpoint") == "ChargingOnly"


async def test_n2_needs_a_transaction_and_dies_with_it(switch_on, central, clock):
    station = await agreed(switch_on, central, clock, Form.VARIABLE)
    assert await write(central, clock, "0", "SetpointTimeout") == "Accepted"
    assert await write(central, clock, "-3000") == "Accepted"
    first = transaction_id(central)
    station.unplug(1)
    await clock.advance(5)
    assert await write(central, clock, "-3000") == "Rejected"
    station.plug_in(1)
    await clock.advance(20)
    assert transaction_id(central) != first
    assert flows(station) > 0
