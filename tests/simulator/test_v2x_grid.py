"""What the grid asks of stations that feed back (OCPP 2.1 block R and its errata 2.59-2.61, Q05, Q08, Q09)."""

import asyncio
from datetime import timedelta

import pytest

from simulator import Mode
from simulator.bidirectional import MODES
from tests.simulator.v2x import ACCEPTED, allow, flows, give, plugged, setpoint

CURVE = [{"frequency": 49.8, "power": -4000}, {"frequency": 50.2, "power": 4000}]
SIGNALS = [{"signal": -100, "power": -2000}, {"signal": 100, "power": 2000}]
LOCAL = {
    "operationMode": "LocalFrequency",
    "v2xBaseline": 0,
    "v2xFreqWattCurve": CURVE,
}


@pytest.fixture
async def station(switch_on, central, clock):
    made = await plugged(switch_on, clock)
    await allow(central, clock)
    return made


async def control(central, percent, *, default=False, name="A", **more):
    call = {
        "isDefault": default,
        "controlId": name,
        "controlType": "LimitMaxDischarge",
        "limitMaxDischarge": {"priority": 1, "pctMaxDischargePower": percent} | more,
    }
    return await central.call("X", "SetDERControl", call)


async def test_a_default_caps_what_is_fed_back(station, central, clock):
    await give(central, clock, setpoint(-8000))
    assert await control(central, 50, default=True) == {"status": "Accepted"}
    await clock.advance(5)
    assert flows(station) == -5000
    again = await control(central, 30, default=True, name="B")
    assert again == {"status": "Accepted", "supersededIds": ["A"]}
    await clock.advance(5)
    assert flows(station) == -3000
    clear = {"isDefault": True, "controlType": "LimitMaxDischarge"}
    assert (await central.call("X", "ClearDERControl", clear))["status"] == "Accepted"
    assert (await central.call("X", "ClearDERControl", clear))["status"] == "NotFound"
    await clock.advance(5)
    assert flows(station) == -8000


async def test_one_with_a_time_starts_and_stops(station, central, clock):
    await give(central, clock, setpoint(-8000))
    at = (clock.now() + timedelta(seconds=10)).isoformat()
    await control(central, 20, startTime=at, duration=20)
    await clock.advance(5)
    assert flows(station) == -8000
    await clock.advance(12)
    assert flows(station) == -2000
    await clock.advance(20)
    assert flows(station) == -8000
    told = [(t["controlId"], t["started"]) for t in central.sent("NotifyDERStartStop")]
    assert told == [("A", True), ("A", False)]


async def test_outlives_a_reboot(station, central, clock):
    await control(central, 50, default=True)
    rebooting = asyncio.ensure_future(station.reboot())
    await clock.advance(20)
    await rebooting
    # R01.FR.03
    ask = {"requestId": 5, "isDefault": True}
    assert (await central.call("X", "GetDERControl", ask))["status"] == "Accepted"
    await clock.advance(1)
    [report] = central.sent("ReportDERControl")
    assert report["limitMaxDischarge"][0]["id"] == "A"


@pytest.mark.parametrize(
    ("call", "status"),
    [
        # R04.FR.13, FR.15, FR.17
        ({"isDefault": True, "limitMaxDischarge": {"priority": 0, "duration": 9}}, 0),
        ({"isDefault": True, "gradient": {}}, 0),
        ({"isDefault": True}, 0),
        ({"isDefault": True, "controlType": "WattVar", "curve": {}}, "NotSupported"),
    ],
)
async def test_refuses_what_makes_no_sense(station, central, call, status):
    usual = {"controlId": "A", "controlType": "LimitMaxDischarge"}
    bodies = {
        "gradient": {"priority": 0, "gradient": 1, "softGradient": 1},
        "curve": {"priority": 0, "yUnit": "PctMaxW", "curveData": [{"x": 0, "y": 1}]},
    }
    made = usual | call
    made |= {name: bodies[name] for name in bodies.keys() & call.keys()}
    answer = await central.call("X", "SetDERControl", made)
    assert answer["status"] == (status or "Rejected")


async def test_an_alarm_ends_discharging_until_it_is_over(station, central, clock):
    await give(central, clock, setpoint(-8000))
    station.brain.grid.alarm("UnderFrequency")
    await clock.advance(5)
    assert flows(station) == 0
    [told] = central.sent("NotifyDERAlarm")
    assert told["gridEventFault"] == "UnderFrequency"
    station.brain.grid.alarm(None)
    await clock.advance(5)
    assert flows(station) == -8000
    assert central.sent("NotifyDERAlarm")[-1]["alarmEnded"] is True


async def test_follows_the_frequency_by_itself(station, central, clock):
    assert await give(central, clock, LOCAL) == ACCEPTED
    for hertz, power_w in ((50.0, 0), (49.9, -2000), (49.7, -4000), (50.1, 2000)):
        station.station.frequency_hz = hertz
        await clock.advance(5)
        assert flows(station) == pytest.approx(power_w, abs=20)
    # Q08.FR.07: not for less than LocalFrequencyUpdateThreshold, here 10 mHz.
    station.station.frequency_hz = 50.105
    await clock.advance(5)
    assert flows(station) == pytest.approx(2000, abs=20)


async def test_follows_a_signal_beside_the_frequency(station, central, clock):
    call = {"timestamp": central.time(), "signal": -50}
    # Q08.FR.11
    answer = await central.call("X", "AFRRSignal", call)
    assert answer["statusInfo"]["reasonCode"] == "NoSignalWattCurve"
    assert (
        await give(central, clock, LOCAL | {"v2xSignalWattCurve": SIGNALS}) == ACCEPTED
    )
    assert await central.call("X", "AFRRSignal", call) == {"status": "Accepted"}
    await clock.advance(5)
    assert flows(station) == -1000


async def test_balances_the_house_by_itself(switch_on, central, clock):
    equipment = {"modes": (*MODES, Mode.LOCAL_LOAD_BALANCING)}
    station = await plugged(switch_on, clock, equipment=equipment)
    await allow(central, clock)
    house_w = 4000.0
    copper = station.station
    copper.upstream_w = lambda: house_w + copper.powers_w.total
    writes = [
        {
            "component": {"name": "V2XChargingCtrlr", "evse": {"id": 1}},
            "variable": {"name": "LocalLoadBalancing", "instance": name},
            "attributeValue": value,
        }
        for name, value in (("UpperThreshold", "500"), ("LowerThreshold", "-500"))
    ]
    await central.call("X", "SetVariables", {"setVariableData": writes})
    period = {"operationMode": "LocalLoadBalancing"}
    assert await give(central, clock, period) == ACCEPTED
    assert flows(station) == pytest.approx(-3500, abs=5)
    house_w = 200.0
    await clock.advance(5)
    assert flows(station) == 0
    house_w = -3000.0
    await clock.advance(5)
    assert flows(station) == pytest.approx(2500, abs=5)


async def test_takes_a_setpoint_from_an_energy_manager(station, central, clock):
    period = {"operationMode": "ExternalSetpoint", "dischargeLimit": -5000}
    assert await give(central, clock, period, kind="Dynamic") == ACCEPTED
    assert flows(station) == 0
    # Q05: within what the central system allows.
    station.brain.outside.setpoint(1, -6000)
    await clock.advance(5)
    assert flows(station) == -5000
    [told] = central.sent("NotifyChargingLimit")
    assert told["chargingLimit"]["chargingLimitSource"] == "EMS"
