"""Progressive filling: all rise together until a line is full or each has its own most (max-min fairness).

Source: Bertsekas and Gallager, Data Networks, 2nd ed., §6.5.2. It holds for currents that add as phasors too, since
what flows on a line only grows with each of them. Stopping somebody makes a line full later, never earlier: a moment
that was computed earlier is looked at again when it comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import inf

from .circuits import Line, Lines, full_at
from .claims import Claim, tenths

# Levels that differ by less are one.
_SAME_LEVEL = 1e-9


@dataclass(slots=True, eq=False)
class _Bundle:
    """Claims that flow through the same lines in the same way, and so change them together."""

    lines: Lines
    # Those that have not reached their end, with their weight, and whether they rise already.
    members: dict[Claim, float] = field(default_factory=dict)
    rising: set[Claim] = field(default_factory=set)

    def begin(self, claims: Sequence[Claim], level: float) -> None:
        """Let claims rise from now on."""
        self.rising.update(claims)
        self._change(sum(self.members[claim] for claim in claims), len(claims), level)

    def end(self, claims: Sequence[Claim], level: float) -> None:
        """Let claims stay where they are."""
        rising = [claim for claim in claims if claim in self.rising]
        self._change(-sum(self.members[claim] for claim in rising), -len(rising), level)
        self.rising.difference_update(rising)
        for claim in claims:
            del self.members[claim]

    def _change(self, weight: float, number: int, level: float) -> None:
        """Change what flows as a function of the level, so that it is the same at this one."""
        for line, ampere in self.lines:
            line.flow -= weight * level * ampere
            line.rising += number
            line.rate = line.rate + weight * ampere if line.rising else 0.0


class _Rise:
    """One filling. The level of a claim is its current divided by its weight."""

    def __init__(self, claims: Sequence[Claim], *, weighted: bool) -> None:
        self._bundles: dict[int, _Bundle] = {}
        self._on: dict[Line, list[_Bundle]] = {}
        self._level = 0.0
        # Ties are broken by number, for lines and claims know no order.
        self._number = count()
        self._moments: list[tuple[float, int, Line]] = []
        self._steps: list[tuple[float, int, Claim, bool]] = []
        for claim in claims:
            if claim.current_a < claim.use.most_a:
                self._join(claim, max(claim.demand.weight, 1e-3) if weighted else 1.0)
            else:
                claim.full = claim.use.by
        self._steps.sort()

    def _join(self, claim: Claim, weight: float) -> None:
        lines = claim.use.lines
        bundle = self._bundles.get(id(lines))
        if bundle is None:
            bundle = self._bundles[id(lines)] = _Bundle(lines)
            for line, _ in lines:
                self._on.setdefault(line, []).append(bundle)
        bundle.members[claim] = weight
        number = next(self._number)
        self._steps.append((claim.current_a / weight, number, claim, True))
        self._steps.append((claim.use.most_a / weight, number, claim, False))

    def run(self) -> None:
        """Fill until nobody rises any more."""
        place = 0
        while place < len(self._steps) or self._moments:
            at = self._steps[place][0] if place < len(self._steps) else inf
            if self._moments and self._moments[0][0] < at:
                self._look_at_line()
            else:
                self._level = at
                place = self._step(place, at)

    def _step(self, place: int, level: float) -> int:
        """Begin and end whoever does at this level; return the place after them."""
        begin: dict[_Bundle, list[Claim]] = {}
        end: dict[_Bundle, list[Claim]] = {}
        while place < len(self._steps) and self._steps[place][0] == level:
            _, _, claim, begins = self._steps[place]
            bundle = self._bundles[id(claim.use.lines)]
            if claim in bundle.members:
                (begin if begins else end).setdefault(bundle, []).append(claim)
            place += 1
        for bundle, claims in end.items():
            bundle.end(claims, level)
            for claim in claims:
                claim.current_a, claim.full = claim.use.most_a, claim.use.by
        touched: dict[Line, None] = {}
        for bundle, claims in begin.items():
            bundle.begin(claims, level)
            touched.update(dict.fromkeys(line for line, _ in bundle.lines))
        for line in touched:
            moment = full_at(line.flow, line.rate, line.room)
            heappush(self._moments, (max(moment, level), next(self._number), line))
        return place

    def _look_at_line(self) -> None:
        """Stop everybody on a line that is full now, or look at it again when it will be."""
        at, number, line = heappop(self._moments)
        if not line.rising:
            return
        level = max(at, self._level)
        moment = full_at(line.flow, line.rate, line.room)
        if moment > level + _SAME_LEVEL:
            heappush(self._moments, (moment, number, line))
            return
        self._level = level
        for bundle in self._on[line]:
            for claim in bundle.rising:
                claim.current_a = max(claim.current_a, bundle.members[claim] * level)
            stopped = list(bundle.members)
            bundle.end(stopped, level)
            for claim in stopped:
                claim.full = line

    def round_down(self, claims: Sequence[Claim]) -> None:
        """Give back what is less than a tenth of an ampere."""
        crumbs: dict[int, float] = {}
        for claim in claims:
            if (whole_a := tenths(claim.current_a)) != claim.current_a:
                place = id(claim.use.lines)
                crumbs[place] = crumbs.get(place, 0.0) + claim.current_a - whole_a
                claim.current_a = whole_a
        for place, crumb_a in crumbs.items():
            for line, ampere in self._bundles[place].lines:
                line.flow -= crumb_a * ampere


def rise(claims: Sequence[Claim], *, weighted: bool = False) -> None:
    """Raise those that have their minimum from what they have, all alike or in proportion to their weights."""
    filling = _Rise(claims, weighted=weighted)
    filling.run()
    filling.round_down(claims)
