"""Whatever happens to the meter, a station, a vehicle or Home Assistant: nothing too much comes out, and for too long."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings

from custom_components.evenload.engine.model.v2x import IdleMethod
from tests.engine.control.v2x.bidirectional import Temper
from tests.engine.control.v2x.lives import LIVES, Cell, Moment, lived
from tests.engine.control.v2x.v2g_house import Pace
from tests.engine.virtual import run_virtually


# The long form: scripts/bench promises.
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**LIVES)
# Measured while it feeds back, a vehicle proves nothing of the lower limit that it is to charge by afterwards.
@example(
    count=2,
    moments=[Moment("nothing", 0, 0.0, 19), Moment("nothing", 0, 0.0, 40)],
    tempers=[Temper(0.1, 1.0), Temper(0.1, 2.0)],
    pace=Pace(meter=2, late=0, reports=30),
    cap_w=0.0,
    soc_percent=70.0,
    beside=True,
    least_w=0.0,
    idle=IdleMethod.PAUSE,
    cell=Cell(),
)
def test_nothing_too_much_comes_out(**how: Any) -> None:
    """Export stays within the cap but for the reaction time, batteries above their minimum, groups within their limit."""
    assert run_virtually(lived(**how)) == []
