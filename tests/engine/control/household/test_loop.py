"""A house whose meter, station and vehicle are late, each in its own way: nothing flaps, and no overload lasts."""

from collections.abc import Callable, Iterator
from itertools import pairwise, product

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.evenload.engine.control.drawn import METER_LAG
from tests.engine.control.household.loop import LIMIT_A, SETTLING_S, Loop, Pace

# A vehicle that was lowered has followed by then, and the meter does not show any more what it drew before.
FOLLOWED_S = SETTLING_S + 2 * int(METER_LAG.total_seconds())

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


@example(pace=Pace(1, 0, 10, 3, 3), steps=[(5, 0.0), (5, 0.0), (5, 10.0), (5, 12.0)])
@example(pace=Pace(1, 0, 10, 3, 8), steps=[(5, 0.0), (26, 0.0), (12, 10.0), (5, 14.0)])
@settings(max_examples=50, deadline=None)
@given(
    pace=st.sampled_from(PACES),
    steps=st.lists(
        st.tuples(st.integers(5, 90), st.floats(-10, 22)),
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
    for risen, lasted in overloads(loop):
        assert lasted <= needed + explained(loop, risen)
    assert max(loop.loads[-100:]) <= 25 + 1e-9


def overloads(loop: Loop) -> Iterator[tuple[int, int]]:
    """Give every overload: when the house last rose in it, or it began, and for how many seconds it went on.

    When the house rises again it begins anew: nobody could have lowered for that before.
    """
    begun: int | None = None
    for second, load_a in enumerate([*loop.loads, 0.0]):
        is_over = load_a > LIMIT_A + 1e-9
        if begun is not None and (not is_over or rises(loop, second)):
            yield begun, second - begun
            begun = None
        if is_over and begun is None:
            begun = second


def explained(loop: Loop, risen: int) -> int:
    """Return for how long some of an overload may look like a vehicle that follows late, as it was told to for an earlier rise.

    So the first answer may be too little, and the next comes when all must have followed. A rise that comes half a
    minute after the last one is told from that.
    """
    if not any(rises(loop, second) for second in range(risen - 24, risen)):
        return 0
    answered = risen + loop.pace.meter + loop.pace.meter_late
    lowered = [
        second
        for second, (was_a, now_a) in enumerate(pairwise(loop.limits), start=1)
        if now_a < was_a and second <= answered
    ]
    return max(0, lowered[-1] + FOLLOWED_S - risen) if lowered else 0


def rises(loop: Loop, second: int) -> bool:
    """Whether everything else in the house begins to draw more."""
    return second > 0 and loop.house(second) > loop.house(second - 1)
