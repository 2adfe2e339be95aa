"""Progressive filling: max-min fairness on three phases."""

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.balancing.filling import fill
from custom_components.evenload.engine.model.phases import (
    ALL_PHASES,
    Phase,
    PhaseCurrents,
)

L1, L2, L3 = (Phase.L1,), (Phase.L2,), (Phase.L3,)


@pytest.mark.parametrize(
    ("most", "phases", "room", "expected"),
    [
        ({}, {}, (10, 10, 10), {}),
        ({"a": 32, "b": 32}, {"a": ALL_PHASES, "b": ALL_PHASES}, (20, 20, 20), {"a": 10, "b": 10}),
        # What one cannot use goes to the other.
        ({"a": 6, "b": 32}, {"a": ALL_PHASES, "b": ALL_PHASES}, (20, 20, 20), {"a": 6, "b": 14}),
        # Different phases do not compete.
        ({"a": 32, "b": 32}, {"a": L1, "b": L2}, (10, 20, 30), {"a": 10, "b": 20}),
        # A three-phase vehicle is stopped by its fullest phase; who shares only the others goes on.
        ({"a": 32, "b": 32, "c": 32}, {"a": ALL_PHASES, "b": L1, "c": L2}, (10, 25, 25), {"a": 5, "b": 5, "c": 20}),
        ({"a": 32}, {"a": L3}, (0, 0, 0), {"a": 0}),
    ],
)  # fmt: skip  # a table
def test_fill(
    most: dict[str, float],
    phases: dict[str, tuple[Phase, ...]],
    room: tuple[float, float, float],
    expected: dict[str, float],
) -> None:
    """Everyone rises together until a phase is full or each has its most."""
    filled = fill(most, phases, PhaseCurrents(*room))
    assert {name: got.current_a for name, got in filled.items()} == pytest.approx(
        expected
    )


@given(st.data())
def test_fill_is_feasible_and_max_min_fair(data: st.DataObject) -> None:
    """No phase overflows, and who has less than its most sits on a full phase where nobody has more."""
    names = "abcdef"[: data.draw(st.integers(1, 6))]
    most = {name: data.draw(st.floats(0, 40)) for name in names}
    wirings = st.sampled_from([ALL_PHASES, L1, L2, L3, (Phase.L1, Phase.L2)])
    phases = {name: data.draw(wirings) for name in names}
    room = PhaseCurrents(*(data.draw(st.floats(0, 60)) for _ in Phase))
    filled = fill(most, phases, room)
    used = {
        phase: sum(filled[name].current_a for name in names if phase in phases[name])
        for phase in Phase
    }
    for phase in Phase:
        assert used[phase] <= room[phase] + 1e-6
    for name in names:
        got_a = filled[name].current_a
        assert 0 <= got_a <= most[name] + 1e-6
        if got_a < most[name] - 1e-6:
            assert any(
                used[phase] >= room[phase] - 1e-6
                and all(
                    filled[other].current_a <= got_a + 1e-6
                    for other in names
                    if phase in phases[other]
                )
                for phase in phases[name]
            )
