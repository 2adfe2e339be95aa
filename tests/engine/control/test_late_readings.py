"""Readings that a station kept while it was away say nothing of what it draws now."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.control.abilities import is_told_late
from custom_components.evenload.engine.model.clocks import Clock
from custom_components.evenload.engine.model.stations import Station

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead_s", "ago_s", "is_late"),
    [
        # The clock is right.
        (0.0, 5, False),
        (0.0, 300, True),
        # It lags by five minutes, so what seems old is of now.
        (-300.0, 300, False),
        (-300.0, 700, True),
        # Nothing is known of it: who could say.
        (None, 300, False),
    ],
)
def test_what_is_late_by_a_clock_that_is_known(
    ahead_s: float | None, ago_s: int, is_late: bool
) -> None:
    station = Station("s", clock=Clock(ahead_s))
    assert is_told_late(station, NOW - timedelta(seconds=ago_s), NOW) is is_late
