"""Stations that do not do as they should, by their faults."""

import pytest

from simulator import Faults, Vehicle
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
