"""Direct current beside alternating, limits that are updated, and limits from others (K, 2.x)."""

import pytest

from simulator import PerPhase, Vehicle
from tests.simulator.test_ocpp2_profiles import ACCEPTED, dynamic, give, with_period
from tests.simulator.test_ocpp2_thin_line import profile

BATTERY = {"capacity_wh": 60_000, "soc_percent": 20}


@pytest.fixture(params=["2.0.1", "2.1"])
def version(request):
    return request.param


async def both(switch_on, version, **options):
    """A station with a Type 2 socket and a CCS cable, and a car on each."""
    options = {"autostart_tag": "FREE", "maximum_a": 16} | options
    station = await switch_on(
        versions=[version], evses=2, dc_w={2: 22_080.0}, **options
    )
    station.plug_in(1, Vehicle(maximum_a=16))
    station.plug_in(2, Vehicle(dc_maximum_w=20_010))
    return station


async def test_charges_with_both_currents_at_once(switch_on, central, clock, version):
    station = await both(switch_on, version)
    await clock.advance(30)
    assert station.evse(1).currents == PerPhase.even(16)
    assert station.evse(2).powers_w.total == pytest.approx(20_010)
    last = [e for e in central.sent("TransactionEvent") if "meterValue" in e][-1]
    values = {v["measurand"]: v["value"] for v in last["meterValue"][0]["sampledValue"]}
    # A battery's own voltage and current, and no phases.
    assert values["Voltage"] == 400
    assert values["Current.Import"] == pytest.approx(50, abs=0.1)
    assert values["Power.Active.Import"] == pytest.approx(20_010, abs=1)


async def test_direct_current_is_limited_in_watts(switch_on, central, clock, version):
    station = await both(switch_on, version)
    assert await give(central, profile(16), 2) == ("Rejected", "UnsupportedRateUnit")
    # K01.FR.44
    phased = profile(6900, unit="W", phases=3)
    assert await give(central, phased, 2) == ("Rejected", "NoPhaseForDC")
    assert await give(central, profile(6900, unit="W"), 2) == ACCEPTED
    await clock.advance(30)
    assert station.evse(2).powers_w.total == pytest.approx(6900)
    assert station.evse(1).currents == PerPhase.even(16)
    ask = {"evseId": 2, "duration": 60, "chargingRateUnit": "W"}
    answer = await central.call("X", "GetCompositeSchedule", ask)
    periods = answer["schedule"]["chargingSchedulePeriod"]
    assert periods == [{"startPeriod": 0, "limit": 6900}]


async def test_direct_current_in_1_6(switch_on, central, clock):
    station = await both(switch_on, "1.6")
    wanted = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "startSchedule": "2026-01-01T00:00:00Z",
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6900}],
        },
    }
    call = {"connectorId": 2, "csChargingProfiles": wanted}
    assert await central.call("X", "SetChargingProfile", call) == {"status": "Accepted"}
    await clock.advance(30)
    assert station.evse(2).powers_w.total == pytest.approx(6900)
    assert station.evse(1).currents == PerPhase.even(16)


async def test_both_share_the_station_s_maximum(switch_on, central, clock, version):
    station = await both(switch_on, version)
    most = profile(20, purpose="ChargingStationMaxProfile")
    assert await give(central, most, 0) == ACCEPTED
    await clock.advance(30)
    drawn = station.evse(1).currents + station.evse(2).currents
    assert drawn.l1 == pytest.approx(20, abs=0.2)
    assert station.evse(1).currents.l1 == pytest.approx(10, abs=0.2)
    # One goes, the other has it all.
    station.unplug(1)
    await clock.advance(20)
    assert station.evse(2).currents.l1 == pytest.approx(20, abs=0.2)


async def test_a_station_may_charge_at_one_evse_at_a_time(
    switch_on, central, clock, version
):
    station = await both(switch_on, version, simultaneous=False)
    await clock.advance(30)
    assert station.evse(1).currents == PerPhase.even(16)
    assert station.evse(2).powers_w.total == 0
    station.unplug(1)
    await clock.advance(20)
    assert station.evse(2).powers_w.total == pytest.approx(20_010)


async def test_an_evse_with_two_connectors_serves_one(
    switch_on, central, clock, version
):
    station = await switch_on(
        versions=[version],
        autostart_tag="FREE",
        dc_w={1: 22_080.0},
        connectors={1: ("cCCS2", "cG105")},
    )
    station.plug_in(1, Vehicle(), connector_id=2)
    await clock.advance(20)
    told = [
        (s["connectorId"], s["connectorStatus"])
        for s in central.sent("StatusNotification")
    ]
    assert told == [
        (1, "Available"),
        (2, "Available"),
        (1, "Unavailable"),
        (2, "Occupied"),
    ]
    assert central.sent("TransactionEvent")[0]["evse"] == {"id": 1, "connectorId": 2}


async def test_tells_what_a_vehicle_needs(switch_on, central, clock, version):
    # K15.FR.01
    station = await both(switch_on, version)
    await clock.advance(10)
    [needs] = central.sent("NotifyEVChargingNeeds")
    assert needs["evseId"] == 2
    assert needs["chargingNeeds"]["requestedEnergyTransfer"] == "DC"
    assert needs["chargingNeeds"]["dcChargingParameters"]["evMaxPower"] == 20_010
    assert station.evse(2).in_transaction


async def test_a_talking_vehicle_chooses_its_schedule(
    switch_on, central, clock, version
):
    # K15.FR.01, FR.06, FR.10
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle(talks=True))
    await clock.advance(10)
    [needs] = central.sent("NotifyEVChargingNeeds")
    assert needs["chargingNeeds"]["requestedEnergyTransfer"] == "AC_three_phase"
    running = station.evse(1).transaction_id
    own = profile(9, purpose="TxProfile", tx=running, profile_id=200)
    assert await give(central, own) == ACCEPTED
    await clock.advance(1)
    [chosen] = central.sent("NotifyEVChargingSchedule")
    assert chosen["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 9


async def test_a_dynamic_limit_is_updated(switch_on, central, clock):
    # K28.FR.05-FR.09, FR.11
    station = await switch_on(versions=["2.1"], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    made = dynamic(8, profile_id=101)
    made["chargingSchedule"][0]["duration"] = 60
    assert await give(central, made) == ACCEPTED
    await give(central, profile(6, profile_id=102, stack=1, duration=1))
    await clock.advance(20)
    assert station.evse(1).currents == PerPhase.even(8)
    update = {"chargingProfileId": 101, "scheduleUpdate": {"limit": 12.5}}
    answer = await central.call("X", "UpdateDynamicSchedule", update)
    assert answer == {"status": "Accepted"}
    await clock.advance(50)
    # The duration counts anew from each update, and then lapses.
    assert station.evse(1).limit_a == 12.5
    await clock.advance(11)
    assert station.evse(1).limit_a is None
    update["chargingProfileId"] = 102
    answer = await central.call("X", "UpdateDynamicSchedule", update)
    assert answer["statusInfo"]["reasonCode"] == "InvalidProfile"


async def test_a_dynamic_limit_is_asked_for(switch_on, central, clock):
    # K28.FR.10
    station = await switch_on(versions=["2.1"])
    limits = iter([7, 9.5])
    central.answers["PullDynamicScheduleUpdate"] = lambda _: {
        "status": "Accepted",
        "scheduleUpdate": {"limit": next(limits)},
    }
    await give(central, dynamic(8) | {"dynUpdateInterval": 30})
    seen = []
    for _ in range(3):
        seen.append(station.evse(1).limit_a)
        await clock.advance(30.5)
    assert seen == [8, 7, 9.5]
    assert central.sent("PullDynamicScheduleUpdate")[0] == {"chargingProfileId": 101}


async def test_charges_with_priority(switch_on, central, clock):
    # K21
    key = "SmartChargingCtrlr.SupportedAdditionalPurposes"
    station = await switch_on(
        versions=["2.1"], autostart_tag="FREE", configuration={key: "PriorityCharging"}
    )
    station.plug_in(1, Vehicle(maximum_a=16))
    await give(central, profile(6, profile_id=101))
    await clock.advance(20)
    use = {"transactionId": station.evse(1).transaction_id, "activate": True}
    answer = await central.call("X", "UsePriorityCharging", use)
    assert answer["status"] == "NoProfile"
    urgent = profile(14, profile_id=102, purpose="PriorityCharging")
    assert await give(central, urgent) == ACCEPTED
    currents = []
    for activate in (True, False):
        await central.call("X", "UsePriorityCharging", use | {"activate": activate})
        await clock.advance(10)
        currents.append(station.evse(1).currents.l1)
    assert currents == [14, 6]
    told = [each["activated"] for each in central.sent("NotifyPriorityCharging")]
    assert told == [True, False]


async def test_a_limit_is_invalid_while_nobody_is_heard(switch_on, central, clock):
    # K01.FR.101, FR.102
    station = await switch_on(versions=["2.1"])
    await give(central, profile(6, profile_id=101))
    await give(
        central, profile(12, profile_id=102, stack=1) | {"maxOfflineDuration": 120}
    )
    assert station.evse(1).limit_a == 12
    station.go_offline()
    await clock.advance(119)
    assert station.evse(1).limit_a == 12
    await clock.advance(5)
    assert station.evse(1).limit_a == 6
    station.go_online()
    await clock.advance(40)
    assert station.evse(1).limit_a == 12


async def test_limits_from_outside_are_obeyed_and_told(
    switch_on, central, clock, version
):
    # K11-K14
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle(maximum_a=16))
    await clock.advance(20)
    station.limit_from_outside(0, 7)
    await clock.advance(10)
    assert station.evse(1).currents == PerPhase.even(7)
    assert central.sent("NotifyChargingLimit") == [
        {"chargingLimit": {"chargingLimitSource": "EMS", "isGridCritical": False}}
    ]
    triggers = [e["triggerReason"] for e in central.sent("TransactionEvent")]
    assert "ChargingRateChanged" in triggers
    # It is not the central system's to clear, nor to replace (K10, K01.FR.05).
    await central.call("X", "ClearChargingProfile", {"chargingProfileId": 1})
    assert station.evse(1).limit_a == 7
    station.limit_from_outside(0, None)
    await clock.advance(10)
    assert central.sent("ClearedChargingLimit") == [{"chargingLimitSource": "EMS"}]
    assert station.evse(1).currents == PerPhase.even(16)


async def test_a_mixed_station_takes_defaults_for_all(switch_on, central, version):
    await both(switch_on, version)
    assert await give(central, with_period(9), 0) == ACCEPTED
