"""Stations that do not do as they should, by their faults."""

import pytest

from simulator import Faults, PerPhase, Vehicle
from simulator.console import Console
from tests.simulator.central_system import StationError
from tests.simulator.test_thin_line import profile


@pytest.mark.parametrize(
    ("faults", "outcome"),
    [
        ({"reject": ["Reset"]}, {"status": "Rejected"}),
        ({"malformed": ["Reset"]}, {"state": "maybe", "because": [1, None]}),
    ],
)
async def test_answers_by_fault(switch_on, central, faults, outcome):
    station = await switch_on()
    station.faults.change(faults)
    assert await central.call("X", "Reset", {"type": "Soft"}) == outcome
    central.invalid.clear()


async def test_answers_with_an_error_late_or_not_at_all(switch_on, central, clock):
    station = await switch_on(faults=Faults(errors={"ClearCache": "InternalError"}))
    with pytest.raises(StationError, match="InternalError"):
        await central.call("X", "ClearCache", {})

    station.faults.change({"answer_delay_s": 3, "ignore": ["Reset"]})
    late = await central.ask("X", "GetLocalListVersion", {})
    never = await central.ask("X", "Reset", {"type": "Hard"})
    await clock.advance(2.5)
    assert not late.done()
    await clock.advance(10)
    assert late.result() == {"listVersion": 0}
    assert not never.done()
    assert central.actions()["BootNotification"] == 1


async def test_lies_about_limits_and_currents(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1, Vehicle(maximum_a=16))
    station.faults.change(
        {
            "ignores_limits": True,
            "reported_current_factor": 0.5,
            "register_reads_zero": True,
        }
    )
    await central.call(
        "X", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(6)}
    )
    await clock.advance(20)
    assert station.evse(1).limit_a == 6
    assert station.evse(1).currents.l1 == 16
    values = {
        v["measurand"]: v["value"]
        for v in central.sent("MeterValues")[-1]["meterValue"][0]["sampledValue"]
    }
    assert values["Current.Import"] == "8.0"
    assert values["Energy.Active.Import.Register"] == "0"


async def test_obeys_late(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE", faults=Faults(obeys_after_s=20))
    station.plug_in(1, Vehicle(maximum_a=16))
    await clock.advance(20)
    await central.call(
        "X", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(6)}
    )
    await clock.advance(19)
    assert station.evse(1).limit_a == 6
    assert station.evse(1).currents.l1 == 16
    await clock.advance(7)
    assert station.evse(1).currents.l1 == 6


async def test_obeys_without_a_word(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE", faults=Faults(obeys_silently=True))
    station.plug_in(1, Vehicle(maximum_a=16))
    await clock.advance(20)
    never = await central.ask(
        "X", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(6)}
    )
    await clock.advance(60)
    assert not never.done()
    assert station.evse(1).currents == PerPhase.even(6)
    assert await central.call("X", "ClearChargingProfile", {}) == {"status": "Accepted"}


@pytest.mark.parametrize(
    ("ignores", "limit", "unit", "currents"),
    [
        (False, 10, "A", PerPhase(10, 0, 0)),
        (True, 10, "A", PerPhase.even(10)),
        (False, 6900, "W", PerPhase(16, 0, 0)),
        (True, 6900, "W", PerPhase.even(10)),
    ],
)
async def test_reads_no_number_of_phases(
    switch_on, central, clock, ignores, limit, unit, currents
):
    station = await switch_on(
        autostart_tag="FREE",
        switches_phases=True,
        faults=Faults(ignores_number_phases=ignores),
    )
    station.plug_in(1, Vehicle(maximum_a=16))
    wanted = profile(limit, unit=unit, phases=1)
    await central.call(
        "X", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": wanted}
    )
    await clock.advance(30)
    assert station.evse(1).currents == currents


async def test_loses_its_profiles_without_a_boot(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1, Vehicle(maximum_a=16))
    for connector, purpose in enumerate(
        ("ChargePointMaxProfile", "TxDefaultProfile", "TxProfile")
    ):
        await clock.advance(10)
        wanted = profile(6 + connector, purpose=purpose, profile_id=connector)
        call = {"connectorId": min(connector, 1), "csChargingProfiles": wanted}
        assert await central.call("X", "SetChargingProfile", call) == {
            "status": "Accepted"
        }
    await clock.advance(10)
    assert station.evse(1).currents == PerPhase.even(6)
    assert await Console(station).execute("fault lose_profiles") == "So be it."
    await clock.advance(10)
    assert station.evse(1).currents == PerPhase.even(16)
    assert await central.call("X", "ClearChargingProfile", {}) == {"status": "Unknown"}
    assert central.actions()["BootNotification"] == 1


async def test_speaks_with_an_accent(switch_on, central, clock):
    def shout(name, payload):
        return (
            {"key": payload}
            if name == "ResetResponse"
            else payload | {"vendorSpecific": name}
        )

    await switch_on(accepted=False, faults=Faults(rewrite=shout))
    await clock.advance(2)
    assert central.received[0][1]["vendorSpecific"] == "BootNotification"
    assert await central.call("X", "Reset", {"type": "Soft"}) == {
        "key": {"status": "Accepted"}
    }
    central.invalid.clear()
