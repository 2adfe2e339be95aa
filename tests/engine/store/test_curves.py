"""Readings in any order, with rubbish among them, become energy per quarter hour; the sum is what the transaction came to."""

from itertools import combinations, pairwise, takewhile
from time import perf_counter

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.sessions.curves import (
    _can_follow,
    _longest,
    integral,
    rise,
    rise_of_register,
    slot_of,
)

# The beginning of a quarter hour.
T0 = 1_780_300_800.0
HERE = slot_of(T0)


def by_quarter(slots: dict[int, float]) -> dict[int, float]:
    """Energy by quarter hours from the first on, to the Wh."""
    return {slot - HERE: round(wh) for slot, wh in slots.items()}


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        pytest.param([], {0: 750, 1: 1500, 2: 750}, id="nothing-in-between"),
        pytest.param([(900, 1000)], {0: 1000, 1: 1333, 2: 667}, id="at-a-quarter"),
        pytest.param(
            [(900, 1000), (1200, 0), (1800, 2500)],
            {0: 1000, 1: 1500, 2: 500},
            id="zero-for-a-moment",
        ),
        pytest.param(
            [(900, 1000), (1200, 10**7), (1800, 2500)],
            {0: 1000, 1: 1500, 2: 500},
            id="a-leap",
        ),
        pytest.param(
            [(900, 1000), (1000, 900), (1800, 2500)],
            {0: 1000, 1: 1500, 2: 500},
            id="a-little-back",
        ),
        pytest.param([(2600, 9999)], {0: 750, 1: 1500, 2: 750}, id="after-the-end"),
    ],
)
def test_a_transaction_of_3_kwh(
    read: list[tuple[float, float]], expected: dict[int, float]
) -> None:
    points = [(T0 + at, float(wh)) for at, wh in read]
    slots = rise(T0 + 450, T0 + 2250, 3000.0, points)
    assert by_quarter(slots) == expected
    assert sum(slots.values()) == pytest.approx(3000)


@given(
    st.lists(st.tuples(st.integers(0, 7200), st.integers(-100, 60_000)), max_size=12),
    st.randoms(use_true_random=False),
    st.integers(0, 50_000),
)
def test_order_and_repetition_are_of_no_consequence(
    read: list[tuple[int, int]], random: object, total_wh: int
) -> None:
    points = [(T0 + at, float(wh)) for at, wh in read]
    again = points * 2
    random.shuffle(again)  # type: ignore[attr-defined]  # Hypothesis's random numbers
    slots = rise(T0, T0 + 7200, float(total_wh), points)
    assert rise(T0, T0 + 7200, float(total_wh), again) == slots
    assert sum(slots.values()) == pytest.approx(total_wh, abs=0.01)
    assert all(wh >= 0 for wh in slots.values())


def test_a_clock_that_stood_still_loses_no_energy() -> None:
    assert rise(T0 + 5, T0 + 5, 1200.0, []) == {HERE: 1200.0}


@pytest.mark.parametrize("lost", ["for a moment", "from there on", "before"])
def test_a_month_of_readings_is_made_out_at_once(lost: str) -> None:
    """30 days of two readings in each quarter hour, some of them on another register: 5760 of them, and no minute."""
    count = 30 * 192
    points = [(T0 + 450.0 * n, 5.0 * n) for n in range(count)]
    wrong = {
        "for a moment": range(count // 2, count // 2 + 3),
        "from there on": range(count - count // 3, count),
        "before": range(count // 3),
    }[lost]
    read = [(at, wh + 1e9 * (n in wrong)) for n, (at, wh) in enumerate(points)]
    began = perf_counter()
    slots = rise_of_register(T0, T0 + 450.0 * count, read)
    assert perf_counter() - began < 5
    rest = [wh for n, (_, wh) in enumerate(points) if n not in wrong]
    assert sum(slots.values()) == pytest.approx(rest[-1] - rest[0])


@given(
    st.lists(
        st.tuples(st.integers(0, 3600), st.integers(0, 3000) | st.just(10**6)),
        max_size=9,
    )
)
def test_no_longer_chain_can_be_true(read: list[tuple[int, int]]) -> None:
    """Of all that can be picked of a few readings, the most that follow each other are believed."""
    points = sorted({(T0 + at, float(wh)) for at, wh in read})
    believed = _longest(points)
    assert all(_can_follow(*pair) for pair in pairwise(believed))
    picks = (
        pick
        for count in range(len(points), 0, -1)
        for pick in combinations(points, count)
        if all(_can_follow(*pair) for pair in pairwise(pick))
    )
    most = next(picks, ())
    assert len(believed) == len(most)
    equal = [most, *(pick for pick in takewhile(lambda p: len(p) == len(most), picks))]
    if most:
        least_wh = min(pick[-1][1] - pick[0][1] for pick in equal)
        assert believed[-1][1] - believed[0][1] == least_wh


def test_a_register_counts_from_where_it_stood_before() -> None:
    read = [(T0 - 3600, 500.0), (T0 + 900, 700.0), (T0 + 1800, 1000.0)]
    found = rise_of_register(T0, T0 + 1800, read)
    assert by_quarter(found) == {0: 200, 1: 300}
    # What it showed before is no neighbour of a register that began anew.
    anew = [(T0 - 3600, 90_000.0), (T0 + 60, 0.0), (T0 + 900, 700.0)]
    assert sum(rise_of_register(T0, T0 + 1800, anew).values()) == 700
    assert rise_of_register(T0, T0 + 1800, []) == {}


def test_power_is_added_up_with_its_sign() -> None:
    samples = [(T0 + 60 * minute, 6000.0) for minute in range(16)]
    samples += [(T0 + 960 + 60 * minute, -3000.0) for minute in range(16)]
    energy_in, energy_out = integral(T0, T0 + 1860, samples)
    assert by_quarter(energy_in) == {0: 1500, 1: 25}
    assert by_quarter(energy_out) == {1: 700, 2: 50}


def test_power_says_little_of_a_time_in_which_nobody_measured() -> None:
    samples = [(T0, 11_000.0), (T0 + 3600, 1000.0)]
    energy_in, _ = integral(T0, T0 + 3600, samples)
    assert sum(energy_in.values()) == pytest.approx(1000)
