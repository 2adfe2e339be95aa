"""A house whose meter, station and vehicle are late, each in its own way: nothing flaps, and no overload lasts."""

from collections.abc import Callable
from itertools import groupby, product

from hypothesis import given, settings, strategies as st
import pytest

from tests.engine.control.household.loop import Loop, Pace

PACES = [
    Pace(meter, late, station, offset, vehicle)
    for meter, late, (station, offset), vehicle in product(
        (1, 10), (0, 2), ((10, 3), (30, 5), (60, 17)), (3, 8)
    )
]


def kettle(on: int, off: int, current_a: float = 10.0) -> Callable[[int], float]:
    """Return a house of 4 A with a kettle."""
    return lambda second: 4.0 + (current_a if on <= second < off else 0.0)


@pytest.mark.parametrize("pace", PACES, ids=str)
def test_vehicle_that_fits_is_left_alone(pace: Pace) -> None:
    loop = Loop(lambda second: 4.0, pace).run(600)
    assert loop.changes == [(90, 16.0)]


@pytest.mark.parametrize("pace", PACES, ids=str)
def test_kettle_lowers_once_and_gives_back_once(pace: Pace) -> None:
    loop = Loop(kettle(200, 290), pace).run(700)
    lowered, raised = loop.changes[1:]
    assert lowered[1] == 10.0
    assert lowered[0] <= 200 + pace.meter + pace.meter_late
    assert raised[1] == 16.0
    assert raised[0] >= 290 + 60
    assert loop.truth.beyond_s == 0


@pytest.mark.parametrize("pace", PACES, ids=str)
def test_short_kettles_do_not_make_it_flap(pace: Pace) -> None:
    house = lambda second: 14.0 if 200 <= second < 500 and second % 40 < 20 else 4.0  # noqa: E731  # one rule of this test
    loop = Loop(house, pace).run(800)
    assert [limit_a for _, limit_a in loop.changes] == [16.0, 10.0, 16.0]


@settings(max_examples=50, deadline=None)
@given(
    pace=st.sampled_from(PACES),
    steps=st.lists(
        # One overload at a time: what rises again while a vehicle still follows begins a new one.
        st.tuples(st.integers(25, 90), st.floats(-10, 22)),
        min_size=1,
        max_size=12,
    ),
)
def test_no_overload_lasts_longer_than_it_must(
    pace: Pace, steps: list[tuple[int, float]]
) -> None:
    currents = [4.0] * 95
    for seconds, current_a in steps:
        currents += [current_a] * seconds
    loop = Loop(lambda second: currents[min(second, len(currents) - 1)], pace)
    loop.run(len(currents) + 200)
    # The meter speaks, it is late, the vehicle follows, and its current falls.
    needed = pace.meter + pace.meter_late + pace.vehicle + 5
    assert longest_overload(loop) <= needed
    assert max(loop.loads[-100:]) <= 25 + 1e-9


def longest_overload(loop: Loop) -> int:
    """Return for how many seconds on end the line was above its limit, at the most."""
    runs = groupby(loop.loads, key=lambda load_a: load_a > 25 + 1e-9)
    return max((len(list(run)) for over, run in runs if over), default=0)
