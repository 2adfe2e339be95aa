"""What else is on a line: it rises at once, falls patiently, and never makes room that was not there all the while."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.control.background import (
    Background,
    Explanation,
    RollingMaximum,
)
from custom_components.evenload.engine.control.drawn import Drawn
from custom_components.evenload.engine.control.household import Household
from custom_components.evenload.engine.model.household import MeterReading
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from tests.engine.control.household.meter import FUSE, METER, at, even, exactly

WINDOW_S = 60.0

# Pauses in quarters of seconds, so that sums are exact.
pauses = st.integers(1, 200).map(lambda quarters: quarters / 4)
currents = st.integers(-60, 120).map(lambda halves: halves / 2)
stories = st.lists(st.tuples(pauses, currents), min_size=1, max_size=40)


def greatest(samples: list[tuple[float, float]], now: float) -> float | None:
    """Return the greatest value that held within the window, by looking at all of them."""
    if now - samples[0][0] < WINDOW_S:
        return None
    ends = [began for began, _ in samples[1:]] + [now + 1]
    return max(
        value
        for (_, value), end in zip(samples, ends, strict=True)
        if end > now - WINDOW_S
    )


@given(stories, pauses)
def test_rolling_maximum_is_the_greatest_of_the_window(
    story: list[tuple[float, float]], wait_s: float
) -> None:
    rolling = RollingMaximum(WINDOW_S)
    samples: list[tuple[float, float]] = []
    now = 0.0
    for pause_s, value in story:
        now += pause_s
        rolling.add(value, at(now))
        samples.append((now, value))
        assert rolling.highest(at(now)) == greatest(samples, now)
    now += wait_s
    before = rolling.highest(at(now))
    assert before == greatest(samples, now)
    falls_at = rolling.falls_at(at(now))
    if falls_at is None:
        assert rolling.highest(at(now + 1e6)) == before
    elif before is not None:
        after = rolling.highest(falls_at)
        assert after is not None
        assert after < before


def test_rolling_maximum_survives_a_clock_that_is_set_back() -> None:
    rolling = RollingMaximum(WINDOW_S)
    for second in range(1000, 1100):
        rolling.add(9.0, at(second))
    for second in range(130):
        rolling.add(3.0, at(second))
    assert rolling.highest(at(130)) == 3.0


@given(stories, st.booleans(), st.integers(0, 32))
def test_room_is_never_more_than_what_is_left_beside_the_house(
    story: list[tuple[float, float]], follows: bool, held: int
) -> None:
    household = Household(METER, FUSE)
    rooms: list[tuple[float, float]] = []
    samples: list[tuple[float, float]] = []
    held_a, now = float(held), 0.0
    for pause_s, house_a in story:
        now += pause_s
        drawn = exactly(even(held_a), at(now))
        household.read(MeterReading(at(now), even(house_a + held_a)), drawn, at(now))
        room = household.room(even(held_a), at(now)).current
        assert room is not None
        left_a = max(0.0, min(25.0, 24.0 - house_a))
        assert room.l1 <= left_a + 1e-9
        samples.append((now, left_a))
        # More than was held only if there was room for it all the while.
        if room.l1 > held_a + 1e-9 and now - samples[0][0] >= WINDOW_S:
            since = [left for began, left in samples if began > now - WINDOW_S]
            assert room.l1 <= min(since) + 1e-9
        elif room.l1 > held_a + 1e-9:
            assert room.l1 <= METER.fallback.a  # type: ignore[union-attr]  # it is in amperes
        rooms.append((now, room.l1))
        if follows:
            held_a = room.l1


def test_first_reading_gives_the_benefit_of_doubt_and_raises_nobody() -> None:
    background = Background(WINDOW_S)
    background.read(18.0, 25.0, Explanation(rising_a=16.0), at(0))
    assert background.present_a == 2
    assert background.worst_a == 18
    assert background.patient_a(at(0)) is None
    background.read(18.0, 25.0, Explanation(16.0), at(5))
    assert background.present_a == background.worst_a == 2


def test_vehicles_explain_no_more_than_can_be_mended() -> None:
    background = Background(WINDOW_S)
    background.read(2.0, 10.0, Explanation(), at(0))
    background.read(9.0, 10.0, Explanation(rising_a=32.0), at(1))
    assert background.present_a == 2
    background.read(9.0, 4.0, Explanation(rising_a=32.0), at(2))
    assert background.present_a == 9


def test_who_let_go_and_said_so_may_still_be_in_an_overload() -> None:
    """A kettle, and two cars make room: their stations say it a second before the meter shows it."""
    background = Background(WINDOW_S)
    background.read(23.9, 25.0, Explanation(18.2), at(0))
    background.read(33.9, 25.0, Explanation(18.2), at(10))
    assert background.present_a == pytest.approx(15.7)
    background.read(29.8, 25.0, Explanation(8.3, settling_a=1.1, told_a=10.0), at(11))
    background.read(24.0, 25.0, Explanation(8.3, told_a=10.0), at(12))
    assert background.present_a == pytest.approx(15.7)
    # No meter is later than that.
    background.read(29.8, 25.0, Explanation(8.3, told_a=10.0), at(17))
    assert background.present_a == pytest.approx(21.5)


def test_who_left_by_itself_is_in_no_overload() -> None:
    """A car was unplugged just when the oven was switched on: nobody may count on its share."""
    background = Background(WINDOW_S)
    background.read(23.9, 25.0, Explanation(18.2), at(0))
    background.read(33.9, 25.0, Explanation(8.3), at(1))
    assert background.present_a == pytest.approx(25.6)


def test_step_of_its_own_begins_a_new_minute_for_vehicles_to_speak() -> None:
    background = Background(WINDOW_S)
    background.read(2.0, 25.0, Explanation(), at(0))
    assert background.rising_since(5.0, 0.0, at(10)) == at(10)
    assert background.rising_since(5.5, 0.0, at(12)) == at(10)
    assert background.rising_since(9.0, 0.0, at(14)) == at(14)
    assert background.rising_since(2.0, 0.0, at(15)) is None


@pytest.mark.parametrize("after_s", [0.0, 10.0])
def test_owner_says_how_patient_it_is(after_s: float) -> None:
    household = Household(replace(METER, raise_after_s=after_s), FUSE)
    nobody = PhaseCurrents()
    for second in range(30):
        drawn = exactly(nobody, at(second))
        house = even(20 if second < 15 else 4)
        household.read(MeterReading(at(second), house), drawn, at(second))
        room = household.room(nobody, at(second)).current
        expected_a = 20 if second >= 15 + after_s else 4
        if second >= after_s:
            assert room == even(expected_a)


def test_limit_below_the_background_leaves_nothing() -> None:
    household = Household(METER, replace(FUSE, limit=Current(3.0)))
    household.read(MeterReading(at(0), even(9)), Drawn([], at(0)), at(0))
    assert household.room(even(6), at(0)).current == PhaseCurrents()


def test_a_line_that_has_not_spoken_is_not_held_against_what_cars_draw_now() -> None:
    """Cars that were lowered have said so; the meter's lines show it one after the other."""
    household = Household(METER, FUSE)
    before, after = exactly(even(16), at(0)), exactly(even(10), at(2))
    household.read(MeterReading(at(0), even(26)), before, at(0))
    torn = replace(even(26), l1=20.0)
    household.read(MeterReading(at(2), torn, (Phase.L1,)), after, at(2))
    assert household.room(even(10), at(2)).current == even(10)
    household.read(MeterReading(at(2), even(20)), after, at(2))
    assert household.room(even(10), at(2)).current == even(10)
