"""The trip-risk budget: how long a breaker bears what, and how strongly that is answered."""

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.control.trip_risk import (
    RECOVERY_S,
    TripRisk,
    Urgency,
)
from tests.engine.control.household.meter import at

LIMIT_A = 100.0

# The table, read anew: amperes on a fuse of 100 A, and the seconds that they may last.
TABLE = [
    (101, 60),
    (113, 60),
    (114, 30),
    (130, 30),
    (131, 15),
    (145, 15),
    (146, 8),
    (200, 8),
    (201, 5),
    (255, 5),
]


@pytest.mark.parametrize("every_s", [1, 5])
@pytest.mark.parametrize(("load_a", "lasts_s"), TABLE)
def test_risk_is_one_after_the_time_of_the_table(
    load_a: float, lasts_s: float, every_s: float
) -> None:
    risk = TripRisk(600)
    second = 0.0
    while second < lasts_s:
        risk.read(load_a, LIMIT_A, at(second))
        assert risk.used_up_at(at(second)) == at(lasts_s)
        second += every_s
    risk.read(load_a, LIMIT_A, at(lasts_s))
    assert risk.risk == pytest.approx(1)
    assert risk.beyond_s == pytest.approx(0, abs=1e-6)
    risk.read(load_a, LIMIT_A, at(lasts_s + 7))
    assert risk.beyond_s == pytest.approx(7)


def test_what_no_breaker_bears_is_answered_at_once() -> None:
    risk = TripRisk(600)
    risk.read(256, LIMIT_A, at(0))
    assert risk.risk == 1
    assert risk.urgency(at(0)) is Urgency.PAUSE
    assert risk.used_up_at(at(0)) == at(0)


def test_short_overloads_add_up_and_are_forgotten_slowly() -> None:
    risk = TripRisk(600)
    for minute in range(6):
        risk.read(140, LIMIT_A, at(60 * minute))
        risk.read(80, LIMIT_A, at(60 * minute + 5))
    # Six times 5 of 15 seconds, with 55 of 300 forgotten between them.
    assert risk.risk == pytest.approx(6 / 3 - 5 * 55 / RECOVERY_S, abs=0.09)
    risk.advance(at(9999))
    assert risk.risk == 0


def test_overload_has_hysteresis() -> None:
    risk = TripRisk(600)
    found = []
    for second, load_a in enumerate((99, 100, 101, 100, 99, 97.9, 99)):
        risk.read(load_a, LIMIT_A, at(second))
        found.append(risk.overload)
    assert found == [False, False, True, True, True, False, False]


def test_motor_that_starts_is_ridden_out_where_there_is_time() -> None:
    risk = TripRisk(600)
    for second in range(5):
        risk.read(80, LIMIT_A, at(second))
    risk.read(125, LIMIT_A, at(5))
    assert risk.urgency(at(5)) is Urgency.RIDE_OUT
    assert risk.changes_at(at(5)) == at(7)
    risk.read(125, LIMIT_A, at(6))
    assert risk.urgency(at(6)) is Urgency.RIDE_OUT
    risk.read(125, LIMIT_A, at(7))
    assert risk.urgency(at(7)) is Urgency.ACT


@pytest.mark.parametrize(("load_a", "every_s"), [(140, 1), (125, 20), (250, 1)])
def test_nothing_is_ridden_out_that_leaves_no_time(
    load_a: float, every_s: float
) -> None:
    risk = TripRisk(600)
    risk.read(80, LIMIT_A, at(0))
    risk.read(80, LIMIT_A, at(every_s))
    risk.read(load_a, LIMIT_A, at(2 * every_s))
    assert risk.urgency(at(2 * every_s)) is Urgency.ACT


def test_used_budget_is_not_risked_for_a_motor() -> None:
    risk = TripRisk(600)
    for second in range(30):
        risk.read(125, LIMIT_A, at(second))
    risk.read(80, LIMIT_A, at(30))
    risk.read(125, LIMIT_A, at(31))
    assert risk.urgency(at(31)) is Urgency.ACT


def test_what_does_not_help_is_insisted_upon_and_then_all_pause() -> None:
    risk = TripRisk(600)
    found: dict[Urgency, int] = {}
    for second in range(40):
        risk.read(125, LIMIT_A, at(second))
        found.setdefault(risk.urgency(at(second)), second)
    assert found == {
        Urgency.RIDE_OUT: 0,
        Urgency.ACT: 2,
        Urgency.INSIST: 15,
        Urgency.PAUSE: 30,
    }
    assert risk.insistence(at(39)) == 2
    risk.read(100, LIMIT_A, at(40))
    assert risk.urgency(at(40)) is Urgency.NONE
    assert risk.insistence(at(40)) == 0


def test_silent_meter_is_not_counted_for_ever() -> None:
    risk = TripRisk(hold_s=10)
    risk.read(105, LIMIT_A, at(0))
    risk.advance(at(1000))
    assert risk.risk == pytest.approx(10 / 60)


def test_clock_that_is_set_back_counts_nothing() -> None:
    risk = TripRisk(600)
    risk.read(125, LIMIT_A, at(1000))
    risk.advance(at(15))
    assert risk.risk == 0
    risk.read(125, LIMIT_A, at(30))
    assert risk.risk == pytest.approx(0.5)


def test_circuit_without_a_limit_bears_nothing() -> None:
    risk = TripRisk(600)
    risk.read(1, 0.0, at(0))
    assert risk.risk == 1
    risk.read(0, 0.0, at(1))
    assert risk.urgency(at(1)) is Urgency.NONE


@given(
    st.lists(st.tuples(st.floats(0.1, 60), st.floats(-100, 400)), max_size=40),
    st.floats(0.1, 0.9),
)
def test_risk_does_not_depend_on_when_one_asks(
    samples: list[tuple[float, float]], part: float
) -> None:
    asked, left = TripRisk(600), TripRisk(600)
    second = 0.0
    for pause_s, load_a in samples:
        asked.read(load_a, LIMIT_A, at(second))
        left.read(load_a, LIMIT_A, at(second))
        asked.advance(at(second + pause_s * part))
        second += pause_s
    asked.advance(at(second))
    left.advance(at(second))
    assert 0 <= left.risk <= 1
    assert asked.risk == pytest.approx(left.risk, abs=1e-4)
    assert asked.beyond_s == pytest.approx(left.beyond_s, abs=1e-2)


@pytest.mark.parametrize(
    ("every_s", "over_s", "ratio"),
    [
        (1, 0, 1.4),
        (1, 5, 1.4),
        (1, 8, 1.3),
        (1, 13, 1.13),
        (10, 0, 1.3),
        (10, 11, 1.13),
        (10, 12, 1.0),
    ],
)
def test_a_start_may_bring_the_line_to_what_there_is_time_for(
    every_s: float, over_s: float, ratio: float
) -> None:
    """A meter that speaks every second shows it in one, vehicles follow in seven: 8 s must be left, or 17."""
    risk = TripRisk(600)
    risk.read(140, LIMIT_A, at(0))
    risk.read(80, LIMIT_A, at(over_s))
    risk.read(80, LIMIT_A, at(over_s + every_s))
    assert risk.start_ratio(at(over_s + every_s)) == ratio
