"""What the house is expected to draw: learnt by the hour of the week, whatever was unusual."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.evenload.planning_inputs.habits import (
    Habits,
    first_learnt,
    learnt,
    usual,
)
from custom_components.evenload.planning_inputs.house_load import Balance, by_balance

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR = timedelta(hours=1)
# A Sunday, at midnight in Amsterdam.
NOW = datetime(2026, 11, 21, 23, tzinfo=UTC)


def past(weeks: float, draw: Callable[[datetime], float]) -> dict[datetime, float]:
    """Return what was drawn in the hours before now, said in local time."""
    return {
        at: draw(at.astimezone(AMSTERDAM))
        for ago in range(1, round(weeks * 7 * 24) + 1)
        for at in [NOW - ago * HOUR]
    }


def evening(local: datetime) -> float:
    """A house that cooks at six, and washes on Saturdays at ten."""
    if local.hour == 18:
        return 2400
    return 2000 if (local.weekday(), local.hour) == (5, 10) else 300


def found(hours: dict[datetime, float]) -> Habits:
    """Return the habits that are learnt."""
    habits = learnt(hours, AMSTERDAM)
    assert habits is not None
    return habits


def test_each_hour_of_the_week_has_its_own() -> None:
    # The clock was set back in these weeks, and the house follows the clock.
    habits = found(past(6, evening))
    assert habits.usual_w[0, 18] == 2400
    assert habits.usual_w[5, 10] == 2000
    assert habits.usual_w[4, 10] == 300


@pytest.mark.parametrize("unusual", [40_000, 0, -3000])
def test_one_week_that_was_otherwise_changes_nothing(unusual: float) -> None:
    hours = past(6, evening)
    hours |= dict.fromkeys(list(hours)[24 : 24 + 5 * 24], unusual)
    habits = found(hours)
    assert habits.usual_w[3, 18] == 2400
    assert habits.usual_w[3, 10] == 300


def test_what_happens_every_other_day_counts_with_its_share() -> None:
    assert usual([300, 2300, 300, 2300, 300, 2300]) == 1300


def test_what_was_fed_in_is_nothing_that_the_house_draws() -> None:
    assert usual([-500, -400, -300]) == 0


def test_few_days_tell_of_like_days() -> None:
    # Nine days: each hour of the week was seen once or twice.
    habits = found(past(9 / 7, evening))
    assert habits.usual_w[1, 18] == 2400
    assert habits.usual_w[1, 3] == 300


def test_too_few_days_tell_nothing() -> None:
    assert learnt(past(2.9 / 7, evening), AMSTERDAM) is None
    assert learnt({}, AMSTERDAM) is None


def test_the_first_days_tell_of_any_time_what_they_come_to() -> None:
    habits = first_learnt({NOW - ago * HOUR: 100.0 * ago for ago in (3, 4, 5)})
    assert habits is not None
    assert habits.is_learning
    assert set(habits.usual_w.values()) == {400.0}
    assert len(habits.usual_w) == 7 * 24
    # One hour or two may have been the oven's alone.
    assert first_learnt({NOW - HOUR: 3000.0, NOW - 2 * HOUR: 3000.0}) is None
    assert not found(past(1, evening)).is_learning


def test_the_coming_hours_by_the_clock_of_the_house() -> None:
    habits = found(past(6, evening))
    of_day = habits.series(NOW, timedelta(hours=24), AMSTERDAM)
    assert of_day.start == NOW
    assert of_day.values.index(2400) == 18 * 4
    # On the day on which the clock is set forward, six o'clock is an hour earlier.
    spring = datetime(2027, 3, 27, 23, tzinfo=UTC)
    of_day = habits.series(spring, timedelta(hours=23), AMSTERDAM)
    assert of_day.values.index(2400) == 17 * 4
    autumn = datetime(2026, 10, 24, 22, tzinfo=UTC)
    of_day = habits.series(autumn, timedelta(hours=25), AMSTERDAM)
    assert of_day.values.index(2400) == 19 * 4


def test_the_balance_of_all_meters() -> None:
    at, later = NOW - 2 * HOUR, NOW - HOUR
    rows = {
        "grid_in": {at: 1000.0, later: 0.0},
        "grid_out": {at: 0.0, later: 2500.0},
        "roof": {at: 0.0, later: 4000.0},
        "battery_out": {at: 200.0, later: 0.0},
        "battery_in": {at: 0.0, later: 500.0},
        "car": {at: 700.0},
        "car_out": {later: 100.0},
    }
    balance = Balance(
        frozenset({"grid_in", "roof", "battery_out"}),
        frozenset({"grid_out", "battery_in"}),
        frozenset({"grid_in", "grid_out"}),
    )
    found = by_balance(rows, balance, {"car": 1.0, "car_out": -1.0})
    assert found == {at: 500.0, later: 1100.0}


def test_an_hour_that_a_meter_of_the_grid_does_not_tell_of_is_not_learnt_from() -> None:
    at, later = NOW - 2 * HOUR, NOW - HOUR
    grid = frozenset({"in", "out"})
    balance = Balance(frozenset({"in", "roof"}), frozenset({"out"}), grid)
    rows = {
        "in": {at: 1000.0, later: 1000.0},
        "out": {at: 0.0},
        "roof": {later: 5.0},
    }
    # An inverter that sleeps makes nothing.
    assert by_balance(rows, balance, {}) == {at: 1000.0}
    # Of one that never told anything nobody knows what it makes.
    del rows["roof"]
    assert by_balance(rows, balance, {}) == {}
