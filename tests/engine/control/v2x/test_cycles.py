"""What goes on and off every few seconds is let go of just before it ends; everything else is followed to its end."""

from datetime import timedelta
from random import Random

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
    dice = Random(1)
    lasting = [int(10 * dice.uniform(0.8, 1.2)) for _ in range(60)]
    found = run(lasting)
    assert found[:2] == [[], []]
    late = [seconds for seconds, one in zip(lasting, found, strict=True) if not one]
    assert len(late) <= 4
    assert all(len(one) <= 5 for one in found)


def test_one_that_is_on_for_the_same_time_each_time_is_followed_almost_to_its_end() -> (
    None
):
    assert run([20] * 40)[-1] == [18, 19]


def test_who_ends_earlier_is_let_go_of_earlier_from_then_on() -> None:
    found = run([10, 10, 10, 8, 8, 8, 8, 8])
    assert found[-1][0] < found[2][0]


def test_who_lasts_longer_is_followed_for_longer_little_by_little() -> None:
    found = run([8, 8] + [12] * 40)
    assert len(found[2]) > len(found[-1])


def test_who_lasts_much_longer_is_let_go_of_once_more_and_then_followed_to_its_end() -> (
    None
):
    let_go = run([8, 8, 120])[-1]
    assert let_go[0] <= 7
    assert let_go[-1] < 30
    assert len(let_go) <= 16


@pytest.mark.parametrize(
    ("lasting", "watts", "gap"),
    [
        # A washing machine: too much would be bought for what is saved.
        ([60] * 5, 2400.0, 60),
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


def test_by_a_slow_meter_more_is_let_go_of_and_earlier() -> None:
    """It shows an end up to a beat late, and what is on for about as long not at all."""

    def run_slow(beats_on: int) -> list[list[float]]:
        house, found = HouseLoad(), list[list[float]]()
        times = ([0.0] * 4 + [1800.0] * beats_on) * 8
        for count, more_w in enumerate([0.0] * 40 + times):
            at = BEGINNING + timedelta(seconds=5 * count)
            house.read(300.0 + more_w, Span(), at)
            if not more_w:
                found.append([])
                continue
            # Between two readings it is looked every second.
            for second in range(5):
                seen_w = house.lasting_w(at + timedelta(seconds=second))
                assert seen_w is not None
                found[-1].append(seen_w)
        return [one for one in found if one]

    oven = run_slow(7)
    assert set(oven[0]) == set(oven[1]) == {2100.0}
    # The last of seven beats, and what the vehicle needs to follow.
    assert oven[2][:24] == [2100.0] * 24
    assert set(oven[2][28:]) == {300.0}
    hob = run_slow(1)
    assert set(hob[0]) == {2100.0}
    assert all(set(one) == {300.0} for one in hob[3:])


def test_two_known_ones_that_begin_in_one_reading_end_one_by_one() -> None:
    cycles, second = Cycles(), 0

    def live(load_w: float, seconds: int) -> list[float]:
        nonlocal second
        found = []
        for _ in range(seconds):
            second += 1
            at = BEGINNING + timedelta(seconds=second)
            cycles.see(BASE_W + load_w, at)
            found.append(cycles.ending_w(at))
        return found

    for watts in (1800.0, 1000.0) * 3:
        live(0.0, 10)
        live(watts, 10 if watts == 1800.0 else 20)
    live(0.0, 10)
    both = live(2800.0, 10)
    assert both[-1] == 1800.0
    assert live(1000.0, 5) == [0.0] * 5


def test_by_a_slow_meter_nothing_hidden_is_followed_where_something_goes_on_and_off() -> (
    None
):
    """What ends as another begins shows no step: of that only what lasts is believed in."""
    house, count = HouseLoad(), 0

    def live(more_w: float) -> float:
        nonlocal count
        count += 1
        at = BEGINNING + timedelta(seconds=5 * count)
        house.read(BASE_W + more_w, Span(), at)
        seen_w = house.lasting_w(at)
        assert seen_w is not None
        return seen_w

    for _ in range(6):
        live(0.0)
        live(1800.0)
    # Several by turns, perhaps; whatever it is, it may end any moment.
    seen = [live(1800.0) for _ in range(5)]
    assert seen == [BASE_W] * 5
    # What was there for as long as this is no part of it.
    seen = [live(1800.0) for _ in range(25)]
    assert seen[-1] == BASE_W + 1800.0
