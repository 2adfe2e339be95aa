"""Times and durations (RFC 3339, ISO 8601; OpenADR 3.1 user guide, 7.3)."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.grid.times import (
    FOREVER,
    Malformed,
    duration_of,
    is_now,
    time_of,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT1H", timedelta(hours=1)),
        ("PT0S", timedelta(0)),
        ("P0D", timedelta(0)),
        ("P1DT12H30M", timedelta(days=1, hours=12, minutes=30)),
        ("PT15.5S", timedelta(seconds=15.5)),
        ("P2W", timedelta(days=14)),
        ("-PT5M", timedelta(minutes=-5)),
        ("P9999Y", FOREVER),
        ("P1M", timedelta(days=30)),
    ],
)
def test_durations(text: str, expected: timedelta) -> None:
    assert duration_of(text) == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "1H", "PT1H ", "P1.5D", None, 3600])
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(Malformed):
        duration_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00.000Z",
        "0001-01-01T00:00:00+00:00",
    ],
)
def test_the_beginning_of_time_is_now(text: str) -> None:
    assert is_now(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01T12:00:00Z", datetime(2026, 11, 1, 12, tzinfo=UTC)),
        ("2026-11-01T13:00:00+01:00", datetime(2026, 11, 1, 12, tzinfo=UTC)),
        ("2026-11-01T12:00:00.000Z", datetime(2026, 11, 1, 12, tzinfo=UTC)),
        # Without a zone, and without seconds.
        ("2026-11-01T12:00:00", datetime(2026, 11, 1, 12, tzinfo=UTC)),
        ("2024-01-01T00:00Z", datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_times(text: str, expected: datetime) -> None:
    assert time_of(text) == expected
    assert not is_now(text)


@pytest.mark.parametrize("text", ["", "noon", "9999-12-31T00:00:00Z", None, 5])
def test_what_is_no_time(text: object) -> None:
    with pytest.raises(Malformed):
        time_of(text)
