"""The wirings of stations, as the forms and the subentries write them."""

from itertools import combinations, permutations

from .engine.model.phases import ALL_PHASES, Phase


def _name(wiring: tuple[Phase, ...]) -> str:
    """Return the name of a wiring. "1" and "3" are what the usual ones were called before there were others."""
    if wiring == ALL_PHASES[:1]:
        return "1"
    return "3" if wiring == ALL_PHASES else "_".join(wiring)


# Between two lines, with nothing to neutral: it does not matter which of them is called first.
BETWEEN_LINES = {f"between_{_name(pair)}": pair for pair in combinations(ALL_PHASES, 2)}

# The usual one of each number of phases comes first.
TO_NEUTRAL = {
    _name(wiring): wiring
    for count in (1, 2, 3)
    for wiring in permutations(ALL_PHASES, count)
}

WIRINGS = TO_NEUTRAL | BETWEEN_LINES


def wirings_on(
    site_phases: tuple[Phase, ...], *, split_phase: bool = False
) -> list[str]:
    """Return the wirings that a site with these phases allows: on split phase, one line or between the two."""
    return [
        name
        for name, wiring in WIRINGS.items()
        if set(wiring) <= set(site_phases)
        and not (split_phase and name in TO_NEUTRAL and len(wiring) > 1)
    ]
