"""In which ways stations of OCPP 1.6 fail those who would have them feed back."""

import pytest

from simulator import Faults, Form
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
