"""When an appliance runs most cheaply: checked against trying every minute."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.model.planning import Series, Span
from custom_components.evenload.engine.planning.windows import cheapest

T0 = datetime(2026, 11, 22, 18, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def hourly(*prices: float | None) -> Series:
    """Return a price for each hour."""
    return Series(T0, tuple(price for price in prices for _ in range(4)))


def at(hours: float) -> datetime:
    """Return a moment so many hours after the first price."""
    return T0 + hours * HOUR


def span(begin: float, end: float) -> Span:
    """Return a time between two hours."""
    return Span(at(begin), at(end))


@pytest.mark.parametrize(
    ("hours", "spans", "price"),
    [
        (1.0, [span(4, 5)], 0.1),
        (2.5, [span(3, 5.5)], pytest.approx(0.172)),
        (1.5, [span(3.5, 5)], pytest.approx(0.14)),
    ],
)
def test_in_one_piece(hours: float, spans: list[Span], price: float) -> None:
    prices = hourly(0.5, 0.1, 0.5, 0.22, 0.1, 0.22, 0.5)
    # The one cheap hour before is too early.
    found = cheapest(prices, at(2), at(7), hours * HOUR)
    assert (list(found.spans), found.price, found.fits) == (spans, price, True)


def test_in_several_pieces() -> None:
    prices = hourly(0.5, 0.1, 0.5, 0.2, 0.1, 0.3)
    found = cheapest(prices, T0, at(6), 2.5 * HOUR, together=False)
    assert list(found.spans) == [span(1, 2), span(3, 3.5), span(4, 5)]
    assert found.price == pytest.approx(0.12)


def test_of_what_costs_the_same_the_first_is_taken() -> None:
    found = cheapest(hourly(0.3, 0.3, 0.3), T0, at(3), HOUR)
    assert list(found.spans) == [span(0, 1)]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    "prices", [None, hourly(), hourly(None, None, 0.1), hourly(0.1, None, None, None)]
)
def test_without_prices_it_is_as_late_as_possible(
    prices: Series | None, together: bool
) -> None:
    found = cheapest(prices, T0, at(5), 1.5 * HOUR, together=together)
    assert (list(found.spans), found.price) == ([span(3.5, 5)], None)


def test_a_gap_is_not_run_through() -> None:
    prices = hourly(0.5, 0.4, 0.1, None, 0.1, 0.5, 0.5)
    found = cheapest(prices, T0, at(7), 2 * HOUR)
    assert list(found.spans) == [span(1, 3)]


def test_where_there_is_not_enough_time_it_is_at_once() -> None:
    found = cheapest(hourly(0.5, 0.1), T0, at(1), 2 * HOUR)
    assert (list(found.spans), found.fits) == ([span(0, 2)], False)


def test_less_than_nothing_is_cheapest() -> None:
    found = cheapest(hourly(0.1, -0.2, 0.0), T0, at(3), HOUR)
    assert (list(found.spans), found.price) == ([span(1, 2)], pytest.approx(-0.2))


@given(
    prices=st.lists(
        st.one_of(st.none(), st.integers(-50, 100)), min_size=1, max_size=12
    ),
    begin=st.integers(-20, 100),
    room=st.integers(1, 200),
    length=st.integers(1, 100),
)
def test_nobody_finds_a_cheaper_minute(
    prices: list[int | None], begin: int, room: int, length: int
) -> None:
    series = Series(T0, tuple(prices))
    earliest, latest = T0 + begin * MINUTE, T0 + (begin + room) * MINUTE
    found = cheapest(series, earliest, latest, length * MINUTE)
    costs = [
        sum(minutes) / length
        for first in range(room - length + 1)
        if None
        not in (
            minutes := [
                series.at(earliest + (first + one) * MINUTE) for one in range(length)
            ]
        )
    ]
    if not costs:
        assert found.price is None
        return
    assert found.price == pytest.approx(min(costs))
    [one] = found.spans
    assert earliest <= one.start
    assert one.end <= latest
    parts = cheapest(series, earliest, latest, length * MINUTE, together=False)
    assert parts.price is not None
    assert parts.price <= found.price + 1e-9
    assert sum((one.end - one.start for one in parts.spans), timedelta()) == length * (
        MINUTE
    )
