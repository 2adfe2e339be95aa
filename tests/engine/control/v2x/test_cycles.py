"""What goes on and off every few seconds is let go of just before it ends; everything else is followed to its end."""

from datetime import timedelta

import pytest

from custom_components.evenload.engine.control.v2x.cycles import Cycles
from custom_components.evenload.engine.control.v2x.following import (
    BIAS_W,
    HouseLoad,
    Span,
)
from tests.engine.virtual import BEGINNING

BASE_W = 300.0


def run(lasting: list[int], *, watts: float = 1800.0, gap: int = 10) -> list[list[int]]:
    """Return in which seconds of each time that it was on it was let go of."""
    cycles, second, found = Cycles(), 0, []

    def live(load_w: float) -> float:
        nonlocal second
        second += 1
        at = BEGINNING + timedelta(seconds=second)
        cycles.see(load_w, at)
        return cycles.ending_w(at)

    for seconds in lasting:
        for _ in range(gap):
            assert live(BASE_W) == 0.0
        ending = [live(BASE_W + watts) for _ in range(seconds)]
        assert all(one in {0.0, watts} for one in ending)
        found.append([after for after, one in enumerate(ending) if one])
    return found


def test_a_hob_is_let_go_of_before_it_ends_from_the_third_time_on() -> None:
    found = run([10] * 30)
    assert found[:3] == [[], [], [9]]
    too_late = [one for one in found[2:] if not one]
    assert len(too_late) <= 4
    assert all(len(one) <= 2 for one in found)


def test_who_ends_earlier_is_let_go_of_earlier_the_next_time() -> None:
    assert run([10, 10, 8, 8, 10])[-1] == [8, 9]


def test_who_always_lasts_longer_is_followed_for_longer_little_by_little() -> None:
    found = run([8, 8] + [10] * 40)
    assert len(found[2]) == 3
    assert len(found[-1]) < 3


def test_who_lasts_much_longer_is_followed_again() -> None:
    found = run([8, 8, 30])
    assert found[-1] == list(range(7, 17))


@pytest.mark.parametrize(
    ("lasting", "watts", "gap"),
    [
        # An oven: too much would be bought for what is saved.
        ([35] * 5, 2400.0, 60),
        # A small one.
        ([10] * 5, 300.0, 10),
        # A kettle now and then.
        ([10] * 5, 2200.0, 600),
    ],
)
def test_others_are_followed_to_their_end(
    lasting: list[int], watts: float, gap: int
) -> None:
    assert run(lasting, watts=watts, gap=gap) == [[]] * 5


def test_two_that_begin_together_are_told_apart_when_one_ends() -> None:
    cycles = Cycles()
    loads = [300.0] * 5
    for _ in range(2):
        loads += [2100.0] * 9 + [300.0] * 9
    loads += [4500.0] * 9 + [2700.0] * 3
    for second, load_w in enumerate(loads):
        at = BEGINNING + timedelta(seconds=second)
        cycles.see(load_w, at)
    # That of 2400 W, which goes on, is no cycle.
    assert cycles.ending_w(at) == 0.0


def test_an_end_that_is_expected_makes_no_sun() -> None:
    house = HouseLoad()
    loads = [20.0] * 5 + ([1820.0] * 9 + [20.0] * 9) * 2 + [1820.0] * 9
    for second, load_w in enumerate(loads):
        at = BEGINNING + timedelta(seconds=second)
        house.read(load_w, Span(), at)
    assert house.load_w == 1820.0
    lasting_w = house.lasting_w(at)
    assert lasting_w == BIAS_W
    house.forget()
    assert house.lasting_w(at) is None


def test_a_slow_meter_sees_no_cycles() -> None:
    house = HouseLoad()
    loads = ([300.0] * 2 + [2100.0] * 2) * 6
    for count, load_w in enumerate(loads):
        at = BEGINNING + timedelta(seconds=5 * count)
        house.read(load_w, Span(), at)
        assert house.lasting_w(at) == house.load_w
