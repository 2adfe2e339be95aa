"""Each operation mode of OCPP 2.1 with exactly the fields that it allows (block Q, table of K01, errata 2025-09)."""

import pytest

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.v2x import Hindrance, IdleMethod
from custom_components.evenload.engine.model.v2x_ability import Method, OperationMode
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2
from tests.engine.csms.setpoints import actions, period_of, sent, setpoint, without

NATIVE = Method.NATIVE
STATIC = {"SmartChargingCtrlr/SupportsDynamicProfiles": ("false", "ReadOnly", "")}
BOTH = {"limit": 7360.0, "dischargeLimit": -5000.0}
CURVE = ((49.8, 5000.0), (50.0, 0.0), (50.2, -5000.0))
POINTS = [
    {"frequency": 49.8, "power": 5000.0},
    {"frequency": 50.0, "power": 0.0},
    {"frequency": 50.2, "power": -5000.0},
]

type Pair = tuple[Commands, Dialler2]


# What is ordered, and the period that it is: nothing that its mode does not allow (Q03 to Q10, errata to Q07.FR.03).
MODES: list[tuple[Payload, Payload]] = [
    (
        {"mode": OperationMode.CENTRAL_SETPOINT},
        {"operationMode": "CentralSetpoint", "setpoint": -3000.0} | BOTH,
    ),
    (
        {"mode": OperationMode.CENTRAL_FREQUENCY},
        {"operationMode": "CentralFrequency", "setpoint": -3000.0},
    ),
    (
        {"mode": OperationMode.CHARGING_ONLY},
        {"operationMode": "ChargingOnly", "limit": 7360.0},
    ),
    (
        {"mode": OperationMode.EXTERNAL_SETPOINT},
        {"operationMode": "ExternalSetpoint"} | BOTH,
    ),
    ({"mode": OperationMode.EXTERNAL_LIMITS}, {"operationMode": "ExternalLimits"}),
    (
        {
            "mode": OperationMode.LOCAL_FREQUENCY,
            "frequency_curve": CURVE,
            "baseline_w": -500.0,
        },
        {
            "operationMode": "LocalFrequency",
            "v2xBaseline": -500.0,
            "v2xFreqWattCurve": POINTS,
        },
    ),
    (
        {
            "mode": OperationMode.LOCAL_FREQUENCY,
            "frequency_curve": CURVE,
            "signal_curve": ((-100, -5000.0), (100, 5000.0)),
        },
        {
            "operationMode": "LocalFrequency",
            "v2xBaseline": 0.0,
            "v2xFreqWattCurve": POINTS,
            "v2xSignalWattCurve": [
                {"signal": -100, "power": -5000.0},
                {"signal": 100, "power": 5000.0},
            ],
        },
    ),
    (
        {"mode": OperationMode.IDLE},
        {"operationMode": "CentralSetpoint", "setpoint": 0.0} | BOTH,
    ),
    (
        {"mode": OperationMode.IDLE, "said": {"idle": IdleMethod.IDLE_MODE}},
        {"operationMode": "Idle"},
    ),
    (
        {
            "mode": OperationMode.IDLE,
            "said": {"idle": IdleMethod.IDLE_MODE},
            "sleeps": True,
        },
        {"operationMode": "Idle", "evseSleep": True},
    ),
    # Sleeping goes with resting only.
    (
        {"sleeps": True},
        {"operationMode": "CentralSetpoint", "setpoint": -3000.0} | BOTH,
    ),
    # On both sides of zero at once no vehicle can be.
    (
        {"by_phase_w": (-4000.0, 1000.0, 0.0)},
        {"operationMode": "CentralSetpoint", "setpoint": -3000.0} | BOTH,
    ),
]


@pytest.mark.parametrize(("more", "expected"), MODES)
async def test_a_mode_has_its_fields(
    bidirectional: Pair, more: Payload, expected: Payload
) -> None:
    commands, dialler = bidirectional
    outcome, [(_, payload)] = await sent(commands, dialler, setpoint(NATIVE, **more))
    assert outcome is Outcome.APPLIED
    assert without(period_of(payload), "startPeriod") == expected
    is_dynamic = payload["chargingProfile"]["chargingProfileKind"] == "Dynamic"
    assert is_dynamic is (expected["operationMode"].startswith("Central"))


# What cannot be: no call leaves.
IMPOSSIBLE: list[tuple[Payload, Hindrance]] = [
    ({"mode": OperationMode.LOCAL_FREQUENCY}, Hindrance.STATION_CANNOT),
    (
        {"mode": OperationMode.LOCAL_FREQUENCY, "frequency_curve": CURVE[:1]},
        Hindrance.STATION_CANNOT,
    ),
    (
        {
            "mode": OperationMode.LOCAL_FREQUENCY,
            "frequency_curve": ((50.0, float("nan")),) * 2,
        },
        Hindrance.STATION_CANNOT,
    ),
    ({"transaction_id": None}, Hindrance.NOT_PLUGGED_IN),
]


@pytest.mark.parametrize(("more", "why"), IMPOSSIBLE)
async def test_what_cannot_be_said_does_not_leave(
    bidirectional: Pair, more: Payload, why: Hindrance
) -> None:
    commands, dialler = bidirectional
    order = setpoint(NATIVE, **more)
    assert await sent(commands, dialler, order) == (Outcome.REFUSED, [])
    refusal = commands.refusal(1)
    assert refusal is not None
    assert refusal.hindrance is why


@pytest.mark.parametrize(
    "shows",
    [
        STATIC
        | {
            "V2XChargingCtrlr@1/SupportedOperationModes": (
                "ChargingOnly, CentralSetpoint, CentralFrequency",
                "ReadOnly",
                "",
            )
        }
    ],
)
async def test_a_station_is_told_what_it_has(bidirectional: Pair) -> None:
    commands, dialler = bidirectional
    rest = setpoint(
        NATIVE, said={"idle": IdleMethod.IDLE_MODE}, mode=OperationMode.IDLE
    )
    _, [(_, payload)] = await sent(commands, dialler, rest)
    assert period_of(payload)["setpoint"] == 0.0
    for mode in (OperationMode.LOCAL_LOAD_BALANCING, OperationMode.CENTRAL_FREQUENCY):
        # The second only where profiles are dynamic (Q07.FR.02).
        order = setpoint(NATIVE, mode=mode)
        assert await sent(commands, dialler, order) == (Outcome.REFUSED, [])


THRESHOLDS = ("UpperThreshold", "LowerThreshold", "UpperOffset", "LowerOffset")
KEPT = {
    f"V2XChargingCtrlr@1/LocalLoadBalancing[{name}]": ("700", "ReadWrite", "")
    for name in THRESHOLDS
}
FIXED = {name: (value, "ReadOnly", "") for name, (value, _, _) in KEPT.items()}


@pytest.mark.parametrize("shows", [KEPT])
async def test_a_station_that_balances_knows_between_what(bidirectional: Pair) -> None:
    """Q09: the four variables are what it goes by; nothing else is said."""
    commands, dialler = bidirectional
    order = setpoint(NATIVE, mode=OperationMode.LOCAL_LOAD_BALANCING)
    outcome, [(first, written), (second, payload)] = await sent(
        commands, dialler, order
    )
    assert outcome is Outcome.APPLIED
    assert (first, second) == ("SetVariables", "SetChargingProfile")
    assert [one["variable"]["instance"] for one in written["setVariableData"]] == [
        *THRESHOLDS
    ]
    assert [dialler.model[name][0] for name in KEPT] == ["50", "0", "0", "0"]
    assert {one["component"]["evse"]["id"] for one in written["setVariableData"]} == {1}
    assert without(period_of(payload), "startPeriod") == {
        "operationMode": "LocalLoadBalancing"
    }
    # It is renewed, and knows them by now.
    _, again = await sent(commands, dialler, order)
    assert actions(again) == ["SetChargingProfile"]


@pytest.mark.parametrize("shows", [FIXED, {}])
async def test_who_keeps_to_something_else_is_not_left_to_balance(
    bidirectional: Pair,
) -> None:
    commands, dialler = bidirectional
    order = setpoint(NATIVE, mode=OperationMode.LOCAL_LOAD_BALANCING)
    outcome, calls = await sent(commands, dialler, order)
    assert outcome is Outcome.REFUSED
    assert actions(calls) == ["SetVariables"]
