"""Under a price for the highest power: that power is looked for first, since once it is fixed all else is decided quickly.

Left open, it can be anything between much and little for every switch that may be on, and the solver has to try them all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic

from ..model.planning import DemandTariff
from .abilities import Ability
from .charging import ALL_MISSING
from .demand import pieces, reached_kw, under
from .expected import Expected
from .highs import Answer
from .limits import Bound
from .modelling import Modelled, modelled
from .problem import Problem

# The search begins with all at once, and takes so much of what is above the least that there can be, again and again.
_NEXT = 0.75
_CLOSE_KW = 0.2

# It ends when it has become dearer so many times: below what the least of a vehicle takes there is a step.
_WORSE = 2

# Then it looks half as far on both sides, so many times; with everything whole that takes longer.
_FINER = 4
_FINER_WHOLE = 2

# What cannot be divided may need so much more than what can: this is tried too, in kW.
_ABOVE_KW = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)

# Of more vehicles the divided ones say enough.
MOST_VEHICLES = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """A programme with its highest power fixed, its answer with nothing whole, and what that costs."""

    model: Modelled
    relaxed: Answer
    cost: float


type Decide = Callable[[Tried], Answer | None]


class PeakSearch:
    """Tries highest powers until a moment comes."""

    def __init__(
        self,
        problem: Problem,
        ahead: Expected,
        vehicles: Sequence[Ability],
        limits: Sequence[Bound],
        until: float,
    ) -> None:
        """Have tried none."""
        self._problem, self._ahead = problem, ahead
        self._vehicles, self._limits = vehicles, limits
        self._until = until
        self._tariff: DemandTariff = problem.outlook.demand_tariffs[0]
        self._tried: dict[float, Tried | None] = {}

    def best(self, decide: Decide) -> tuple[Tried, Answer] | None:
        """Return the best answer in which `decide` made everything whole, with the programme that it is of."""
        answers: dict[float, Answer | None] = {}
        cheapest = inf

        def costs(peak_kw: float) -> float:
            nonlocal cheapest
            tried = self._at(peak_kw)
            if tried is None or tried.cost >= cheapest:
                return inf
            if peak_kw not in answers:
                answers[peak_kw] = decide(tried)
            if (answer := answers[peak_kw]) is None:
                return inf
            cost = tried.cost + answer.cost - tried.relaxed.cost
            cheapest = min(cheapest, cost)
            return cost

        low_kw = self._lowest()
        found = {low_kw + above: costs(low_kw + above) for above in _ABOVE_KW}
        best_kw = min(found, key=lambda kw: found[kw])
        best_kw = _finer(costs, best_kw, found[best_kw], _CLOSE_KW, _FINER_WHOLE)
        tried, answer = self._tried.get(best_kw), answers.get(best_kw)
        if tried is None or answer is None:
            return None
        return self._settled(tried, answer)

    @property
    def _least_kw(self) -> float:
        """What the highest power comes to whatever vehicles do."""
        quarters = pieces(
            self._problem, self._ahead.quarters, self._tariff, self._ahead
        )
        base = (self._ahead.base_kw(quarter) for piece in quarters for quarter in piece)
        return max(reached_kw(self._tariff), *base, 0.0)

    def _lowest(self) -> float:
        """Return the highest power that costs least while everything can be divided: farther away it costs more."""
        lowest = self._least_kw
        most = sum(max(one.most_kw, default=0.0) for one in self._vehicles)
        at = best = lowest + most
        worse = 0
        while at > lowest + _CLOSE_KW and worse < _WORSE:
            at = lowest + _NEXT * (at - lowest)
            if self._costs(at) < self._costs(best):
                best, worse = at, 0
            else:
                worse += 1
        step = max(_CLOSE_KW, (1 - _NEXT) * (best - lowest))
        return _finer(self._costs, best, self._costs(best), step, _FINER)

    def _costs(self, peak_kw: float) -> float:
        tried = self._at(peak_kw)
        return inf if tried is None else tried.cost

    def _at(self, peak_kw: float) -> Tried | None:
        if peak_kw not in self._tried:
            self._tried[peak_kw] = self._try(peak_kw)
        return self._tried[peak_kw]

    def _try(self, peak_kw: float) -> Tried | None:
        left_s = self._until - monotonic()
        if left_s <= 0:
            return None
        vehicles = under(
            self._vehicles, self._problem, self._ahead, self._tariff, peak_kw
        )
        model = modelled(
            self._problem, self._ahead, vehicles, self._limits, peak_kw=peak_kw
        )
        relaxed = model.solver.relaxed(left_s, simplify=not model.has_battery)
        if relaxed is None:
            return None
        # Who can do nothing any more is not in the programme, and what is then missing neither.
        missing = sum(
            max(0.0, before.needs_kwh - before.later_kwh) * before.wish.weight
            for before, flow in zip(self._vehicles, model.flows, strict=True)
            if any(before.most_kw) and not flow.charge
        )
        cost = missing * ALL_MISSING * self._ahead.missing
        cost += relaxed.cost - model.connection.anyway
        return Tried(model, relaxed, cost)

    def _settled(self, tried: Tried, answer: Answer) -> tuple[Tried, Answer]:
        """Let go of the highest power again: with the switches as they are it may be a little less."""
        model = tried.model
        low = {model.connection.peaks[0]: reached_kw(self._tariff)}
        settled = model.solver.settled(answer, self._until - monotonic(), low)
        return tried, settled or answer


def _finer(
    costs: Callable[[float], float],
    best: float,
    cost: float,
    step: float,
    times: int,
) -> float:
    """Return the cheapest that is found by looking on both sides, each time half as far."""
    for _ in range(times):
        for near in (best - step, best + step):
            if (of_near := costs(near)) < cost:
                best, cost = near, of_near
        step /= 2
    return best
