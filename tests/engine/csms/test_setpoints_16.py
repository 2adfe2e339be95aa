"""Setpoints of OCPP 1.6 as docs/v2g-extension.md has them: D1 to D4, over real sockets, each payload as the text writes it."""

import json

import pytest

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.capabilities import Purpose
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.v2x import IdleMethod
from custom_components.evenload.engine.model.v2x_ability import Method, OperationMode
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler, Payload
from tests.engine.csms.setpoints import (
    VENDOR,
    actions,
    ended,
    profile_of,
    sent,
    setpoint,
)

BELOW, KEY, MESSAGE = (
    Method.NEGATIVE_LIMIT,
    Method.CONFIGURATION_KEY,
    Method.DATA_TRANSFER,
)
IDLE = {"mode": OperationMode.IDLE}


@pytest.fixture
def pair(station: tuple[Site, Dialler]) -> tuple[Commands, Dialler]:
    """What can be asked of a station that is set up."""
    site, dialler = station
    return site.commands("A"), dialler


async def test_a_limit_below_zero_is_the_profile_of_the_text(
    pair: tuple[Commands, Dialler],
) -> None:
    commands, station = pair
    outcome, [(action, payload)] = await sent(commands, station, setpoint(BELOW))
    assert (outcome, action, payload["connectorId"]) == (
        Outcome.APPLIED,
        "SetChargingProfile",
        1,
    )
    assert profile_of(payload) == {
        "chargingProfileId": 8501,
        "stackLevel": 3,
        "transactionId": 17,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "duration": 360,
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": -3000.0}],
        },
    }


# What the order and its dialect say, and the unit, limit, purpose and connector that it becomes.
PROFILES: list[tuple[Payload, Payload, tuple[str, float, str, int]]] = [
    ({}, {}, ("W", -3000.0, "TxProfile", 1)),
    # Amperes on each phase, never more than was meant.
    (
        {"unit": RateUnit.AMPERES},
        {"power_w": -3679.999},
        ("A", -5.3, "TxProfile", 1),
    ),
    (
        {"unit": RateUnit.AMPERES},
        {"power_w": -2300.0, "phases": 1},
        ("A", -10.0, "TxProfile", 1),
    ),
    ({"purpose": Purpose.TX_DEFAULT}, {}, ("W", -3000.0, "TxDefaultProfile", 1)),
    (
        {"purpose": Purpose.STATION_MAXIMUM},
        {},
        ("W", -3000.0, "ChargePointMaxProfile", 0),
    ),
    # §7.14: a multiple of 0.1.
    ({}, {"power_w": -3000.0600001}, ("W", -3000.0, "TxProfile", 1)),
    ({}, {"power_w": -0.30000000000000004}, ("W", -0.3, "TxProfile", 1)),
    # What is beyond its own limits is held to them.
    ({}, {"power_w": -9000.0}, ("W", -5000.0, "TxProfile", 1)),
    ({}, {"power_w": 9000.0}, ("W", 7360.0, "TxProfile", 1)),
    ({}, {"power_w": -10.0, "discharge_limit_w": 5.0}, ("W", 0.0, "TxProfile", 1)),
    ({"discharge_is_positive": True}, {}, ("W", 3000.0, "TxProfile", 1)),
    # Resting, each way.
    ({}, IDLE, ("W", 0.0, "TxProfile", 1)),
    ({"idle": IdleMethod.UPKEEP}, IDLE, ("W", 100.0, "TxProfile", 1)),
    (
        {"idle": IdleMethod.UPKEEP},
        IDLE | {"charge_limit_w": 0.0},
        ("W", 0.0, "TxProfile", 1),
    ),
    ({"idle": IdleMethod.IDLE_MODE}, IDLE, ("W", 0.0, "TxProfile", 1)),
    ({"idle": IdleMethod.PAUSE}, IDLE, ("W", 0.0, "TxProfile", 1)),
]


@pytest.mark.parametrize(("said", "more", "expected"), PROFILES)
async def test_a_limit_below_zero_in_every_form(
    pair: tuple[Commands, Dialler],
    said: Payload,
    more: Payload,
    expected: tuple[str, float, str, int],
) -> None:
    commands, station = pair
    outcome, [(_, payload)] = await sent(
        commands, station, setpoint(BELOW, said=said, **more)
    )
    profile = profile_of(payload)
    schedule = profile["chargingSchedule"]
    [period] = schedule["chargingSchedulePeriod"]
    assert outcome is Outcome.APPLIED
    assert (
        schedule["chargingRateUnit"],
        period["limit"],
        profile["chargingProfilePurpose"],
        payload["connectorId"],
    ) == expected
    assert ("transactionId" in profile) is (expected[2] == "TxProfile")


async def test_a_profile_ends_by_its_id_or_is_overwritten(
    pair: tuple[Commands, Dialler],
) -> None:
    commands, station = pair
    for word in ("Accepted", "Unknown"):
        station.answers["ClearChargingProfile"] = {"status": word}
        assert await ended(commands, station, setpoint(BELOW)) == (
            Outcome.APPLIED,
            [("ClearChargingProfile", {"id": 8501})],
        )
    station.answers["ClearChargingProfile"] = {"error": "NotSupported"}
    outcome, calls = await ended(commands, station, setpoint(BELOW))
    assert actions(calls) == ["ClearChargingProfile", "SetChargingProfile"]
    schedule = profile_of(calls[1][1])["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 7360.0}]
    assert (outcome, schedule["duration"]) == (Outcome.APPLIED, 360)


async def test_the_profile_before_is_cleared_where_a_dialect_says_so(
    pair: tuple[Commands, Dialler],
) -> None:
    commands, station = pair
    order = setpoint(BELOW, said={"clear_before_set": True})
    _, calls = await sent(commands, station, order)
    assert actions(calls) == ["ClearChargingProfile", "SetChargingProfile"]


# A key's dialect, the order, the EVSE, and what is written; last what ends it.
KEYS: list[tuple[Payload, Payload, tuple[str, str], str]] = [
    # D2 and D4 as the text has them.
    (
        {"charges_by_limits": False},
        {},
        ("V2XSetpoint", "-3000"),
        "7360",
    ),
    ({}, {}, ("V2XSetpoint", "-3000"), "ChargingOnly"),
    ({}, {"evse": 2}, ("V2XSetpoint2", "-3000"), "ChargingOnly"),
    ({}, {"power_w": -2999.97}, ("V2XSetpoint", "-2999"), "ChargingOnly"),
    ({}, IDLE, ("V2XSetpoint", "0"), "ChargingOnly"),
    # The maker that does not exist.
    (
        {
            "key": "GridPower",
            "scale": 0.001,
            "discharge_is_positive": True,
            "released": "0",
            "idle": IdleMethod.UPKEEP,
        },
        {},
        ("GridPower", "3.0"),
        "0",
    ),
    (
        {"key": "P{evse}", "scale": 0.001, "released": "{charge_limit}"},
        {"power_w": -3456.789},
        ("P1", "-3.456"),
        "7.36",
    ),
    (
        {"scale": 0.001, "idle": IdleMethod.UPKEEP, "released": "off"},
        IDLE,
        ("V2XSetpoint", "0.1"),
        "off",
    ),
]


@pytest.mark.parametrize(("said", "more", "written", "released"), KEYS)
async def test_a_key_is_written_and_released(
    pair: tuple[Commands, Dialler],
    said: Payload,
    more: Payload,
    written: tuple[str, str],
    released: str,
) -> None:
    commands, station = pair
    order = setpoint(KEY, said=said, **more)
    name, value = written
    assert await sent(commands, station, order) == (
        Outcome.APPLIED,
        [("ChangeConfiguration", {"key": name, "value": value})],
    )
    assert await ended(commands, station, order) == (
        Outcome.APPLIED,
        [("ChangeConfiguration", {"key": name, "value": released})],
    )


async def test_a_message_is_the_one_of_the_text(
    pair: tuple[Commands, Dialler],
) -> None:
    commands, station = pair
    yes = {"status": "Accepted", "data": json.dumps({"status": "Accepted"})}
    station.answers["DataTransfer"] = yes
    outcome, [(_, payload)] = await sent(commands, station, setpoint(MESSAGE))
    assert (payload["vendorId"], payload["messageId"]) == (VENDOR, "Setpoint")
    assert json.loads(payload["data"]) == {
        "evse": 1,
        "operationMode": "CentralSetpoint",
        "setpoint": -3000,
        "limit": 7360,
        "dischargeLimit": -5000,
        "duration": 60,
        "transactionId": "17",
    }
    bare = setpoint(MESSAGE, transaction_id=None)
    outcome, [(_, payload)] = await ended(commands, station, bare)
    assert outcome is Outcome.APPLIED
    assert json.loads(payload["data"]) == {
        "evse": 1,
        "operationMode": "ChargingOnly",
        "setpoint": 0,
        "limit": 7360,
        "dischargeLimit": 0,
        "duration": 0,
    }
    # Resting has a word here.
    rest = setpoint(MESSAGE, 0.0, said={"idle": IdleMethod.IDLE_MODE}, **IDLE)
    _, [(_, payload)] = await sent(commands, station, rest)
    assert json.loads(payload["data"])["operationMode"] == "Idle"


async def test_a_message_of_a_makers_own_is_filled_in(
    pair: tuple[Commands, Dialler],
) -> None:
    commands, station = pair
    said = {
        "vendor": "com.example",
        "message": "grid",
        "fields": {
            "p": "{power}",
            "text": '"{power}"',
            "deep": '{"kw": {power}, "on": true}',
            "tx": "{transaction}",
            "plain": "{unknown} word",
        },
        "release_fields": {"p": "0", "mode": "{mode}"},
        "reply_field": "ok",
        "reply_value": "true",
    }
    station.answers["DataTransfer"] = {"status": "Accepted", "data": '{"ok": true}'}
    order = setpoint(MESSAGE, said=said)
    outcome, [(_, payload)] = await sent(commands, station, order)
    assert (outcome, payload["vendorId"]) == (Outcome.APPLIED, "com.example")
    assert json.loads(payload["data"]) == {
        "p": -3000,
        "text": "-3000",
        "deep": {"kw": -3000, "on": True},
        "tx": 17,
        "plain": "{unknown} word",
    }
    _, [(_, payload)] = await ended(commands, station, order)
    assert json.loads(payload["data"]) == {"p": 0, "mode": "ChargingOnly"}
    station.answers["DataTransfer"] = {"status": "Accepted", "data": '{"ok": false}'}
    assert (await sent(commands, station, order))[0] is Outcome.REFUSED


@pytest.mark.parametrize(("by_limits", "power_w"), [(True, 0), (False, 7360)])
async def test_where_it_also_charges_by_a_message_its_end_says_with_what(
    pair: tuple[Commands, Dialler], by_limits: bool, power_w: int
) -> None:
    commands, station = pair
    said = {"fields": {"p": "{power}"}, "charges_by_limits": by_limits}
    order = setpoint(MESSAGE, said=said)
    _, [(_, payload)] = await ended(commands, station, order)
    assert json.loads(payload["data"]) == {"p": power_w}
