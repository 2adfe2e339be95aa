"""Setpoints of OCPP 2.1: operation modes with exactly their fields, scheduled and dynamic (block Q, K28, errata 2025-09)."""

from datetime import timedelta

import pytest

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.v2x_ability import Method
from tests.engine.csms.dialler2 import Dialler2
from tests.engine.csms.setpoints import (
    actions,
    ended,
    period_of,
    profile_of,
    sent,
    setpoint,
    without,
)

NATIVE = Method.NATIVE
CLEARED = ("ClearChargingProfile", {"chargingProfileId": 8501})
STATIC = {"SmartChargingCtrlr/SupportsDynamicProfiles": ("false", "ReadOnly", "")}
BOTH = {"limit": 7360.0, "dischargeLimit": -5000.0}
REJECTED = {"status": "Rejected"}


type Pair = tuple[Commands, Dialler2]


async def test_a_dynamic_profile_is_the_one_of_the_text(bidirectional: Pair) -> None:
    commands, dialler = bidirectional
    order = setpoint(NATIVE, transaction_id="T-17")
    outcome, [(_, payload)] = await sent(commands, dialler, order)
    assert (outcome, payload["evseId"]) == (Outcome.APPLIED, 1)
    assert "dynUpdateTime" in payload["chargingProfile"]
    assert "startSchedule" not in payload["chargingProfile"]["chargingSchedule"][0]
    assert profile_of(payload) == {
        "id": 8501,
        "stackLevel": 3,
        "transactionId": "T-17",
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Dynamic",
        "maxOfflineDuration": 60,
        "invalidAfterOfflineDuration": True,
        "chargingSchedule": [
            {
                "id": 8501,
                "duration": 60,
                "chargingRateUnit": "W",
                "chargingSchedulePeriod": [
                    {
                        "startPeriod": 0,
                        "operationMode": "CentralSetpoint",
                        "setpoint": -3000.0,
                    }
                    | BOTH
                ],
            }
        ],
    }


async def test_it_is_renewed_by_what_changes_and_ends_by_its_id(
    bidirectional: Pair,
) -> None:
    commands, dialler = bidirectional
    await sent(commands, dialler, setpoint(NATIVE))
    assert await sent(commands, dialler, setpoint(NATIVE, -2000.0)) == (
        Outcome.APPLIED,
        [
            (
                "UpdateDynamicSchedule",
                {
                    "chargingProfileId": 8501,
                    "scheduleUpdate": {"setpoint": -2000.0} | BOTH,
                },
            )
        ],
    )
    assert await ended(commands, dialler, setpoint(NATIVE)) == (
        Outcome.APPLIED,
        [CLEARED],
    )
    # What has ended is set as a whole; so is another transaction's, another mode, another length.
    for order in (
        setpoint(NATIVE),
        setpoint(NATIVE, transaction_id="other"),
        setpoint(NATIVE, transaction_id="other", lasts_s=30.0),
    ):
        _, calls = await sent(commands, dialler, order)
        assert actions(calls) == ["SetChargingProfile"]


async def test_an_update_that_is_refused_is_set_as_a_whole(bidirectional: Pair) -> None:
    commands, dialler = bidirectional
    await sent(commands, dialler, setpoint(NATIVE))
    dialler.answers["UpdateDynamicSchedule"] = REJECTED
    outcome, calls = await sent(commands, dialler, setpoint(NATIVE, -2000.0))
    assert outcome is Outcome.APPLIED
    assert actions(calls) == ["UpdateDynamicSchedule", "SetChargingProfile"]


async def test_who_refuses_dynamic_profiles_gets_others(bidirectional: Pair) -> None:
    commands, dialler = bidirectional
    dialler.answers["SetChargingProfile"] = lambda payload: (
        REJECTED | {"statusInfo": {"reasonCode": "UnsupportedKind"}}
        if payload["chargingProfile"]["chargingProfileKind"] == "Dynamic"
        else {"status": "Accepted"}
    )
    for kinds in (["Dynamic", "Absolute"], ["Absolute"]):
        outcome, calls = await sent(commands, dialler, setpoint(NATIVE))
        assert outcome is Outcome.APPLIED
        assert [
            payload["chargingProfile"]["chargingProfileKind"] for _, payload in calls
        ] == kinds
    [schedule] = profile_of(calls[0][1])["chargingSchedule"]
    assert schedule["duration"] == 360


@pytest.mark.parametrize(
    "shows",
    [
        STATIC
        | {"SmartChargingCtrlr/SupportsMaxOfflineDuration": ("false", "ReadOnly", "")}
    ],
)
async def test_a_scheduled_profile(bidirectional: Pair) -> None:
    commands, dialler = bidirectional
    for _ in range(2):
        _, [(_, payload)] = await sent(commands, dialler, setpoint(NATIVE))
        profile = profile_of(payload)
        assert profile["chargingProfileKind"] == "Absolute"
        assert not {"maxOfflineDuration", "dynUpdateTime"} & profile.keys()
        assert period_of(payload)["setpoint"] == -3000.0


async def test_a_limit_below_zero_is_never_sent(bidirectional: Pair) -> None:
    # Errata 2.62: of 2.1, a limit is zero or more.
    commands, dialler = bidirectional
    for method in (Method.NEGATIVE_LIMIT, Method.CONFIGURATION_KEY):
        assert await sent(commands, dialler, setpoint(method)) == (Outcome.REFUSED, [])
    # The extension's fields are 2.1's own.
    order = setpoint(Method.EXTENSION, charge_limit_w=-50.0, power_w=-100.0)
    _, [(_, payload)] = await sent(commands, dialler, order)
    assert period_of(payload)["limit"] == 0.0


async def test_who_asks_is_told_from_memory_while_it_lasts(bidirectional: Pair) -> None:
    # K28: the answer is the last update; without one, or after its end, it is no.
    commands, dialler = bidirectional
    ask = "PullDynamicScheduleUpdate", {"chargingProfileId": 8501}
    assert await dialler.result(*ask) == REJECTED
    await sent(commands, dialler, setpoint(NATIVE))
    await sent(commands, dialler, setpoint(NATIVE, -1500.0))
    assert await dialler.result(*ask) == {
        "status": "Accepted",
        "scheduleUpdate": {"setpoint": -1500.0} | BOTH,
    }
    later = timedelta(seconds=61)
    setpoints = commands._setpoints  # type: ignore[attr-defined]  # its clock is no part of the protocol
    real = setpoints.now
    setpoints.now = lambda: real() + later
    assert await dialler.result(*ask) == REJECTED
    setpoints.now = real
    await ended(commands, dialler, setpoint(NATIVE))
    assert await dialler.result(*ask) == REJECTED


async def test_each_phase_has_its_setpoint(bidirectional: Pair) -> None:
    # Errata V2X.06 to V2X.10: only together with the base field, which is that of L1 then.
    commands, dialler = bidirectional
    order = setpoint(NATIVE, by_phase_w=(-2000.0, -1000.0, 0.0))
    _, [(_, payload)] = await sent(commands, dialler, order)
    # Its limit is divided as it is itself: V2X.05 holds on each phase.
    assert without(period_of(payload), "startPeriod", "operationMode") == {
        "limit": 7360.0,
        "dischargeLimit": -3333.3,
        "dischargeLimit_L2": -1666.6,
        "dischargeLimit_L3": 0.0,
        "setpoint": -2000.0,
        "setpoint_L2": -1000.0,
        "setpoint_L3": 0.0,
    }
    # Divided otherwise: that is a change.
    order = setpoint(
        NATIVE, by_phase_w=(-1000.0, -1000.0, -1000.0), discharge_limit_w=-3000.0
    )
    _, [(_, payload)] = await sent(commands, dialler, order)
    names = ("setpoint", "dischargeLimit")
    each = {f"{name}{end}": -1000.0 for name in names for end in ("", "_L2", "_L3")}
    assert payload["scheduleUpdate"] == each | {"limit": 7360.0}
    # For all together again: an update would leave what the phases were told.
    _, [(action, payload)] = await sent(commands, dialler, setpoint(NATIVE))
    assert action == "SetChargingProfile"
    assert (
        without(period_of(payload), "startPeriod", "operationMode")
        == {"setpoint": -3000.0} | BOTH
    )
