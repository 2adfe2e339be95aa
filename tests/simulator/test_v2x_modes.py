"""Operation modes of OCPP 2.1, with the values that go with each (block Q, K01 and their errata)."""

import pytest

from simulator import L2, Mode, PerPhase
from simulator.bidirectional import MODES
from tests.simulator.v2x import ACCEPTED, allow, car, flows, give, plugged, setpoint

CURVE = [{"frequency": 49.8, "power": -4000}, {"frequency": 50.2, "power": 4000}]
LOCAL = {"operationMode": "LocalFrequency", "v2xBaseline": 1000}
SIGNAL = [{"signal": -100, "power": -2000}, {"signal": 100, "power": 2000}]


@pytest.fixture
async def station(switch_on, central, clock):
    made = await plugged(switch_on, clock)
    await allow(central, clock)
    return made


@pytest.mark.parametrize(
    ("period", "power_w"),
    [
        (setpoint(-3000), -3000),
        (setpoint(-3000, limit=7360, dischargeLimit=-5000), -3000),
        (setpoint(2000, limit=7360), 2000),
        (setpoint(-30_000), -10_000),
        (setpoint(0), 0),
        ({"operationMode": "Idle"}, 0),
        ({"operationMode": "ChargingOnly", "limit": 4140}, 4140),
        ({"limit": 4140}, 4140),
        ({"operationMode": "ExternalLimits"}, 11_000),
        (LOCAL | {"v2xFreqWattCurve": CURVE}, 1000),
    ],
)
async def test_what_a_mode_makes_flow(station, central, clock, period, power_w):
    assert await give(central, clock, period) == ACCEPTED
    assert flows(station) == pytest.approx(power_w, abs=75)


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        # Q02.FR.02
        (
            {"operationMode": "ChargingOnly", "limit": 9, "setpoint": 5},
            "InvalidSchedule",
        ),
        ({"limit": 9, "dischargeLimit": -5}, "InvalidSchedule"),
        ({"operationMode": "ChargingOnly"}, "InvalidSchedule"),
        ({"operationMode": "CentralSetpoint"}, "InvalidSchedule"),
        # V2X.05: within its limits
        (setpoint(-3000, dischargeLimit=-2000), "InvalidSchedule"),
        (setpoint(3000, limit=2000), "InvalidSchedule"),
        # Errata 2.62
        (setpoint(-3000, limit=-1), "InvalidSchedule"),
        # Q05, Q06, Q10
        ({"operationMode": "ExternalSetpoint", "setpoint": 1}, "InvalidSchedule"),
        ({"operationMode": "ExternalLimits", "limit": 1}, "InvalidSchedule"),
        ({"operationMode": "Idle", "limit": 0}, "InvalidSchedule"),
        # K01.FR.126
        (setpoint(-3000, evseSleep=True), "InvalidSchedule"),
        ({"operationMode": "Idle", "evseSleep": True}, "InvalidSchedule"),
        # Q08.FR.02-FR.04
        (LOCAL, "NoFreqWattCurve"),
        (LOCAL | {"v2xFreqWattCurve": CURVE[:1]}, "NoFreqWattCurve"),
        (LOCAL | {"v2xFreqWattCurve": CURVE, "limit": 9}, "InvalidSchedule"),
        (
            {"operationMode": "LocalFrequency", "v2xFreqWattCurve": CURVE},
            "NoFreqWattCurve",
        ),
        # Q07.FR.02: dynamic only
        ({"operationMode": "CentralFrequency", "setpoint": 1}, "UnsupportedKind"),
        ({"operationMode": "LocalLoadBalancing"}, "UnsupportedParam"),
        # V2X.08, for a vehicle that named no lines; K01.FR.44
        (setpoint(-3000, setpoint_L2=-1000), "PhaseConflict"),
        (setpoint(-3000, numberPhases=3), "NoPhaseForDC"),
    ],
)
async def test_refuses_values_that_do_not_go_with_the_mode(
    station, central, clock, period, reason
):
    assert await give(central, clock, period) == ("Rejected", reason)
    assert flows(station) > 10_000


@pytest.mark.parametrize("purpose", ["ChargingStationMaxProfile", "PriorityCharging"])
async def test_a_limit_s_profile_only_limits(switch_on, central, clock, purpose):
    key = "SmartChargingCtrlr.SupportedAdditionalPurposes"
    await plugged(switch_on, clock, configuration={key: "PriorityCharging"})
    made = await give(central, clock, setpoint(-3000), 0, purpose=purpose)
    # K01.FR.111-FR.114
    assert made == ("Rejected", "InvalidOperationMode")


async def test_a_mode_that_is_not_offered(switch_on, central, clock):
    equipment = {"modes": (Mode.CHARGING_ONLY, Mode.CENTRAL_SETPOINT)}
    await plugged(switch_on, clock, equipment=equipment)
    await allow(central, clock)
    idle = await give(central, clock, {"operationMode": "Idle"})
    assert idle == ("Rejected", "InvalidOperationMode")


async def test_a_default_waits_for_its_transaction(switch_on, central, clock):
    station = await plugged(switch_on, clock)
    period, default = setpoint(-3000, limit=6900), {"purpose": "TxDefaultProfile"}
    assert await give(central, clock, period, **default) == ACCEPTED
    # Nothing was agreed on yet: what it wants of charging holds.
    assert flows(station) == 0
    await allow(central, clock)
    await clock.advance(5)
    assert flows(station) == -3000


async def test_stays_within_the_station_s_limit(station, central, clock):
    assert await give(central, clock, setpoint(8000)) == ACCEPTED
    most = {"purpose": "ChargingStationMaxProfile"}
    assert await give(central, clock, {"limit": 3450}, 0, **most, id=8502) == ACCEPTED
    assert flows(station) == pytest.approx(3450, abs=70)


async def test_each_line_by_itself(switch_on, central, clock):
    options = {"dc_w": {}, "maximum_a": 16.0, "equipment": {"by_line": True}}
    station = await plugged(switch_on, clock, vehicle=car(phases=3), **options)
    await allow(central, clock, "AC_three_phase", "AC_BPT")
    lines = setpoint(-2300, setpoint_L2=-1150, setpoint_L3=0)
    assert await give(central, clock, lines) == ACCEPTED
    assert station.evse(1).currents == PerPhase(-10, -5, 0)
    # V2X.07, and EVerest's rule that no line goes the other way.
    alone = {"operationMode": "CentralSetpoint", "setpoint_L2": -1}
    assert (await give(central, clock, alone))[0] == "Rejected"
    mixed = setpoint(-2300, setpoint_L2=1150)
    assert await give(central, clock, mixed) == ("Rejected", "InvalidSchedule")
    # In amperes a value is one of each line.
    assert await give(central, clock, setpoint(-6), unit="A") == ACCEPTED
    assert station.evse(1).currents == PerPhase.even(-6)
    default = {"purpose": "TxDefaultProfile", "id": 8502}
    assert await give(central, clock, lines, **default) == ("Rejected", "PhaseConflict")


async def test_on_one_phase(switch_on, central, clock):
    options = {"dc_w": {}, "phases": (L2,)}
    station = await plugged(
        switch_on, clock, vehicle=car(phases=1, maximum_a=32), **options
    )
    await allow(central, clock, "AC_single_phase", "AC_BPT")
    period = setpoint(-2300, limit=7360)
    assert await give(central, clock, period) == ACCEPTED
    assert station.evse(1).currents == PerPhase(l2=-10)
    assert await give(central, clock, setpoint(7000, limit=7360)) == ACCEPTED
    assert flows(station) == pytest.approx(7000, abs=50)


async def test_tells_its_mode(station, central, clock):
    await give(central, clock, setpoint(-3000))
    changed = [
        event
        for event in central.sent("TransactionEvent")
        if event["triggerReason"] == "OperationModeChanged"
    ]
    assert changed[-1]["transactionInfo"]["operationMode"] == "CentralSetpoint"
    clear = {"chargingProfileId": 8501}
    await central.call("X", "ClearChargingProfile", clear)
    await clock.advance(5)
    last = [e for e in central.sent("TransactionEvent") if "operationMode" in str(e)][
        -1
    ]
    assert last["transactionInfo"]["operationMode"] == "ChargingOnly"
    assert flows(station) > 10_000


async def test_shows_what_it_can(station, central):
    box = {"name": "V2XChargingCtrlr", "evse": {"id": 1}}
    names = ("Available", "SupportedOperationModes", "SupportedEnergyTransferModes")
    asked = [{"component": box, "variable": {"name": name}} for name in names]
    answer = await central.call("X", "GetVariables", {"getVariableData": asked})
    values = [r["attributeValue"] for r in answer["getVariableResult"]]
    assert values == ["true", ",".join(MODES), "DC,DC_BPT"]


async def test_the_composite_schedule_says_it_too(station, central, clock):
    await give(central, clock, setpoint(-3000, limit=6900, dischargeLimit=-5000))
    ask = {"evseId": 1, "duration": 60, "chargingRateUnit": "W"}
    answer = await central.call("X", "GetCompositeSchedule", ask)
    [period] = answer["schedule"]["chargingSchedulePeriod"]
    assert period["setpoint"] == -3000
    assert period["dischargeLimit"] == -5000
    assert period["operationMode"] == "CentralSetpoint"
    assert period["limit"] <= 6900
