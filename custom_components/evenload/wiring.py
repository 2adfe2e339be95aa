"""The wirings of stations, as the forms and the subentries write them."""

from itertools import permutations

from .engine.model.phases import ALL_PHASES, Phase


def _name(wiring: tuple[Phase, ...]) -> str:
    """Return the name of a wiring. "1" and "3" are what the usual ones were called before there were others."""
    if wiring == ALL_PHASES[:1]:
        return "1"
    return "3" if wiring == ALL_PHASES else "_".join(wiring)


# The usual one of each number of phases comes first.
WIRINGS = {
    _name(wiring): wiring
    for count in (1, 2, 3)
    for wiring in permutations(ALL_PHASES, count)
}


def wirings_on(site_phases: tuple[Phase, ...]) -> list[str]:
    """Return the wirings that a site with these phases allows."""
    return [name for name, wiring in WIRINGS.items() if set(wiring) <= set(site_phases)]
