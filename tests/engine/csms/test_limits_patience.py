"""A station that takes no limit of one place is soon asked for those of others (1.6 §5.16, 2.0.1 K01)."""

import pytest

from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.limits import RateUnit
from tests.engine.csms.limit_taker import REJECTED, Taker
from tests.engine.csms.test_limits_ladder import AMPERES, FALLBACK, STATION, give


@pytest.mark.parametrize(
    ("units", "calls"), [((), (17, 8, 30)), ((AMPERES,), (11, 6, 15))]
)
def test_who_takes_none_is_not_asked_for_long_before_other_limits(
    units: tuple[RateUnit, ...], calls: tuple[int, ...]
) -> None:
    # Each takes as long as the station takes to answer, and a limit for the transaction waits for them.
    taker = Taker(lambda *_: REJECTED, Capabilities(units=units))
    counts = []
    for _ in range(3):
        give(taker, STATION, FALLBACK)
        counts.append(len(taker.forms()))
    assert tuple(counts) == calls
