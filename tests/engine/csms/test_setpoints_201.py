"""Setpoints of OCPP 2.0.1 as docs/v2g-extension.md has them: the extension, a limit below zero (N1), a variable (N2), a message."""

from typing import Any

import pytest

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.errors import InvalidRequest
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.v2x import Hindrance, IdleMethod
from custom_components.evenload.engine.model.v2x_ability import Method, OperationMode
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2
from tests.engine.csms.setpoints import (
    VENDOR,
    actions,
    ended,
    profile_of,
    sent,
    setpoint,
)

EXTENSION, BELOW = Method.EXTENSION, Method.NEGATIVE_LIMIT
READ = {
    "status": "Accepted",
    "customData": {"vendorId": VENDOR, "operationMode": "CentralSetpoint"},
}
CLEARED = ("ClearChargingProfile", {"chargingProfileId": 8501})


@pytest.fixture
async def pair(open_site: OpenSite, dial2: Dial2) -> tuple[Commands, Dialler2]:
    """What can be asked of a station that knows the extension."""
    site = await open_site("A")
    station = await dial2(site)
    station.model |= {
        f"CustomizationCtrlr/CustomImplementationEnabled[{VENDOR}]": (
            "true",
            "ReadWrite",
            "",
        ),
        "V2XChargingCtrlr@1/SupportedOperationModes": (
            "ChargingOnly,CentralSetpoint,Idle",
            "ReadOnly",
            "",
        ),
        "V2XChargingCtrlr@1/Setpoint": ("ChargingOnly", "ReadWrite", ""),
    }
    await station.boot()
    await station.settled()
    station.answers["SetChargingProfile"] = READ
    return site.commands("A"), station


async def test_the_extension_is_the_profile_of_the_text(
    pair: tuple[Commands, Dialler2],
) -> None:
    commands, station = pair
    order = setpoint(EXTENSION, transaction_id="T-17")
    outcome, [(_, payload)] = await sent(commands, station, order)
    assert (outcome, payload["evseId"]) == (Outcome.APPLIED, 1)
    assert profile_of(payload) == {
        "id": 8501,
        "stackLevel": 3,
        "transactionId": "T-17",
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": [
            {
                "id": 8501,
                "duration": 360,
                "chargingRateUnit": "W",
                "chargingSchedulePeriod": [
                    {
                        "startPeriod": 0,
                        "limit": 7360.0,
                        "customData": {
                            "vendorId": VENDOR,
                            "operationMode": "CentralSetpoint",
                            "setpoint": -3000.0,
                            "dischargeLimit": -5000.0,
                        },
                    }
                ],
            }
        ],
    }
    assert await ended(commands, station, order) == (Outcome.APPLIED, [CLEARED])


# How a vehicle rests, and the period that it becomes.
RESTS: list[tuple[IdleMethod, bool, float, Payload]] = [
    (
        IdleMethod.ZERO,
        False,
        7360.0,
        {
            "operationMode": "CentralSetpoint",
            "setpoint": 0.0,
            "dischargeLimit": -5000.0,
        },
    ),
    (
        IdleMethod.UPKEEP,
        False,
        7360.0,
        {
            "operationMode": "CentralSetpoint",
            "setpoint": 100.0,
            "dischargeLimit": -5000.0,
        },
    ),
    (IdleMethod.IDLE_MODE, False, 0.0, {"operationMode": "Idle"}),
    (IdleMethod.IDLE_MODE, True, 0.0, {"operationMode": "Idle", "evseSleep": True}),
    (
        IdleMethod.PAUSE,
        False,
        0.0,
        {
            "operationMode": "CentralSetpoint",
            "setpoint": 0.0,
            "dischargeLimit": -5000.0,
        },
    ),
]


@pytest.mark.parametrize(("idle", "sleeps", "limit", "expected"), RESTS)
async def test_a_vehicle_rests(
    pair: tuple[Commands, Dialler2],
    idle: IdleMethod,
    sleeps: bool,
    limit: float,
    expected: Payload,
) -> None:
    commands, station = pair
    order = setpoint(
        EXTENSION, said={"idle": idle}, mode=OperationMode.IDLE, sleeps=sleeps
    )
    _, [(_, payload)] = await sent(commands, station, order)
    [schedule] = profile_of(payload)["chargingSchedule"]
    [period] = schedule["chargingSchedulePeriod"]
    assert period["limit"] == limit
    assert period["customData"] == {"vendorId": VENDOR} | expected


async def test_who_accepts_unread_is_cleared_and_told_no_more(
    pair: tuple[Commands, Dialler2],
) -> None:
    commands, station = pair
    station.answers["SetChargingProfile"] = {"status": "Accepted"}
    outcome, calls = await sent(commands, station, setpoint(EXTENSION))
    assert outcome is Outcome.REFUSED
    assert actions(calls) == ["SetChargingProfile", "ClearChargingProfile"]
    refusal = commands.refusal(1)
    assert refusal is not None
    assert refusal.hindrance is Hindrance.STATION_CANNOT
    assert await sent(commands, station, setpoint(EXTENSION)) == (Outcome.REFUSED, [])


# Reason codes (2.1 appendix 5), and what the owner is told.
REASONS: list[tuple[str, Hindrance, bool]] = [
    ("InvalidOperationMode", Hindrance.STATION_CANNOT, False),
    ("UnsupportedParam", Hindrance.STATION_CANNOT, False),
    ("UnsupportedRateUnit", Hindrance.STATION_CANNOT, False),
    ("UnsupportedKind", Hindrance.STATION_CANNOT, False),
    ("UnsupportedPurpose", Hindrance.STATION_CANNOT, False),
    ("NoFreqWattCurve", Hindrance.STATION_CANNOT, False),
    ("NoSignalWattCurve", Hindrance.STATION_CANNOT, False),
    ("NotEnabled", Hindrance.STATION_CANNOT, False),
    ("InvalidSchedule", Hindrance.STATION_REFUSES, False),
    ("PhaseConflict", Hindrance.STATION_REFUSES, False),
    ("NoPhaseForDC", Hindrance.STATION_REFUSES, False),
    ("InvalidProfileId", Hindrance.STATION_REFUSES, True),
    ("TxNotFound", Hindrance.NOT_PLUGGED_IN, True),
    ("RateLimitExceeded", Hindrance.STATION_REFUSES, True),
    ("SomethingNew", Hindrance.STATION_REFUSES, True),
]


@pytest.mark.parametrize(("code", "why", "passing"), REASONS)
async def test_a_reason_is_kept_until_a_yes(
    pair: tuple[Commands, Dialler2], code: str, why: Hindrance, passing: bool
) -> None:
    commands, station = pair
    info = {"reasonCode": code, "additionalInfo": "because"}
    station.answers["SetChargingProfile"] = {"status": "Rejected", "statusInfo": info}
    assert (await sent(commands, station, setpoint(EXTENSION)))[0] is Outcome.REFUSED
    refusal = commands.refusal(1)
    assert refusal is not None
    assert (refusal.hindrance, refusal.passing) == (why, passing)
    assert (refusal.code, refusal.detail) == (code, "because")
    station.answers["SetChargingProfile"] = READ
    assert (await sent(commands, station, setpoint(EXTENSION)))[0] is Outcome.APPLIED
    assert commands.refusal(1) is None


async def test_a_limit_below_zero_says_nothing_else(
    pair: tuple[Commands, Dialler2],
) -> None:
    commands, station = pair
    said = {"unit": RateUnit.AMPERES}
    order = setpoint(BELOW, -6900.0, said=said, discharge_limit_w=-11000.0)
    outcome, [(_, payload)] = await sent(commands, station, order)
    [schedule] = profile_of(payload)["chargingSchedule"]
    assert (outcome, schedule["chargingRateUnit"]) == (Outcome.APPLIED, "A")
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": -10.0}]
    assert await ended(commands, station, order) == (Outcome.APPLIED, [CLEARED])


async def test_a_variable_is_set_and_released(
    pair: tuple[Commands, Dialler2],
) -> None:
    commands, station = pair
    order = setpoint(Method.VARIABLE)
    outcome, [(action, payload)] = await sent(commands, station, order)
    assert (outcome, action) == (Outcome.APPLIED, "SetVariables")
    assert [item["component"] for item in payload["setVariableData"]] == [
        {"name": "V2XChargingCtrlr", "evse": {"id": 1}}
    ]
    await ended(commands, station, order)
    assert station.written[-2:] == [
        ("V2XChargingCtrlr@1/Setpoint", "-3000"),
        ("V2XChargingCtrlr@1/Setpoint", "ChargingOnly"),
    ]
    # Another's, written as its manual says.
    said = {"key": "Power[{evse}]@{evse}/Target[grid]", "released": "0"}
    outcome, _ = await sent(commands, station, setpoint(Method.VARIABLE, said=said))
    assert station.written[-1] == ("Power[1]@1/Target[grid]", "-3000")
    assert outcome is Outcome.REFUSED
    bad = setpoint(Method.VARIABLE, said={"key": "no variable"})
    assert await sent(commands, station, bad) == (Outcome.REFUSED, [])


async def test_a_message_carries_an_object(pair: tuple[Commands, Dialler2]) -> None:
    commands, station = pair
    answer = {"status": "Accepted", "data": {"status": "Accepted"}}
    station.answers["DataTransfer"] = answer
    outcome, [(_, payload)] = await sent(
        commands, station, setpoint(Method.DATA_TRANSFER)
    )
    assert outcome is Outcome.APPLIED
    assert payload["data"]["setpoint"] == -3000
    assert payload["data"]["transactionId"] == "17"


async def test_what_may_be_done_is_told_to_who_knows_the_extension(
    pair: tuple[Commands, Dialler2], open_site: OpenSite, dial2: Dial2
) -> None:
    commands, station = pair
    station.calls.clear()
    await commands.allow_transfer(1, "T-17", ["DC", "DC_BPT"])
    told: list[tuple[str, Any]] = [
        (
            "DataTransfer",
            {
                "vendorId": VENDOR,
                "messageId": "NotifyAllowedEnergyTransfer",
                "data": {
                    "transactionId": "T-17",
                    "allowedEnergyTransfer": ["DC", "DC_BPT"],
                },
            },
        )
    ]
    assert station.calls == told
    with pytest.raises(InvalidRequest):
        await commands.cap_discharge(50.0)


async def test_native_words_are_not_for_2_0_1(
    pair: tuple[Commands, Dialler2],
) -> None:
    commands, station = pair
    order = setpoint(Method.NATIVE)
    assert await sent(commands, station, order) == (Outcome.REFUSED, [])
