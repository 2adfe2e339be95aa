"""The age of a meter (promise 6): fresh, stale, lost; frozen meters, quiet houses, and clocks that jump."""

from collections.abc import Callable

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.control.freshness import Freshness, is_wild
from custom_components.evenload.engine.model.household import MeterReading, MeterState
from custom_components.evenload.engine.model.phases import PhaseCurrents
from tests.engine.control.household.meter import at, even

FRESH, STALE, LOST = MeterState.FRESH, MeterState.STALE, MeterState.LOST


def read(
    meter: Freshness,
    second: float,
    currents: PhaseCurrents,
    seen: PhaseCurrents | None = None,
) -> bool:
    return meter.read(MeterReading(at(second), currents), seen, at(second))


def test_states_follow_the_age_of_the_last_value() -> None:
    meter = Freshness(30, 120)
    assert meter.state(at(0)) is LOST
    assert meter.changes_at(at(0)) is None
    assert read(meter, 0, even(5))
    found = [meter.state(at(second)) for second in (0, 29.9, 30, 119.9, 120, 9999)]
    assert found == [FRESH, FRESH, STALE, STALE, LOST, LOST]
    moments = [meter.changes_at(at(second)) for second in (0, 30, 120)]
    assert moments == [at(30), at(120), None]
    read(meter, 500, even(5))
    assert meter.state(at(500)) is FRESH


def test_age_counts_from_when_it_was_measured() -> None:
    meter = Freshness(30, 120)
    meter.read(MeterReading(at(0), even(5)), None, at(40))
    assert meter.state(at(40)) is STALE


def test_older_value_that_comes_late_changes_nothing() -> None:
    meter = Freshness(30, 120)
    read(meter, 20, even(5))
    assert not meter.read(MeterReading(at(10), even(9)), None, at(25))
    assert meter.changes_at(at(25)) == at(50)


def test_value_of_the_future_is_as_young_as_now_and_no_younger() -> None:
    meter = Freshness(30, 120)
    meter.read(MeterReading(at(3600), even(5)), None, at(0))
    assert meter.state(at(30)) is STALE
    assert read(meter, 31, even(6))


def test_clock_that_is_set_back_does_not_keep_a_meter_fresh() -> None:
    meter = Freshness(30, 120)
    read(meter, 3600, even(5))
    assert meter.state(at(0)) is FRESH
    assert meter.state(at(30)) is STALE
    assert read(meter, 31, even(6))
    assert meter.state(at(31)) is FRESH


def repeat(
    meter: Freshness,
    seconds: range,
    currents: PhaseCurrents,
    seen: Callable[[int], PhaseCurrents | None],
) -> None:
    for second in seconds:
        read(meter, second, currents, seen(second))


def test_quiet_house_in_whole_amperes_stays_fresh() -> None:
    meter = Freshness(30, 120)
    repeat(meter, range(0, 36_000, 10), even(3), lambda second: even(0))
    assert meter.state(at(36_000)) is FRESH


def test_meter_that_repeats_itself_while_a_vehicle_lets_go_is_lost() -> None:
    meter = Freshness(30, 120)
    seen = lambda second: even(16 if second < 600 else 6)  # noqa: E731  # read as a table
    repeat(meter, range(0, 630, 10), even(20), seen)
    assert meter.state(at(620)) is FRESH
    repeat(meter, range(630, 640, 10), even(20), seen)
    assert meter.state(at(630)) is STALE
    repeat(meter, range(640, 730, 10), even(20), seen)
    assert meter.changes_at(at(719)) == at(720)
    assert meter.state(at(720)) is LOST
    # It moves: it lives.
    read(meter, 731, even(10.5), even(6))
    assert meter.state(at(731)) is FRESH


def test_one_frozen_line_is_enough() -> None:
    meter = Freshness(30, 120)
    for second in range(0, 700, 10):
        drawn_a = 16.0 if second < 600 else 6.0
        currents = PhaseCurrents(20 + second / 1000, 20.0, drawn_a + second / 1000)
        read(meter, second, currents, even(drawn_a))
    assert meter.state(at(700)) is STALE


def test_station_that_speaks_a_minute_after_the_meter_is_no_doubt() -> None:
    meter = Freshness(30, 120)
    repeat(meter, range(300), even(3), lambda second: even(0))
    # The meter shows the vehicle at once, the station says so at 360.
    seen = lambda second: even(16 if second >= 360 else 0)  # noqa: E731  # read as a table
    repeat(meter, range(300, 1000), even(19), seen)
    assert meter.state(at(1000)) is FRESH


def test_silent_station_says_nothing_of_the_meter() -> None:
    meter = Freshness(30, 120)
    repeat(meter, range(300), even(19), lambda second: even(16))
    repeat(meter, range(300, 900), even(19), lambda second: None)
    assert meter.state(at(900)) is FRESH


def test_sensor_that_cannot_show_export_may_stand_at_nothing() -> None:
    meter = Freshness(30, 120)
    seen = lambda second: even(16 if second % 600 < 300 else 0)  # noqa: E731  # read as a table
    repeat(meter, range(0, 3600, 10), even(0), seen)
    assert meter.state(at(3600)) is FRESH


def test_sensor_that_has_shown_export_may_not() -> None:
    meter = Freshness(30, 120)
    read(meter, 0, even(-2))
    seen = lambda second: even(16 if second < 600 else 0)  # noqa: E731  # read as a table
    repeat(meter, range(10, 3600, 10), even(0), seen)
    assert meter.state(at(3600)) is LOST


def test_a_meter_is_stale_half_a_minute_after_it_missed_something() -> None:
    meter = Freshness(30, 120)
    for second in (0, 90, 100, 110):
        read(meter, second, even(20), even(16))
    for second in (112, 140):
        read(meter, second, even(20), even(6))
    assert meter.state(at(141)) is FRESH
    assert meter.state(at(142)) is STALE


@pytest.mark.parametrize(
    ("current_a", "wild"),
    [
        (0.0, False),
        (-40.0, False),
        (60.0, False),
        (124.9, False),
        (126.0, True),
        (-6553.6, True),
        (float("nan"), True),
        (float("inf"), True),
    ],
)
def test_what_no_fuse_could_carry_is_wild(current_a: float, wild: bool) -> None:
    assert is_wild(PhaseCurrents(1, current_a, 1), 25.0) is wild


@given(
    st.lists(
        st.tuples(st.floats(-50, 400), st.floats(-60, 300), st.floats(-30, 30)),
        max_size=30,
    )
)
def test_no_story_keeps_a_silent_meter_alive(
    story: list[tuple[float, float, float]],
) -> None:
    meter = Freshness(30, 120)
    now = 1000.0
    for pause_s, late_s, current_a in story:
        now += pause_s
        meter.read(MeterReading(at(now - late_s), even(current_a)), even(0), at(now))
        assert meter.age_s(at(now)) >= 0
    assert meter.state(at(now + 120)) is LOST
    change = meter.changes_at(at(now))
    assert change is None or at(now) < change <= at(now + 120)
