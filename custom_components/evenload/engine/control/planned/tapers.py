"""How the power falls with which a nearly full battery charges: no vehicle says how its own does."""

from itertools import pairwise

# State of charge in %, and the most power as a part of what would fill the battery in an hour. From the times that a
# vehicle of 77 kWh takes on a fast charger: 7.4 min from 80 to 90 %, 21.6 min from there until it is full
# (https://chargecalcs.com/blog/why-ev-charging-slows-down, Ioniq 5); home chargers meet it in the last percents only.
_USUAL = ((80.0, 1.0), (90.0, 0.5), (100.0, 0.05))


def usual_taper(
    capacity_wh: float, most_w: float, until_wh: float
) -> tuple[tuple[float, float], ...]:
    """Return pairs (state of charge in %, most watts into the battery), or none where a vehicle never meets them.

    `most_w` goes into the battery at most; `until_wh` it may hold in the end.
    """
    points = tuple((percent, part * capacity_wh) for percent, part in _USUAL)
    bend = _bend(points, most_w)
    if until_wh <= bend / 100 * capacity_wh:
        return ()
    after = ((percent, watts) for percent, watts in points if percent > bend)
    return ((bend, min(most_w, points[0][1])), *after)


def _bend(points: tuple[tuple[float, float], ...], most_w: float) -> float:
    """Return from which state of charge on a battery takes less than a power, in %."""
    first, full_w = points[0]
    if most_w >= full_w:
        return first
    for (before, above_w), (after, below_w) in pairwise(points):
        if most_w >= below_w:
            return before + (after - before) * (above_w - most_w) / (above_w - below_w)
    return points[-1][0]
