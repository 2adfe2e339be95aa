"""Discharging at stations of OCPP 1.6, from docs/v2g-extension.md."""

import asyncio
import json

import pytest

from simulator import Bidirectional, Form, Manual, Vehicle

DC = {"dc_w": {1: 11_000.0}}


def car(**more):
    usual = {"discharge_maximum_w": 10_000, "dc_maximum_w": 11_000, "soc_percent": 60}
    return Vehicle(**usual | more)


@pytest.fixture
def plugged(switch_on, clock):
    """A DC station that feeds back, with a car in a transaction."""

    async def start(*forms, vehicle=None, **options):
        equipment = options.pop("equipment", {})
        box = Bidirectional({1: 10_000.0}, forms=frozenset(forms or Form), **equipment)
        station = await switch_on(
            **DC | {"autostart_tag": "FREE", "bidirectional": box} | options
        )
        station.plug_in(1, vehicle or car())
        await clock.advance(15)
        assert station.evse(1).powers_w.total > 10_000
        return station

    return start


def profile(limit, *, seconds=360, purpose="TxProfile", unit="W", stack=3):
    return {
        "chargingProfileId": 8501,
        "stackLevel": stack,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "duration": seconds,
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
        },
    }


async def give(central, clock, limit, connector=1, **more):
    made = profile(limit, **more)
    made["chargingSchedule"]["startSchedule"] = central.time()
    call = {"connectorId": connector, "csChargingProfiles": made}
    answer = await central.call("X", "SetChargingProfile", call)
    await clock.advance(8)
    return answer["status"]


async def key(central, clock, value, name="V2XSetpoint"):
    call = {"key": name, "value": value}
    answer = await central.call("X", "ChangeConfiguration", call)
    await clock.advance(8)
    return answer["status"]


async def message(central, clock, **fields):
    usual = {
        "evse": 1,
        "operationMode": "CentralSetpoint",
        "limit": 7360,
        "dischargeLimit": -5000,
        "duration": 60,
    }
    call = {
        "vendorId": "org.evenload.v2x",
        "messageId": "Setpoint",
        "data": json.dumps(usual | fields),
    }
    answer = await central.call("X", "DataTransfer", call)
    await clock.advance(8)
    return answer["status"], json.loads(answer["data"]).get("reasonCode")


def flows(station):
    return round(station.evse(1).powers_w.total)


async def shown(central, *names):
    answer = await central.call("X", "GetConfiguration", {"key": list(names)})
    return {e["key"]: (e["value"], e["readonly"]) for e in answer["configurationKey"]}


async def test_shows_what_it_can(plugged, central):
    await plugged(Form.NEGATIVE_LIMIT, Form.SETPOINT_KEY)
    names = ("V2XMethods", "V2XSetpoint", "V2XSetpointTimeout")
    more = ("V2XMinimumPower", "V2XMaximumDischargePower")
    assert await shown(central, *names, *more) == {
        "V2XMethods": ("NegativeLimit,SetpointKey", True),
        "V2XSetpoint": ("ChargingOnly", False),
        "V2XSetpointTimeout": ("60", False),
        "V2XMinimumPower": ("0", True),
        "V2XMaximumDischargePower": ("10000", True),
    }


@pytest.mark.parametrize(("limit", "unit"), [(-3000.0, "W"), (-5.0, "A")])
async def test_d1_a_limit_below_zero(plugged, central, clock, limit, unit):
    station = await plugged(Form.NEGATIVE_LIMIT)
    assert await give(central, clock, limit, unit=unit) == "Accepted"
    assert flows(station) == (-3000 if unit == "W" else -3450)
    assert station.evse(1).status == "Charging"
    # "A profile with the same id replaces the one before. Resting is a limit of 0."
    assert await give(central, clock, 0) == "Accepted"
    assert flows(station) == 0
    assert await give(central, clock, 6900) == "Accepted"
    assert flows(station) == pytest.approx(6900, abs=100)
    clear = await central.call("X", "ClearChargingProfile", {"id": 8501})
    assert clear == {"status": "Accepted"}


async def test_d1_ends_by_itself(plugged, central, clock):
    station = await plugged(Form.NEGATIVE_LIMIT)
    assert await give(central, clock, -3000, seconds=30) == "Accepted"
    await clock.advance(15)
    assert flows(station) == -3000
    await clock.advance(20)
    # "Back to charging only: what the limits beneath allow."
    assert flows(station) > 10_000


@pytest.mark.parametrize(
    ("purpose", "connector"), [("TxDefaultProfile", 1), ("ChargePointMaxProfile", 0)]
)
async def test_d1_for_other_purposes(plugged, central, clock, purpose, connector):
    station = await plugged(Form.NEGATIVE_LIMIT)
    made = await give(central, clock, -3000, connector, purpose=purpose)
    assert made == "Accepted"
    assert flows(station) == -3000
    # "After a restart the station must go back to charging only."
    rebooting = asyncio.create_task(station.reboot())
    await clock.advance(30)
    await rebooting
    assert flows(station) > 10_000


async def test_d1_needs_a_transaction_and_a_vehicle_that_can(plugged, central, clock):
    station = await plugged(Form.NEGATIVE_LIMIT, vehicle=car(discharge_maximum_w=0))
    assert await give(central, clock, -3000) == "Rejected"
    station.unplug(1)
    await clock.advance(5)
    made = await give(central, clock, -3000, purpose="TxDefaultProfile")
    assert made == "Rejected"


async def test_d2_a_configuration_key(plugged, central, clock):
    station = await plugged(Form.SETPOINT_KEY)
    assert await key(central, clock, "-3000") == "Accepted"
    assert flows(station) == -3000
    assert await shown(central, "V2XSetpoint") == {"V2XSetpoint": ("-3000", False)}
    assert await key(central, clock, "0") == "Accepted"
    assert flows(station) == 0
    assert await key(central, clock, "2000") == "Accepted"
    assert flows(station) == 2000
    # "Never with more than charging profiles allow."
    assert await give(central, clock, 1380) == "Accepted"
    assert flows(station) == pytest.approx(1380, abs=70)
    assert await key(central, clock, "-3000") == "Accepted"
    # "After that many seconds without a new one it reads as ChargingOnly."
    await clock.advance(60)
    assert flows(station) == pytest.approx(1380, abs=70)
    expected = {"V2XSetpoint": ("ChargingOnly", False)}
    assert await shown(central, "V2XSetpoint") == expected


@pytest.mark.parametrize("value", ["much", "NaN", "", "-3000.5"])
async def test_d2_refuses_what_is_no_whole_number(plugged, central, clock, value):
    station = await plugged(Form.SETPOINT_KEY)
    assert await key(central, clock, "-3000") == "Accepted"
    # "Rejected means that the setpoint before still counts."
    assert await key(central, clock, value) == "Rejected"
    assert flows(station) == -3000


async def test_d2_without_an_end_lasts_until_the_transaction_ends(
    plugged, central, clock
):
    station = await plugged(Form.SETPOINT_KEY)
    assert await key(central, clock, "0", "V2XSetpointTimeout") == "Accepted"
    assert await key(central, clock, "-3000") == "Accepted"
    await clock.advance(300)
    assert flows(station) == -3000
    station.unplug(1)
    await clock.advance(5)
    station.plug_in(1, car())
    await clock.advance(20)
    assert flows(station) > 10_000


async def test_d3_a_message(plugged, central, clock):
    station = await plugged(Form.DATA_TRANSFER)
    assert await message(central, clock, setpoint=-3000) == ("Accepted", None)
    assert flows(station) == -3000
    idle = await message(central, clock, operationMode="Idle", setpoint=0)
    assert idle == ("Accepted", None)
    assert flows(station) == 0
    assert await message(central, clock, setpoint=2000) == ("Accepted", None)
    assert flows(station) == 2000
    end = {"operationMode": "ChargingOnly", "dischargeLimit": 0, "duration": 0}
    assert await message(central, clock, setpoint=0, **end) == ("Accepted", None)
    assert flows(station) > 10_000


async def test_d3_alone_keeps_the_last_limit(plugged, central, clock):
    equipment = {"charges_by_limits": False}
    station = await plugged(Form.DATA_TRANSFER, equipment=equipment)
    assert await message(central, clock, setpoint=-3000) == ("Accepted", None)
    end = {"operationMode": "ChargingOnly", "dischargeLimit": 0, "duration": 0}
    await message(central, clock, setpoint=0, **end)
    await clock.advance(120)
    assert flows(station) == 7360


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"setpoint": -6000}, "InvalidSchedule"),
        ({"setpoint": 8000}, "InvalidSchedule"),
        ({"setpoint": -3000, "limit": -1}, "ValueOutOfRange"),
        ({"setpoint": -3000, "dischargeLimit": 1}, "ValueOutOfRange"),
        ({"setpoint": -3000, "duration": 0}, "ValueOutOfRange"),
        ({"setpoint": "-3000"}, "MissingParam"),
        ({"setpoint": -3000, "operationMode": "Turbo"}, "MissingParam"),
        ({"setpoint": -3000, "transactionId": "77777"}, "TxNotFound"),
        ({"setpoint": -3000, "evse": 2}, "TxNotFound"),
    ],
)
async def test_d3_says_no_inside(plugged, central, clock, fields, reason):
    station = await plugged(Form.DATA_TRANSFER)
    assert await message(central, clock, **fields) == ("Accepted", reason)
    assert flows(station) > 10_000


async def test_d4_limits_do_not_hinder_discharging(plugged, central, clock):
    station = await plugged(Form.SETPOINT_KEY)
    assert await give(central, clock, 0) == "Accepted"
    assert await key(central, clock, "-3000") == "Accepted"
    assert flows(station) == -3000
    assert await key(central, clock, "ChargingOnly") == "Accepted"
    assert flows(station) == 0
    assert await give(central, clock, 6900) == "Accepted"
    await clock.advance(10)
    assert flows(station) == pytest.approx(6900, abs=100)


async def test_a_maker_s_own_key(plugged, central, clock):
    manual = Manual(key="GridPower", scale=0.001, discharge_is_positive=True)
    equipment = {"manual": manual, "tells": False, "timeout_s": 120.0}
    station = await plugged(Form.SETPOINT_KEY, equipment=equipment)
    assert await shown(central, "V2XMethods") == {}
    assert await key(central, clock, "3.0", "GridPower") == "Accepted"
    assert flows(station) == -3000
    assert await shown(central, "GridPower") == {"GridPower": ("3", False)}


async def test_a_maker_s_own_message(plugged, central, clock):
    manual = Manual(vendor="com.maker", message="Power", power_field="kw", scale=0.001)
    station = await plugged(Form.DATA_TRANSFER, equipment={"manual": manual})
    call = {"vendorId": "com.maker", "messageId": "Power", "data": '{"kw": -3}'}
    answer = await central.call("X", "DataTransfer", call)
    assert answer["status"] == "Accepted"
    await clock.advance(8)
    assert flows(station) == -3000


async def test_measures_both_directions(plugged, central, clock):
    station = await plugged(Form.SETPOINT_KEY)
    names = ["Power.Active.Import", "Power.Active.Export", "Current.Export"]
    names += ["Energy.Active.Import.Register", "Energy.Active.Export.Register", "SoC"]
    wanted = await key(central, clock, ",".join(names), "MeterValuesSampledData")
    assert wanted == "Accepted"
    assert await key(central, clock, "-4000") == "Accepted"
    await clock.advance(30)
    [reading] = central.sent("MeterValues")[-1]["meterValue"]
    values = {s["measurand"]: float(s["value"]) for s in reading["sampledValue"]}
    assert values["Power.Active.Export"] == 4000
    assert values["Power.Active.Import"] == 0
    assert values["Current.Export"] == pytest.approx(10, abs=0.1)
    assert values["Energy.Active.Export.Register"] > 0
    assert station.evse(1).vehicle.soc_percent < 60.2
