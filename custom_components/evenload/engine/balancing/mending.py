"""Lines before a transformer, where less of one load may be more on the line: what rounding did there is made good."""

from collections.abc import Sequence

from .circuits import TOLERANCE, Line
from .claims import Claim, tenths

_STEP_A = 0.1


def mend(lines: Sequence[Line], claims: Sequence[Claim]) -> None:
    """Lower those that make a line too full, the ones with the most effect first, until none is."""
    hopeless: set[Line] = set()
    while True:
        over = [
            line
            for line in lines
            if line not in hopeless and abs(line.flow) > line.room + TOLERANCE
        ]
        if not over:
            return
        if not _lower(over[0], claims):
            hopeless.add(over[0])


def _lower(line: Line, claims: Sequence[Claim]) -> bool:
    """Lower one claim, to its minimum at least if that will do; return whether there was one."""
    effects = [
        (claim.current_a > claim.least_a, _effect(claim, line), place)
        for place, claim in enumerate(claims)
        if claim.current_a
    ]
    effects = [effect for effect in effects if effect[1] > 0]
    if not effects:
        return False
    above_least, each, place = max(effects)
    claim = claims[place]
    less_a = -tenths(-(abs(line.flow) - max(line.room, 0.0)) / each)
    left_a = tenths(claim.current_a - max(less_a, _STEP_A))
    if left_a < claim.least_a:
        left_a = claim.least_a if above_least else 0.0
    claim.take(left_a - claim.current_a)
    claim.current_a = left_a
    claim.full = line
    return True


def _effect(claim: Claim, line: Line) -> float:
    """Return how much an ampere of a claim makes of what flows on a line."""
    total = abs(line.flow)
    return sum(
        (line.flow.conjugate() * ampere).real / total
        for other, ampere in claim.use.lines
        if other is line
    )
