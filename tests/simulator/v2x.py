"""Stations that feed back, of OCPP 2.x, with a car in a transaction: what the tests of discharging have in common."""

from simulator import Bidirectional, Vehicle

EVCCID = "SIMEVCCID01"
BOTH = ["DC", "DC_BPT"]


def car(**more):
    usual = {
        "discharge_maximum_w": 10_000,
        "dc_maximum_w": 11_000,
        "soc_percent": 60,
        "evccid": EVCCID,
    }
    return Vehicle(**usual | more)


async def plugged(switch_on, clock, version="2.1", vehicle=None, **options):
    """A station that charges everybody, with a car that charges already."""
    equipment = options.pop("equipment", {})
    usual = {
        "dc_w": {1: 11_000.0},
        "autostart_tag": "FREE",
        "bidirectional": Bidirectional({1: 10_000.0}, **equipment),
    }
    station = await switch_on(versions=[version], **usual | options)
    station.plug_in(1, vehicle or car())
    await clock.advance(15)
    return station


def transaction_id(central):
    return central.sent("TransactionEvent")[-1]["transactionInfo"]["transactionId"]


async def allow(central, clock, *transfers):
    """Q02: allow it in the middle of the transaction."""
    call = {
        "transactionId": transaction_id(central),
        "allowedEnergyTransfer": list(transfers or BOTH),
    }
    if central.spoken("X") == "ocpp2.1":
        answer = await central.call("X", "NotifyAllowedEnergyTransfer", call)
    else:
        message = {
            "vendorId": "org.evenload.v2x",
            "messageId": "NotifyAllowedEnergyTransfer",
            "data": call,
        }
        answer = await central.call("X", "DataTransfer", message)
    await clock.advance(3)
    return answer["status"]


def profile(central, period, kind="Absolute", purpose="TxProfile", unit="W", **more):
    schedule = {
        "id": 1,
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": 0} | period],
        **more.pop("schedule", {}),
    }
    if kind == "Absolute":
        schedule["startSchedule"] = central.time()
    made = {
        "id": 8501,
        "stackLevel": 3,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": [schedule],
    }
    if purpose == "TxProfile":
        made["transactionId"] = transaction_id(central)
    return made | more


async def give(central, clock, period, evse_id=1, **more):
    call = {"evseId": evse_id, "chargingProfile": profile(central, period, **more)}
    answer = await central.call("X", "SetChargingProfile", call)
    await clock.advance(8)
    return answer["status"], answer.get("statusInfo", {}).get("reasonCode")


def setpoint(power_w, **more):
    return {"operationMode": "CentralSetpoint", "setpoint": power_w} | more


async def update(central, clock, **values):
    call = {"chargingProfileId": 8501, "scheduleUpdate": values}
    answer = await central.call("X", "UpdateDynamicSchedule", call)
    await clock.advance(8)
    return answer["status"], answer.get("statusInfo", {}).get("reasonCode")


def flows(station, evse_id=1):
    return round(station.evse(evse_id).powers_w.total)


ACCEPTED = ("Accepted", None)
