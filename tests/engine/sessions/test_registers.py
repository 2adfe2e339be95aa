"""The energy that the owner sees: never less than before, and what truly flowed."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
import json

from hypothesis import given, settings, strategies as st
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder
import pytest

from custom_components.evenload.engine.model.energy import FLOOR_WH, MAXIMUM_POWER_W
from custom_components.evenload.engine.sessions.registers import Register, first

T0 = datetime(2026, 6, 1, tzinfo=UTC)
_ENCODER, _DECODER = BasicEncoder(Register), BasicDecoder(Register)

type Readings = Iterable[tuple[float, float]]


def shown(readings: Readings) -> list[float]:
    """What is shown after each reading, given as (minutes, Wh); every state survives a restart."""
    register: Register | None = None
    totals = []
    for minutes, wh in readings:
        at = T0 + timedelta(minutes=minutes)
        register = first(wh, at) if register is None else register.after(wh, at)
        assert _DECODER.decode(json.loads(json.dumps(_ENCODER.encode(register)))) == (
            register
        )
        totals.append(register.total_wh)
    assert totals == sorted(totals), "it fell"
    return totals


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-1e6, 1e6), st.floats(-1e12, 1e12) | st.sampled_from([0.0, 1e9])
        ),
        min_size=1,
        max_size=40,
    )
)
def test_it_never_falls_whatever_is_read(readings: list[tuple[float, float]]) -> None:
    shown(readings)


@st.composite
def honest(draw: st.DrawFn, minimum: int = 2) -> list[tuple[float, float]]:
    """A register of whole Wh, sampled whenever; up to the power of the largest outlet."""
    minutes, wh = 0.0, draw(st.integers(0, 10**8))
    readings = [(minutes, float(wh))]
    for _ in range(draw(st.integers(minimum, 20))):
        gap = draw(st.sampled_from([0.0, 0.1, 1.0, 15.0, 600.0, 40_000.0]))
        minutes += gap
        wh += draw(st.integers(0, int(MAXIMUM_POWER_W * gap / 60)))
        readings.append((minutes, float(wh)))
    return readings


@settings(max_examples=200, deadline=None)
@given(honest())
def test_an_honest_register_is_shown_as_it_is(
    readings: list[tuple[float, float]],
) -> None:
    assert shown(readings) == pytest.approx([wh for _, wh in readings])


@settings(max_examples=300, deadline=None)
@given(honest(), st.data())
def test_one_or_two_wrong_readings_cost_nothing(
    readings: list[tuple[float, float]], data: st.DataObject
) -> None:
    """Zero for a moment (Wallbox), or rubbish far above."""
    start = readings[0][1] + FLOOR_WH + 1
    raised = [(minutes, wh + start) for minutes, wh in readings]
    disturbed, seen = [], []
    for n, (minutes, wh) in enumerate(raised):
        for _ in range(data.draw(st.integers(0, 2)) if n else 0):
            wrong = data.draw(st.sampled_from([0.0, 1e13]))
            disturbed.append((raised[n - 1][0], wrong))
        disturbed.append((minutes, wh))
        seen.append(len(disturbed) - 1)
    totals = shown(disturbed)
    assert [totals[n] for n in seen] == pytest.approx([wh for _, wh in raised])


@settings(max_examples=200, deadline=None)
@given(honest(), st.randoms(use_true_random=False))
def test_readings_told_late_change_nothing(
    readings: list[tuple[float, float]], random: object
) -> None:
    told = list(readings)
    for n in range(len(readings) - 1, 0, -1):
        if random.random() < 0.5:
            told.insert(n + 1, random.choice(readings[: n + 1]))
    late = [reading for reading in told if told[0][0] - reading[0] > -40_000]
    assert shown(late)[-1] == pytest.approx(max(wh for _, wh in late))


@st.composite
def sessions(draw: st.DrawFn, least: int, most: int) -> list[list[float]]:
    """The energy of each session, minute by minute, from its start."""
    rises = st.lists(st.integers(least, most), min_size=4, max_size=12)
    return [
        [float(sum(rise[:n])) for n in range(len(rise) + 1)]
        for rise in draw(st.lists(rises, min_size=1, max_size=5))
    ]


@settings(max_examples=300, deadline=None)
@given(sessions(100, 180), st.integers(0, 3000))
def test_a_register_that_begins_anew_with_each_session_goes_on(
    series: list[list[float]], gap: int
) -> None:
    """Vestel: each from zero, sampled from start to end, and longer than the first two samples of the next."""
    minutes, readings = 0.0, []
    for session in series:
        for wh in session:
            readings.append((minutes, wh))
            minutes += 1
        minutes += gap
    assert shown(readings)[-1] == sum(session[-1] for session in series)


@settings(max_examples=300, deadline=None)
@given(
    sessions(0, 360),
    st.integers(2_000, 50_000_000),
    st.integers(0, 600),
    st.integers(1, 5),
    st.booleans(),
)
def test_a_session_in_the_lifetime_register_neither_leaps_nor_falls(
    series: list[list[float]], lifetime: float, gap: int, between: int, rounded: bool
) -> None:
    """ABB: the session's energy while it runs, then the lifetime again, perhaps in tenths of a kWh."""
    minutes, readings, true = 0.0, [(0.0, float(lifetime))], [float(lifetime)]
    for session in series:
        for wh in session:
            minutes += 1
            readings.append((minutes, wh))
            true.append(lifetime + wh)
        lifetime += session[-1]
        for _ in range(between):
            minutes += gap + 1
            readings.append((minutes, round(lifetime, -2) if rounded else lifetime))
            true.append(lifetime)
    slack = 100 * len(series) if rounded else 0.001
    totals = shown(readings)
    assert all(
        total <= energy + slack for total, energy in zip(totals, true, strict=True)
    ), "it leapt"
    assert totals[-1] >= true[-1] - slack, "energy was lost"


@pytest.mark.parametrize(
    ("readings", "totals"),
    [
        # A glitch that lasts, and the true count again: nothing was lost.
        ([(0, 9e6), (1, 0), (2, 0), (3, 0), (4, 0), (5, 9e6 + 300)], 9e6 + 300),
        # A leap that lasts, and the true count again.
        ([(0, 9e6), (1, 4e12), (2, 4e12), (3, 4e12), (4, 9e6 + 300)], 9e6 + 300),
        # Only the start and the stop of each session are told, and each begins at zero.
        ([(0, 0), (60, 9000), (90, 0), (150, 8000), (180, 0), (240, 7000)], 24000),
        # Another meter was built in.
        ([(0, 9e6), (1, 50_000), (2, 50_100), (3, 50_200), (4, 50_300)], 9e6 + 300),
        # A station in 1970, then right, then in 1970 again: the count goes on.
        ([(0, 100), (1, 200), (-3e7, 300), (-2.9e7, 400), (2, 500)], 500),
        # A fast charger, read every quarter of an hour.
        ([(0, 0), (15, 40_000), (30, 90_000)], 90_000),
    ],
)
def test_readings_of_the_field(
    readings: list[tuple[float, float]], totals: float
) -> None:
    assert shown(readings)[-1] == totals
