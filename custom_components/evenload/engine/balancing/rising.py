"""Progressive filling: all rise together until a line is full or each has its own most (max-min fairness).

Source: Bertsekas and Gallager, Data Networks, 2nd ed., §6.5.2. It holds for currents that add as phasors too, since
what flows on a line only grows with each of them. Stopping somebody makes a line full later, never earlier: a moment
that was computed earlier is looked at again when it comes. Lines before a transformer are looked at whenever anybody
on them begins or stops; there only those stop that make the sum greater.
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
        self._on: dict[Line, list[tuple[_Bundle, complex]]] = {}
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
            for line, ampere in lines:
                self._on.setdefault(line, []).append((bundle, ampere))
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
        touched: dict[Line, None] = {}
        for bundle, claims in end.items():
            bundle.end(claims, level)
            touched.update((line, None) for line, _ in bundle.lines if line.winding)
            for claim in claims:
                claim.current_a, claim.full = claim.use.most_a, claim.use.by
        for bundle, claims in begin.items():
            bundle.begin(claims, level)
            touched.update((line, None) for line, _ in bundle.lines)
        for line in touched:
            self._watch(line)
        return place

    def _watch(self, line: Line) -> float:
        """Remember when a line will be full if all goes on like this; return that level."""
        moment = inf
        if line.rising:
            now = line.flow + self._level * line.rate
            moment = self._level + max(0.0, full_at(now, line.rate, line.room))
            heappush(self._moments, (moment, next(self._number), line))
        return moment

    def _look_at_line(self) -> None:
        """Stop those who fill a line that is full now, or look at it again when it will be."""
        at, _, line = heappop(self._moments)
        self._level = max(at, self._level)
        if self._watch(line) > self._level + _SAME_LEVEL:
            return
        now = line.flow + self._level * line.rate
        on = self._on[line]
        adding = [
            bundle
            for bundle, ampere in on
            if bundle.rising and (now.conjugate() * ampere).real > 0
        ]
        for bundle in adding or [bundle for bundle, _ in on]:
            for claim in bundle.rising:
                claim.current_a = max(
                    claim.current_a, bundle.members[claim] * self._level
                )
            stopped = list(bundle.members)
            bundle.end(stopped, self._level)
            for claim in stopped:
                claim.full = line
            for other, _ in bundle.lines:
                if other.winding:
                    self._watch(other)

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
