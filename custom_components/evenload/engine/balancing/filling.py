"""Progressive filling: everyone rises together until a phase is full or each has its own most (max-min fairness).

Source: Bertsekas and Gallager, Data Networks, 2nd ed., §6.5.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..model.phases import Phase, PhaseCurrents

_EPSILON_A = 1e-9


@dataclass(frozen=True, slots=True)
class Filled:
    """What one member got, in amperes per phase, and the phase that stopped it (None: its own most)."""

    current_a: float
    phase: Phase | None


def fill(
    most_a: Mapping[str, float],
    phases: Mapping[str, tuple[Phase, ...]],
    room: PhaseCurrents,
) -> dict[str, Filled]:
    """Share the room among members that each use the same current on all of their phases.

    `most_a` is each member's own most, `phases` the grid phases each is on, both by name.
    """
    level_a = 0.0
    rising = dict(most_a)
    filled: dict[str, Filled] = {}
    left = room
    while rising:
        users = {
            phase: count
            for phase in Phase
            if (count := sum(phase in phases[name] for name in rising))
        }
        fullest = min(users, key=lambda phase: left[phase] / users[phase])
        step_a = max(
            0.0, min(left[fullest] / users[fullest], min(rising.values()) - level_a)
        )
        level_a += step_a
        for phase, count in users.items():
            left = left.on(phase, left[phase] - count * step_a)
        for name, stopped_by in _stopped(
            rising, phases, left, level_a, fullest
        ).items():
            filled[name] = Filled(level_a, stopped_by)
            del rising[name]
    return filled


def _stopped(
    rising: Mapping[str, float],
    phases: Mapping[str, tuple[Phase, ...]],
    left: PhaseCurrents,
    level_a: float,
    fullest: Phase,
) -> dict[str, Phase | None]:
    """Return who rises no more: those that have their own most, and those on a full phase."""
    done: dict[str, Phase | None] = {}
    for name, most in rising.items():
        if most - level_a <= _EPSILON_A:
            done[name] = None
            continue
        full = next(
            (phase for phase in phases[name] if left[phase] <= _EPSILON_A), None
        )
        if full is not None:
            done[name] = full
    if not done:
        # Rounding left a crumb on the fullest phase; its users are done all the same.
        done = {name: fullest for name in rising if fullest in phases[name]}
    return done
