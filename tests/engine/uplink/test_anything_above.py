"""Whatever those above send, in any version, to a station, the controller or a group, the promises hold, and no error of ours goes up.

The long form is `scripts/bench promises`.
"""

from hypothesis import HealthCheck, given, settings

from tests.engine.uplink.anything_above import (
    LIVES_ABOVE,
    METERED_LIVES_ABOVE,
    Life,
    MeteredLife,
)
from tests.engine.virtual import run_virtually

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=15, deadline=None, suppress_health_check=_SLOW)
@given(life=LIVES_ABOVE)
def test_whatever_is_sent_no_limit_is_exceeded(life: Life) -> None:
    assert run_virtually(life.broken()) == []


@settings(max_examples=10, deadline=None, suppress_health_check=_SLOW)
@given(life=METERED_LIVES_ABOVE)
def test_whatever_is_sent_an_overload_is_answered_at_once(life: MeteredLife) -> None:
    assert run_virtually(life.broken()) == []
