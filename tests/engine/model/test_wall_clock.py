"""Times of a clock on the wall on the days on which it leaps."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.evenload.engine.model.wall_clock import first_shown


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("Europe/Berlin", "2026-11-22T12:00", "2026-11-22T11:00"),
        # Over an hour, into it and after it.
        ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59"),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T02:30:15", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"),
        # Of an hour that comes twice the first one.
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
        # Half an hour, at midnight, and a whole day.
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),
    ],
)
def test_when_a_clock_first_shows_a_time(zone: str, local: str, expected: str) -> None:
    said = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    assert first_shown(said) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
def test_a_later_time_is_never_shown_earlier(zone: str) -> None:
    times = [
        first_shown(
            datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)) + n * timedelta(hours=1)
        )
        for n in range(24 * 300)
    ]
    assert times == sorted(times)
