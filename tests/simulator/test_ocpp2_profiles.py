"""Which charging profiles a station of OCPP 2.x takes, and what it makes of them (block K)."""

import asyncio

import pytest

from simulator import PerPhase, Vehicle
from tests.simulator.test_ocpp2_thin_line import profile

START = "2026-01-05T12:00:00Z"


@pytest.fixture(params=["2.0.1", "2.1"])
def version(request):
    return request.param


def relative(limit, **more):
    made = profile(limit, **more)
    del made["chargingSchedule"][0]["startSchedule"]
    return made | {"chargingProfileKind": "Relative"}


def dynamic(limit, **more):
    return relative(limit, **more) | {"chargingProfileKind": "Dynamic"}


def with_periods(*periods, **more):
    made = profile(0, **more)
    made["chargingSchedule"][0]["chargingSchedulePeriod"] = list(periods)
    return made


def with_period(limit=9, **fields):
    return with_periods({"startPeriod": 0, "limit": limit} | fields)


async def give(central, made, evse_id=1, identity="X"):
    call = {"evseId": evse_id, "chargingProfile": made}
    answer = await central.call(identity, "SetChargingProfile", call)
    return answer["status"], answer.get("statusInfo", {}).get("reasonCode")


ACCEPTED = ("Accepted", None)


@pytest.mark.parametrize(
    ("made", "evse_id", "reason"),
    [
        # K01.FR.28
        (profile(9), 7, "UnknownEVSE"),
        # K01.FR.16, and the station's maximum is the station's
        (profile(9, purpose="TxProfile", tx="1"), 0, "InvalidValue"),
        (profile(9, purpose="ChargingStationMaxProfile"), 1, "InvalidValue"),
        # K01.FR.22
        (profile(9, purpose="ChargingStationExternalConstraints"), 0, "InvalidValue"),
        # K01.FR.09
        (profile(9, purpose="TxProfile", tx="1"), 1, "TxNotFound"),
        # K01.FR.38
        (relative(9, purpose="ChargingStationMaxProfile"), 0, "InvalidProfile"),
        # K01.FR.40, FR.41
        (relative(9) | {"chargingProfileKind": "Absolute"}, 1, "InvalidSchedule"),
        (profile(9) | {"chargingProfileKind": "Relative"}, 1, "InvalidSchedule"),
        (profile(9) | {"chargingProfileKind": "Recurring"}, 1, "InvalidProfile"),
        # K01.FR.31, FR.35
        (with_periods({"startPeriod": 5, "limit": 9}), 1, "InvalidSchedule"),
        (
            with_periods(
                {"startPeriod": 0, "limit": 9}, {"startPeriod": 0, "limit": 8}
            ),
            1,
            "InvalidSchedule",
        ),
        (with_period(-1), 1, "InvalidSchedule"),
        (profile(9, stack=99), 1, "InvalidStackLevel"),
        # K01.FR.43, FR.48, FR.19
        (with_period(numberPhases=1), 1, "InvalidSchedule"),
        (with_period(numberPhases=1, phaseToUse=2), 1, "InvalidSchedule"),
        (with_period(numberPhases=3, phaseToUse=2), 1, "InvalidSchedule"),
    ],
)
async def test_refuses_with_a_reason(
    switch_on, central, version, made, evse_id, reason
):
    await switch_on(versions=[version])
    assert await give(central, made, evse_id) == ("Rejected", reason)
    assert await give(central, profile(9)) == ACCEPTED


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        # K01.FR.81, FR.120, FR.122-FR.126
        (profile(9, profile_id=99), "InvalidProfileId"),
        (profile(9, purpose="PriorityCharging"), "UnsupportedPurpose"),
        (profile(9) | {"dynUpdateInterval": 60}, "InvalidProfile"),
        (profile(9, useLocalTime=True), "InvalidSchedule"),
        (profile(9, randomizedDelay=60), "InvalidSchedule"),
        (profile(9, limitAtSoC={"soc": 80, "limit": 6}), "InvalidSchedule"),
        (
            with_period(operationMode="CentralSetpoint", setpoint=5),
            "InvalidOperationMode",
        ),
        (with_period(limit_L2=5), "PhaseConflict"),
        (dynamic(9), None),
    ],
)
async def test_refuses_what_is_new_in_2_1(switch_on, central, made, reason):
    await switch_on(versions=["2.1"])
    expected = ("Rejected", reason) if reason else ACCEPTED
    assert await give(central, made) == expected


async def test_a_station_without_dynamic_profiles_says_so(switch_on, central):
    key = "SmartChargingCtrlr.SupportsDynamicProfiles"
    await switch_on(versions=["2.1"], configuration={key: "false"})
    # K01.FR.121
    assert await give(central, dynamic(9)) == ("Rejected", "UnsupportedKind")


async def test_units_are_those_of_the_station(switch_on, central, version):
    key = "SmartChargingCtrlr.RateUnit"
    await switch_on(versions=[version], configuration={key: "W"})
    # K01.FR.26
    assert await give(central, profile(9)) == ("Rejected", "UnsupportedRateUnit")
    assert await give(central, profile(6900, unit="W")) == ACCEPTED


async def test_profiles_of_one_stack_do_not_meet(switch_on, central, version):
    await switch_on(versions=[version], evses=2)
    assert await give(central, profile(9, profile_id=101)) == ACCEPTED
    # K01.FR.05: the same id replaces.
    assert await give(central, profile(8, profile_id=101)) == ACCEPTED
    # K01.FR.06, FR.52
    twin = profile(7, profile_id=102)
    assert await give(central, twin, 1) == ("Rejected", "DuplicateProfile")
    assert await give(central, twin, 0) == ("Rejected", "DuplicateProfile")
    assert await give(central, twin, 2) == ACCEPTED
    assert await give(central, profile(7, profile_id=103, stack=1), 0) == ACCEPTED


async def test_a_transaction_has_its_own(switch_on, central, clock, version):
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(20)
    running = station.evse(1).transaction_id
    await give(central, profile(6))
    own = profile(10, purpose="TxProfile", tx=running, profile_id=200)
    # K01.FR.33
    wrong = profile(10, purpose="TxProfile", tx="other", profile_id=200)
    assert await give(central, wrong) == ("Rejected", "TxNotFound")
    assert await give(central, own) == ACCEPTED
    # K02.FR.04: it overrules the default, be it higher.
    await clock.advance(10)
    assert station.evse(1).currents == PerPhase.even(10)
    station.unplug(1)
    await clock.advance(2)
    # K02.FR.05
    assert [p["chargingProfile"]["id"] for p in station.brain.profiles_view()] == [101]


async def test_a_relative_one_counts_from_the_power_path(
    switch_on, central, clock, version
):
    # K01.FR.42
    station = await switch_on(versions=[version], autostart_tag="FREE")
    made = relative(6)
    made["chargingSchedule"][0]["chargingSchedulePeriod"].append(
        {"startPeriod": 60, "limit": 9}
    )
    await give(central, made)
    await clock.advance(100)
    station.plug_in(1, Vehicle())
    await clock.advance(50)
    assert station.evse(1).currents == PerPhase.even(6)
    await clock.advance(20)
    assert station.evse(1).currents == PerPhase.even(9)


async def test_a_lease_runs_out(switch_on, central, clock, version):
    station = await switch_on(versions=[version])
    await give(central, profile(6, profile_id=101))
    lease = profile(10, stack=1, profile_id=102, startSchedule=START, duration=60)
    assert await give(central, lease) == ACCEPTED
    assert station.evse(1).limit_a == 10
    await clock.advance(60)
    assert station.evse(1).limit_a == 6


async def test_switches_phases(switch_on, central, clock, version):
    # K01.FR.46, FR.47
    station = await switch_on(
        versions=[version], autostart_tag="FREE", switches_phases=True
    )
    station.plug_in(1, Vehicle(maximum_a=16))
    await give(central, with_period(9, numberPhases=1))
    await clock.advance(20)
    assert station.evse(1).currents == PerPhase(9, 0, 0)
    await give(central, with_period(9, numberPhases=1, phaseToUse=3))
    await clock.advance(20)
    assert station.evse(1).currents == PerPhase(0, 0, 9)
    await give(central, with_period(9))
    await clock.advance(20)
    assert station.evse(1).currents == PerPhase.even(9)


async def test_only_lasting_profiles_outlive_a_reboot(
    switch_on, central, clock, version
):
    # K01.FR.27
    station = await switch_on(versions=[version], autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(10)
    running = station.evse(1).transaction_id
    await give(central, profile(6, profile_id=101))
    station_max = profile(20, profile_id=102, purpose="ChargingStationMaxProfile")
    await give(central, station_max, 0)
    await give(
        central, profile(9, profile_id=103, purpose="TxProfile", tx=running, stack=1)
    )
    rebooting = asyncio.ensure_future(station.reboot("PowerLoss"))
    await clock.advance(10)
    await rebooting
    kept = [p["chargingProfile"]["id"] for p in station.brain.profiles_view()]
    assert kept == [101, 102]


async def test_reports_and_clears_by_exact_criteria(switch_on, central, clock, version):
    await switch_on(versions=[version], evses=2)
    for number, (evse_id, stack) in enumerate([(1, 0), (1, 1), (2, 0)], start=101):
        await give(central, profile(8, stack=stack, profile_id=number), evse_id)
    ask = {"requestId": 3, "chargingProfile": {"stackLevel": 0}}
    assert await central.call("X", "GetChargingProfiles", ask) == {"status": "Accepted"}
    await clock.advance(1)
    # K09.FR.02-FR.04: by EVSE, all but the last saying that more come.
    reports = central.sent("ReportChargingProfiles")
    assert [(r["evseId"], r.get("tbc", False)) for r in reports] == [
        (1, True),
        (2, False),
    ]
    assert reports[0]["chargingProfile"][0]["id"] == 101
    assert reports[0]["chargingLimitSource"] == "CSO"
    clear = {"chargingProfileId": 102}
    assert await central.call("X", "ClearChargingProfile", clear) == {
        "status": "Accepted"
    }
    clear = {"chargingProfileCriteria": {"evseId": 2, "stackLevel": 1}}
    assert await central.call("X", "ClearChargingProfile", clear) == {
        "status": "Unknown"
    }


async def test_composite_schedule(switch_on, central, version):
    # K08
    await switch_on(versions=[version], maximum_a=16)
    await give(central, profile(6, profile_id=101))
    lease = profile(8.3, stack=1, profile_id=102, startSchedule=START, duration=90)
    await give(central, lease)
    answer = await central.call(
        "X", "GetCompositeSchedule", {"evseId": 1, "duration": 300}
    )
    schedule = answer["schedule"]
    assert (schedule["evseId"], schedule["chargingRateUnit"]) == (1, "A")
    first, second = schedule["chargingSchedulePeriod"]
    assert first == {"startPeriod": 0, "limit": 8.3, "numberPhases": 3}
    assert second["limit"] == 6
    assert 80 <= second["startPeriod"] <= 90
