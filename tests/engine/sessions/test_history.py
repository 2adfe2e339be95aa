"""A register that is told late, twice or out of order counts the same."""

from datetime import UTC, datetime, timedelta
import json

from hypothesis import given, settings, strategies as st
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from custom_components.evenload.engine.sessions.history import (
    REMEMBERED,
    History,
    begun,
)

T0 = datetime(2026, 6, 1, tzinfo=UTC)
_ENCODER, _DECODER = BasicEncoder(History), BasicDecoder(History)

type Point = tuple[float, float]


def told(points: list[Point], restart: int = -1) -> History:
    """The history after readings, given as (minutes, Wh)."""
    history: History | None = None
    shown_wh = 0.0
    for number, (minutes, wh) in enumerate(points):
        at = T0 + timedelta(minutes=minutes)
        if number == restart and history is not None:
            text = json.dumps(_ENCODER.encode(history.kept()))
            history = _DECODER.decode(json.loads(text))
        history = begun(wh, at) if history is None else history.after(wh, at)
        assert history.total_wh >= shown_wh, "it fell"
        shown_wh = history.total_wh
        assert len(history.readings) <= REMEMBERED
    assert history is not None
    return history


@st.composite
def curves(draw: st.DrawFn) -> list[Point]:
    """Sessions of a register that begins anew with each, or goes on, minutes or hours apart."""
    minutes, wh, points = 0.0, float(draw(st.integers(0, 10**7))), list[Point]()
    restarts = draw(st.booleans())
    for _ in range(draw(st.integers(1, 4))):
        minutes += draw(st.integers(30, 600))
        if restarts:
            wh = 0.0
        points.append((minutes, wh))
        for _ in range(draw(st.integers(3, 12))):
            minutes += draw(st.integers(1, 15))
            wh += draw(st.integers(100, 180))
            points.append((minutes, wh))
    return points


@settings(max_examples=200, deadline=None)
@given(curves(), st.data())
def test_in_any_order_it_comes_to_the_same(
    points: list[Point], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(points), max_size=5))
    shuffled = data.draw(st.permutations([*points, *again]))
    assert told(shuffled).total_wh == told(points).total_wh


@settings(max_examples=200, deadline=None)
@given(curves(), st.data())
def test_a_gap_told_late_counts_after_a_restart(
    points: list[Point], data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, len(points)))
    last = data.draw(st.integers(first, len(points)))
    late = [*points[:first], *points[last:], *points[first:last]]
    restart = data.draw(st.integers(0, len(late)))
    assert told(late, restart).total_wh == told(points).total_wh


def test_a_long_day_is_remembered_by_its_turns() -> None:
    """Two sessions, a reading every ten seconds: the first is told when the second is over."""
    sessions = [
        [(start + n / 6, n * 20.0) for n in range(800)] for start in (0.0, 200.0, 400.0)
    ]
    straight = told([point for session in sessions for point in session])
    late = told([*sessions[0], *sessions[2], *sessions[1]])
    assert late.total_wh == straight.total_wh == 3 * 799 * 20.0
    assert len(late.kept().readings) <= 48


def test_what_is_left_out_does_not_look_like_the_register_coming_back() -> None:
    """A session of more than the lifetime so far: read in one leap, it would be taken for the lifetime again."""
    wh = (0, 122, 1151, 0, 77, 442, 518, 0, 268, 557, 1335, 1800, 1939, 2200)
    minutes = (0, 5, 17, 80, 85, 88, 91, 94, 98, 103, 109, 114, 119, 124)
    points = [*zip(minutes, wh, strict=True)]
    straight, late = told(points), told([*points[:-2], points[-1], points[-2]], 13)
    assert straight.register.total_wh == late.register.total_wh == 1151 + 557 + 1643
