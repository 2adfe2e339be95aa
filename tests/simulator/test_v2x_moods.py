"""In which ways stations fail those who would have them feed back."""

import pytest

from simulator import Faults, Form
from tests.simulator import v2x
from tests.simulator.central_system import StationError
from tests.simulator.test_v2x_16 import car, flows, give, key, plugged

__all__ = ["plugged"]


@pytest.mark.parametrize(
    ("mood", "told", "left"),
    [
        ({"clamps_negative": True}, "Accepted", 0),
        ({"negative_is_unlimited": True}, "Accepted", 11_000),
        ({"ignores_setpoints": True}, "Accepted", 11_000),
        ({"refuses_setpoints_below_w": 4000}, "Rejected", 11_000),
        ({"idles_below_w": 4000}, "Accepted", 0),
    ],
)
async def test_moods(plugged, central, clock, mood, told, left):
    station = await plugged(Form.NEGATIVE_LIMIT, faults=Faults(**mood))
    assert await give(central, clock, -3000) == told
    assert flows(station) == pytest.approx(left, abs=100)


async def test_a_callerror_for_a_limit_below_zero(plugged, central, clock):
    await plugged(Form.NEGATIVE_LIMIT, faults=Faults(errors_on_negative=True))
    with pytest.raises(StationError):
        await give(central, clock, -3000)


async def test_nothing_breaks_the_session(plugged, central, clock):
    faults = Faults(zero_breaks_session=True)
    station = await plugged(Form.SETPOINT_KEY, faults=faults)
    assert await key(central, clock, "-3000") == "Accepted"
    assert await key(central, clock, "0") == "Accepted"
    assert central.sent("StopTransaction")
    assert await key(central, clock, "-3000") == "Rejected"
    station.unplug(1)
    await clock.advance(5)
    station.plug_in(1, car())
    await clock.advance(20)
    assert flows(station) > 10_000


@pytest.mark.parametrize(
    ("mood", "power_w", "told", "left"),
    [
        ({"ignores_setpoints": True}, -3000, "Accepted", 7360),
        ({"refuses_setpoints_below_w": 1400}, -1000, "Rejected", 11_000),
        ({"refuses_setpoints_below_w": 1400}, -1400, "Accepted", -1400),
        ({"refuses_setpoints_below_w": 1400}, 0, "Accepted", 0),
        ({"idles_below_w": 1400}, -1000, "Accepted", 0),
    ],
)
async def test_moods_of_2_1(switch_on, central, clock, mood, power_w, told, left):
    station = await v2x.plugged(switch_on, clock, faults=Faults(**mood))
    await v2x.allow(central, clock)
    period = v2x.setpoint(power_w, limit=7360, dischargeLimit=-5000)
    status, _ = await v2x.give(central, clock, period)
    assert status == told
    assert flows(station) == pytest.approx(left, abs=75)


async def test_nothing_breaks_the_session_in_2_1_too(switch_on, central, clock):
    faults = Faults(zero_breaks_session=True)
    station = await v2x.plugged(switch_on, clock, faults=faults)
    await v2x.allow(central, clock)
    assert await v2x.give(central, clock, v2x.setpoint(-3000)) == v2x.ACCEPTED
    assert await v2x.give(central, clock, v2x.setpoint(0)) == v2x.ACCEPTED
    assert central.sent("TransactionEvent")[-1]["eventType"] == "Ended"
    assert flows(station) == 0
    station.unplug(1)
    await clock.advance(5)
    station.plug_in(1, car())
    await clock.advance(20)
    assert flows(station) > 10_000


async def test_export_as_an_import_below_zero(plugged, central, clock):
    station = await plugged(Form.SETPOINT_KEY, faults=Faults(signed_import=True))
    assert await key(central, clock, "-3000") == "Accepted"
    await clock.advance(6)
    [reading] = central.sent("MeterValues")[-1]["meterValue"]
    values = {s["measurand"]: float(s["value"]) for s in reading["sampledValue"]}
    assert values["Power.Active.Import"] == -3000
    assert flows(station) == -3000
