"""One station from the socket to the vehicle and back."""

import pytest

from simulator import L2, PerPhase, Vehicle


def profile(
    limit, *, unit="A", purpose="TxDefaultProfile", stack=0, profile_id=1, **schedule
):
    period = {"startPeriod": 0, "limit": limit}
    if "phases" in schedule:
        period["numberPhases"] = schedule.pop("phases")
    return {
        "chargingProfileId": profile_id,
        "stackLevel": stack,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "startSchedule": "2026-01-01T00:00:00Z",
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [period],
            **schedule,
        },
    }


async def test_boots_and_tells_its_statuses(switch_on, central):
    await switch_on(evses=2, vendor="Acme", model="Box", serial="1")
    assert central.received[0] == (
        "BootNotification",
        {
            "chargePointVendor": "Acme",
            "chargePointModel": "Box",
            "chargePointSerialNumber": "1",
            "firmwareVersion": "1.0.0",
            "meterType": "Simulated",
        },
    )
    told = [(s["connectorId"], s["status"]) for s in central.sent("StatusNotification")]
    assert told == [(0, "Available"), (1, "Available"), (2, "Available")]


async def test_charges_and_reports(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1, Vehicle(maximum_a=16))
    await clock.advance(30)

    assert station.evse(1).currents == PerPhase.even(16)
    statuses = [
        s["status"] for s in central.sent("StatusNotification") if s["connectorId"] == 1
    ]
    assert statuses == ["Available", "Preparing", "SuspendedEV", "Charging"]
    assert station.evse(1).transaction_id == 101
    last = central.sent("MeterValues")[-1]
    assert last["transactionId"] == 101
    values = {
        (v["measurand"], v.get("phase")): v["value"]
        for v in last["meterValue"][0]["sampledValue"]
    }
    assert values["Current.Import", "L3"] == "16.0"
    assert values["Power.Active.Import", None] == "11040"
    assert values["Voltage", "L1-N"] == "230.0"


async def test_obeys_a_profile_within_five_seconds(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1, Vehicle(maximum_a=16))
    await clock.advance(20)

    answer = await central.call(
        "X",
        "SetChargingProfile",
        {"connectorId": 1, "csChargingProfiles": profile(8.5)},
    )
    assert answer == {"status": "Accepted"}
    await clock.advance(5)
    assert station.evse(1).currents == PerPhase.even(8.5)
    assert station.evse(1).limit_a == 8.5


async def test_zero_suspends_and_the_transaction_goes_on(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1, Vehicle())
    await clock.advance(20)
    for limit, status in (
        (0, "SuspendedEVSE"),
        (5.9, "SuspendedEVSE"),
        (6, "Charging"),
    ):
        await central.call(
            "X",
            "SetChargingProfile",
            {"connectorId": 1, "csChargingProfiles": profile(limit)},
        )
        await clock.advance(10)
        assert station.evse(1).status == status
        assert station.evse(1).transaction_id == 101


async def test_a_rotated_single_phase_station_draws_on_its_grid_phase(
    switch_on, central, clock
):
    station = await switch_on(autostart_tag="FREE", phases=(L2,))
    station.plug_in(1, Vehicle(phases=1, maximum_a=32))
    await clock.advance(30)
    assert station.evse(1).currents == PerPhase(0, 32, 0)
    values = central.sent("MeterValues")[-1]["meterValue"][0]["sampledValue"]
    assert [
        (v["phase"], v["value"]) for v in values if v["measurand"] == "Current.Import"
    ] == [("L1", "32.0")]


@pytest.mark.parametrize(
    ("limit", "unit", "phases", "expected"),
    [(11040, "W", 3, 16), (3680, "W", 1, 16), (6900, "W", None, 10)],
)
async def test_watts_become_amperes_by_phases(
    switch_on, central, clock, limit, unit, phases, expected
):
    station = await switch_on(autostart_tag="FREE")
    wanted = profile(limit, unit=unit, **({"phases": phases} if phases else {}))
    await central.call(
        "X", "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": wanted}
    )
    assert station.evse(1).limit_a == expected
