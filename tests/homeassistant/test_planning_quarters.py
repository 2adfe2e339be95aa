"""Series of any resolution as quarters of an hour: gaps, overlaps, and days of 23 and 25 hours."""

from datetime import UTC, date, datetime, timedelta
import math
from zoneinfo import ZoneInfo

import pytest

from custom_components.evenload.planning_inputs.quarters import (
    Slot,
    has_gap,
    in_order,
    plain_day,
    series,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(minutes: float, value: float, lasts: float | None = None) -> Slot:
    """Return a value from some minutes after noon on."""
    start = NOON + timedelta(minutes=minutes)
    return Slot(start, value, start + timedelta(minutes=lasts) if lasts else None)


@pytest.mark.parametrize(
    ("slots", "values"),
    [
        # Hours hold for four quarters; the last one as long as the others do.
        ([at(0, 1), at(60, 2)], [1] * 4 + [2] * 4),
        ([at(0, 1), at(30, 2)], [1, 1, 2, 2]),
        ([at(0, 1), at(15, 2), at(30, 3)], [1, 2, 3]),
        # Five minutes are averaged.
        ([at(0, 1, 5), at(5, 2, 5), at(10, 6, 5)], [3]),
        # What is known of a quarter counts for it, unless it is less than half.
        ([at(5, 4, 10), at(15, 1, 15)], [4, 1]),
        ([at(10, 4, 5), at(15, 1, 15)], [None, 1]),
        # In any order; of two that are told of the same time, the later holds.
        ([at(60, 2), at(0, 1)], [1] * 4 + [2] * 4),
        ([at(0, 1, 60), at(30, 9, 30)], [1, 1, 9, 9]),
        # A gap of an hour between hours, and of one that is no number.
        ([at(0, 1), at(60, 1), at(180, 3)], [1] * 8 + [None] * 4 + [3] * 4),
        (
            [at(0, 1), at(60, math.nan), at(120, 3), at(180, 3)],
            [1] * 4 + [None] * 4 + [3] * 8,
        ),
        # The past is left off, and what ends before it begins.
        ([at(-120, 7), at(-60, 8), at(0, 1)], [1] * 4),
        ([at(0, 1, 60), at(60, 5, -60)], [1] * 4),
    ],
)
def test_values_of_any_length_become_quarters(
    slots: list[Slot], values: list[float | None]
) -> None:
    found = series(slots, NOON, timedelta(hours=6))
    assert found is not None
    assert found.start == NOON
    assert list(found.values) == values
    assert has_gap(found) == (None in values)


def test_it_begins_in_the_quarter_that_has_begun() -> None:
    found = series([at(0, 1, 60)], NOON + timedelta(minutes=37), HOUR)
    assert found is not None
    assert found.start == NOON + timedelta(minutes=30)
    assert found.values == (1, 1)
    assert found.at(NOON + timedelta(minutes=59)) == 1
    assert found.at(NOON + timedelta(minutes=60)) is None


def test_nothing_known_is_no_series() -> None:
    assert series([], NOON, DAY) is None
    assert series([at(-600, 1, 60)], NOON, DAY) is None
    assert series([at(3000, 1, 60)], NOON, DAY) is None


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), 24),
        (date(2026, 3, 29), 23),
        (date(2026, 10, 25), 25),
    ],
)
@pytest.mark.parametrize("of_hour", [1, 2, 4])
def test_days_on_which_clocks_change(day: date, hours: int, of_hour: int) -> None:
    values = [float(place) for place in range(hours * of_hour)]
    slots = plain_day(values, day, AMSTERDAM)
    assert slots is not None
    begin = datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).astimezone(UTC)
    end = begin + hours * HOUR
    assert (slots[0].start, slots[-1].end) == (begin, end)
    found = series(slots, begin, 2 * DAY)
    assert found is not None
    assert len(found.values) == 4 * hours
    assert not has_gap(found)


@pytest.mark.parametrize(
    ("day", "count"),
    [
        # A list of a usual day does not fit one of 23 hours, and nobody knows what to leave out.
        (date(2026, 3, 29), 24),
        (date(2026, 10, 25), 96),
        (date(2026, 10, 24), 7),
        (date(2026, 10, 24), 0),
    ],
)
def test_a_list_that_does_not_fit_its_day(day: date, count: int) -> None:
    assert plain_day([1.0] * count, day, AMSTERDAM) is None


def test_local_times_in_the_hour_that_comes_twice() -> None:
    # 25 October 2026: from 3:00 clocks go back to 2:00.
    local = [datetime(2026, 10, 25, hour) for hour in (1, 2, 2, 3)]
    assert in_order(local, AMSTERDAM) == [
        datetime(2026, 10, day, hour, tzinfo=UTC)
        for day, hour in ((24, 23), (25, 0), (25, 1), (25, 2))
    ]
    # And in the one that is left out.
    local = [datetime(2026, 3, 29, hour) for hour in (1, 3)]
    assert in_order(local, AMSTERDAM) == [
        datetime(2026, 3, 29, hour, tzinfo=UTC) for hour in (0, 1)
    ]
