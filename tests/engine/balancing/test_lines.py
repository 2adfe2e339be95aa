"""Lines: when one is full, for currents in step and for those that are not."""

from cmath import pi, rect

from hypothesis import assume, example, given, strategies as st
import pytest

from custom_components.evenload.engine.balancing.circuits import full_at
from custom_components.evenload.engine.balancing.claims import tenths
from custom_components.evenload.engine.model.limits import ceil_tenths, floor_tenths

AMPERES = st.floats(0.1, 200.0)
ANGLES = st.floats(-pi / 6, pi / 6)


@given(flow=AMPERES, at=ANGLES, rate=st.floats(0.5, 5.0), turn=ANGLES, room=AMPERES)
def test_a_line_is_full_where_the_sum_is_the_room(
    flow: float, at: float, rate: float, turn: float, room: float
) -> None:
    """Up to that moment it fits, and after it does not."""
    assume(flow < room)
    one, other = rect(flow, at), rect(rate, turn)
    moment = full_at(one, other, room)
    assert abs(one + moment * other) == pytest.approx(room)
    assert abs(one + moment * 0.99 * other) <= room


@given(flow=AMPERES, rate=st.floats(0.5, 5.0), room=AMPERES)
def test_in_step_it_is_a_quotient(flow: float, rate: float, room: float) -> None:
    """Real and complex numbers come to the same."""
    assume(flow < room)
    assert full_at(flow, rate, room) == pytest.approx(
        full_at(complex(flow), complex(rate), room)
    )


@pytest.mark.parametrize("room", [-5.0, 3.0])
def test_what_is_too_full_has_no_such_moment(room: float) -> None:
    """Nothing fits where there is less than no room, nor beside too much."""
    assert full_at(4.0, 1.0, room) < 0
    assert full_at(complex(4.0), rect(1.0, 0.5), room) < 0


@given(value=st.floats(-100.0, 100.0))
@example(1.192092896e-07)
@example(2.9999997)
@example(15.8999996185)
def test_tenths_are_those_that_are_sent(value: float) -> None:
    """The fast way agrees with the exact one, also in what it forgives: half a millionth, give or take its own rounding."""
    near = (value - 1e-9, value + 1e-9)
    assert tenths(value) in map(floor_tenths, near)
    assert -tenths(-value) in map(ceil_tenths, near)
