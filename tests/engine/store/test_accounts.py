"""What a session comes to: energy, own power, cost, and how far each is known."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import Source, Tariff
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.engine.sessions.accounts import (
    Readings,
    account_of,
    cost_of,
)
from custom_components.evenload.engine.sessions.curves import slot_of
from custom_components.evenload.engine.sessions.lateness import Lateness
from custom_components.evenload.engine.sessions.shares import Shares

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
HERE = slot_of(T0.timestamp())
KEY = EvseKey("garage", 1)
HOUR = timedelta(hours=1)


def session(start_wh: float | None = 1000, stop_wh: float | None = 5000) -> Session:
    """An hour at a station."""
    transaction = Transaction(
        *("1", KEY, T0, "card", start_wh, None, T0 + HOUR, T0 + HOUR, "Local"),
        meter_stop_wh=stop_wh,
    )
    return Session(KEY, T0, (transaction,), T0 + HOUR)


@pytest.mark.parametrize(
    ("into_wh", "out_wh", "tariff", "expected"),
    [
        (1000, 0, Tariff(0.3), 0.3),
        (1000, 0, Tariff(None), None),
        # What a roof makes costs what it would have earned.
        (1000, 0, Tariff(0.3, 0.1, own_share=1.0), 0.1),
        (1000, 0, Tariff(0.3, None, own_share=0.5), 0.15),
        (1000, 0, Tariff(-0.05), -0.05),
        # What is fed into the grid earns, what carries the house saves.
        (0, 1000, Tariff(0.3, 0.1), -0.1),
        (0, 1000, Tariff(0.3, 0.1, fed_share=0.0), -0.3),
        (0, 1000, Tariff(None, 0.1, fed_share=0.5), None),
        (0, 0, Tariff(None), 0.0),
    ],
)
def test_a_quarter_hour_costs(
    into_wh: float, out_wh: float, tariff: Tariff, expected: float | None
) -> None:
    assert cost_of(into_wh, out_wh, tariff) == (
        None if expected is None else pytest.approx(expected)
    )


def test_each_quarter_hour_costs_what_held_in_it() -> None:
    prices = (0.1, 0.2, 0.3, 0.4)
    tariffs = {HERE + n: Tariff(one, currency="EUR") for n, one in enumerate(prices)}
    account = account_of(session(), Readings(), tariffs)
    assert account.cost == pytest.approx(1.0)
    assert (account.energy_wh, account.currency) == (4000, "EUR")
    assert account.source is Source.REGISTER
    assert [one.import_wh for one in account.quarters] == pytest.approx([1000] * 4)


def test_what_has_no_price_is_told() -> None:
    account = account_of(session(), Readings(), {HERE: Tariff(0.1)})
    assert (account.cost, account.unpriced_wh) == (pytest.approx(0.1), 3000)
    assert account_of(session(), Readings(), {}).cost is None


def test_a_station_without_a_register_is_added_up() -> None:
    power = [((T0 + n * timedelta(minutes=1)).timestamp(), 3000.0) for n in range(61)]
    for start_wh, stop_wh in ((None, None), (0, 0)):
        account = account_of(session(start_wh, stop_wh), Readings(power=power), {})
        assert account.energy_wh == pytest.approx(3000)
        assert account.source is Source.INTEGRATED


def test_a_register_that_moves_is_one_even_while_it_stands() -> None:
    here = T0.timestamp()
    stood = [(here, 7000.0), (here + 3600, 7000.0)]
    for imported, exported, power_w, expected in (
        (stood, (), 3000.0, Source.INTEGRATED),
        # A meter that starts to count above some current.
        (stood, (), 40.0, Source.REGISTER),
        ([(here - 7200, 6000.0), *stood], (), 3000.0, Source.REGISTER),
        (stood, [(here, 100.0), (here + 3600, 3100.0)], -3000.0, Source.REGISTER),
    ):
        power = [(here + n * 60, power_w) for n in range(61)]
        account = account_of(
            session(7000, 7000), Readings(imported, exported, power), {}
        )
        assert account.source is expected, (imported, exported, power_w)


def test_a_session_of_nothing_comes_to_nothing() -> None:
    account = account_of(Session(KEY, T0), Readings(), {})
    assert (account.energy_wh, account.cost, account.source) == (0, None, None)


def test_the_house_goes_first() -> None:
    shares = Shares()
    at = T0
    for grid_w, vehicles_w in ((0, 4000), (1000, 4000), (6000, 4000), (-2000, -3000)):
        for _ in range(3):
            shares.read(at, grid_w, vehicles_w)
            at += timedelta(seconds=50)
    shares.read(at, 0, 0)
    own, fed = shares.of(HERE)
    assert own == pytest.approx((4 + 3 + 0) / 12)
    assert fed == pytest.approx(2 / 3)
    assert shares.of(HERE + 1) == (None, None)
    shares.forget(HERE + 1)
    assert shares.of(HERE) == (None, None)


def test_a_meter_that_was_silent_says_nothing_of_that_time() -> None:
    shares = Shares()
    shares.read(T0, 0, 4000)
    shares.read(T0 + timedelta(minutes=10), 0, 4000)
    # A clock that was set back is no time either.
    shares.read(T0, 0, 4000)
    assert shares.of(HERE) == (None, None)


@pytest.mark.parametrize(
    ("since_min", "until_min", "told_min", "expected"),
    [
        pytest.param(0, 120, 125, {0: 500, 1: 500}, id="two-hours"),
        pytest.param(30, 90, 185, {0: 500, 1: 500}, id="parts-of-two"),
        pytest.param(60, 150, 151, {1: 667}, id="the-hour-that-runs-is-right"),
        pytest.param(59, 61, 61, {}, id="measured-in-its-rhythm"),
        pytest.param(10, 10, 125, {0: 1000}, id="at-once"),
        pytest.param(10, 40, 45, {}, id="in-time"),
    ],
)
def test_what_is_told_late_is_known_by_its_hours(
    since_min: int, until_min: int, told_min: int, expected: dict[int, float]
) -> None:
    since, until, told = (
        T0 + timedelta(minutes=minutes) for minutes in (since_min, until_min, told_min)
    )
    lateness = Lateness()
    lateness.rose(KEY, 1000.0, since, until, told, exported=False)
    found = {
        (hour - T0) // HOUR: round(wh)
        for one in lateness.take()
        for hour, wh in one.hours.items()
    }
    assert found == expected
    assert lateness.is_empty
