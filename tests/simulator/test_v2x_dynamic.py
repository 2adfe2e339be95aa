"""Dynamic setpoints: pushed, pulled, and ended by silence (OCPP 2.1 Q04, Q11, Q12, K28 with errata 2.34-2.36)."""

import pytest

from tests.simulator.v2x import ACCEPTED, allow, flows, give, plugged, setpoint, update

BOUNDS = {"limit": 7360, "dischargeLimit": -5000}
DEAD_MAN = {"kind": "Dynamic", "schedule": {"duration": 60}}


@pytest.fixture
async def station(switch_on, central, clock):
    made = await plugged(switch_on, clock)
    await allow(central, clock)
    return made


async def test_is_updated(station, central, clock):
    made = await give(central, clock, setpoint(-3000, **BOUNDS), **DEAD_MAN)
    assert made == ACCEPTED
    assert flows(station) == -3000
    for power_w in (-4500, 0, 3000, -1000):
        assert await update(central, clock, setpoint=power_w) == ACCEPTED
        assert flows(station) == pytest.approx(power_w, abs=75)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        # V2X.05 holds for updates, too.
        ({"setpoint": -6000}, "InvalidSchedule"),
        ({"limit": -1}, "InvalidSchedule"),
        ({"setpoint": -3000, "setpoint_L2": -1}, "PhaseConflict"),
    ],
)
async def test_refuses_an_update_as_it_would_a_profile(
    station, central, clock, values, reason
):
    await give(central, clock, setpoint(-3000, **BOUNDS), **DEAD_MAN)
    assert await update(central, clock, **values) == ("Rejected", reason)
    assert flows(station) == -3000


async def test_there_must_be_something_to_update(station, central, clock):
    assert await update(central, clock, setpoint=1) == ("Rejected", "InvalidProfile")


async def test_ends_when_nobody_speaks_and_lives_again_when_somebody_does(
    station, central, clock
):
    await give(central, clock, setpoint(-3000), **DEAD_MAN)
    await clock.advance(45)
    await update(central, clock, setpoint=-2000)
    # It counts from the last update.
    await clock.advance(45)
    assert flows(station) == -2000
    # K28.FR.13: the next valid profile, here none.
    await clock.advance(20)
    assert flows(station) > 10_000
    # K28.FR.14
    assert await update(central, clock, setpoint=-2500) == ACCEPTED
    assert flows(station) == -2500


async def test_falls_back_to_the_next_profile(station, central, clock):
    beneath = {"id": 8400, "stackLevel": 1}
    assert await give(central, clock, {"limit": 4140}, **beneath) == ACCEPTED
    await give(central, clock, setpoint(-3000), **DEAD_MAN)
    assert flows(station) == -3000
    await clock.advance(70)
    assert flows(station) == pytest.approx(4140, abs=75)


async def test_asks_for_updates(station, central, clock):
    wanted = iter((-2000, -1000))
    central.answers["PullDynamicScheduleUpdate"] = lambda _: {
        "status": "Accepted",
        "scheduleUpdate": {"setpoint": next(wanted, -500)},
    }
    await give(central, clock, setpoint(-3000), dynUpdateInterval=10, **DEAD_MAN)
    # K28.FR.10
    assert flows(station) == -3000
    await clock.advance(8)
    assert flows(station) == -2000
    await clock.advance(10)
    assert flows(station) == -1000
    asked = central.sent("PullDynamicScheduleUpdate")
    assert asked[0] == {"chargingProfileId": 8501}


async def test_a_refused_pull_changes_nothing_and_the_dead_man_does(
    station, central, clock
):
    central.answers["PullDynamicScheduleUpdate"] = lambda _: {"status": "Rejected"}
    await give(central, clock, setpoint(-3000), dynUpdateInterval=10, **DEAD_MAN)
    await clock.advance(40)
    assert flows(station) == -3000
    await clock.advance(20)
    assert flows(station) > 10_000


@pytest.mark.parametrize("kind", ["Dynamic", "Absolute"])
async def test_offline_it_ends_with_its_duration(station, central, clock, kind):
    schedule = {"duration": 60}
    await give(central, clock, setpoint(-3000), kind=kind, schedule=schedule)
    station.go_offline()
    await clock.advance(30)
    # Q11
    assert flows(station) == -3000
    await clock.advance(40)
    assert flows(station) > 10_000


@pytest.mark.parametrize("for_good", [True, False])
async def test_offline_it_ends_after_its_patience(station, central, clock, for_good):
    patience = {"maxOfflineDuration": 20, "invalidAfterOfflineDuration": for_good}
    await give(central, clock, setpoint(-3000), kind="Dynamic", **patience)
    station.go_offline()
    await clock.advance(15)
    assert flows(station) == -3000
    await clock.advance(15)
    assert flows(station) > 10_000
    # Q12: it may come back with the connection.
    station.go_online()
    await clock.advance(15)
    assert station.accepted
    assert (flows(station) == -3000) is not for_good


async def test_frequency_from_outside(station, central, clock):
    period = {"operationMode": "CentralFrequency", "setpoint": -3000}
    assert await give(central, clock, period, **DEAD_MAN) == ACCEPTED
    assert flows(station) == -3000
    # Q07.FR.03
    bounded = period | {"limit": 7000}
    refused = ("Rejected", "InvalidSchedule")
    assert await give(central, clock, bounded, **DEAD_MAN) == refused


async def test_measures_what_it_was_told(station, central, clock):
    names = "Power.Active.Import,Power.Active.Export,Power.Active.Setpoint,Current.Export,Energy.Active.Export.Register,SoC"
    write = {
        "component": {"name": "SampledDataCtrlr"},
        "variable": {"name": "TxUpdatedMeasurands"},
        "attributeValue": names,
    }
    answer = await central.call("X", "SetVariables", {"setVariableData": [write]})
    assert answer["setVariableResult"][0]["attributeStatus"] == "Accepted"
    await give(central, clock, setpoint(-4000), kind="Dynamic")
    await clock.advance(10)
    event = [e for e in central.sent("TransactionEvent") if "meterValue" in e][-1]
    values = {
        v["measurand"]: v["value"] for v in event["meterValue"][0]["sampledValue"]
    }
    assert values["Power.Active.Import"] == 0
    assert values["Power.Active.Export"] == 4000
    assert values["Power.Active.Setpoint"] == -4000
    assert values["Current.Export"] == 10
    assert values["Energy.Active.Export.Register"] > 0
    assert event["transactionInfo"]["operationMode"] == "CentralSetpoint"
    assert station.evse(1).status == "Occupied"
