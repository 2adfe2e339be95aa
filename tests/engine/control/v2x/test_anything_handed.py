"""Whatever a station or another controller does with what it is left: groups stay within their limits, batteries above their minimum."""

from typing import Any

from hypothesis import HealthCheck, given, settings
import pytest

from custom_components.evenload.engine.model.v2x_ability import HANDED, OperationMode
from tests.engine.control.v2x.bidirectional import Temper
from tests.engine.control.v2x.handed_lives import HANDED_LIVES, Turn, handed
from tests.engine.control.v2x.v2g_house import Pace
from tests.engine.virtual import run_virtually


# The long form: scripts/bench promises.
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**HANDED_LIVES)
def test_the_sum_never_exceeds_the_limit(**how: Any) -> None:
    """Promise 1, counted in both directions, with one who may draw or give all that it was left in any moment."""
    assert run_virtually(handed(**how)).broken == []


@pytest.mark.parametrize("mode", sorted(HANDED))
def test_it_is_left_to_others_in_these_stories(mode: OperationMode) -> None:
    """What is tried above is tried on vehicles that are left alone for most of the time."""
    how = {
        "count": 1,
        "turns": [Turn("wants", 0, 6000.0, 90, -2000.0)],
        "tempers": [Temper(), Temper()],
        "pace": Pace(),
        "mode": mode,
        "cap_w": 10_000.0,
        "soc_percent": 70.0,
        "beside": False,
    }
    house = run_virtually(handed(**how))
    assert house.broken == []
    assert house.handed_s > 60
