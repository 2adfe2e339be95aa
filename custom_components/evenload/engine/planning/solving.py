"""From a problem to a plan: the best, else the best that was found in time, else one made by simple rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Self

from ..model.planning import Plan, PlanKind
from . import highs
from .abilities import Ability, abilities
from .expected import Expected, expected
from .flow import Flow
from .foreseen import foreseen, with_foreseen
from .greedy import greedy
from .highs import Answer
from .limits import Bound, bounds
from .modelling import Modelled, modelled
from .peak import MOST_VEHICLES, PeakSearch, Tried
from .problem import Problem
from .programme import Programme
from .rounding import decided
from .telling import plan_of

# The solver stops when what it has found costs at most so much more of all energy than the best, and of little energy
# much less.
_GAP = 0.003
_EXACTLY_KWH = 200_000.0

# Of what will be missing anyway it need not be known who misses the last of it.
_GAP_MISSING = 0.005

# Starts are not in what the answer is compared with: so many are reckoned with for each vehicle, and so much of all energy.
_STARTS = 2
_NEAR = 0.01

# What costs so much more of all energy must be missing something that it need not.
_FAR = 0.1

# So many switches of a single vehicle are decided without leaving any out.
_FEW_SWITCHES = 144

# Of the time that is left, so much is spent on all switches: something is done afterwards.
_LAST = 0.8

# The solver looks at its clock now and then only, and something is done after it.
_SOLVING = 0.95


def solve(problem: Problem, seconds: float = 5.0) -> Plan:
    """Return the best plan that is found in so many seconds. It takes that long at most, a moment aside."""
    begun = monotonic()
    ahead = expected(problem)
    anyway = foreseen(problem, ahead)
    ahead = with_foreseen(ahead, anyway)
    vehicles = abilities(problem, ahead, anyway)
    limits = bounds(problem, vehicles, ahead)
    found = None
    if vehicles and seconds > 0 and highs.is_there():
        found = _optimise(problem, ahead, vehicles, limits, begun + seconds * _SOLVING)
    if found is None:
        powers = greedy(problem, ahead, vehicles, limits)
        return plan_of(problem, ahead, vehicles, powers, PlanKind.GREEDY)
    return plan_of(problem, ahead, vehicles, *found)


def _optimise(
    problem: Problem,
    ahead: Expected,
    vehicles: Sequence[Ability],
    limits: Sequence[Bound],
    until: float,
) -> tuple[list[list[float]], PlanKind] | None:
    """Return the kW of each vehicle in each quarter, or None where nothing was found in time."""
    model = modelled(problem, ahead, vehicles, limits)
    if not model.programme.low:
        # Nobody may do anything.
        return _powers(model.flows, [], ahead), PlanKind.OPTIMAL
    relaxed = model.solver.relaxed(until - monotonic(), simplify=not model.has_battery)
    if relaxed is None:
        return None
    if not model.programme.whole:
        return _powers(model.flows, relaxed.values, ahead), PlanKind.OPTIMAL
    answer = _by_peak(problem, ahead, vehicles, limits, until) or _decided(
        model, relaxed, problem, until
    )
    if answer is None:
        return None
    return _powers(answer.flows, answer.values, ahead), answer.kind


@dataclass(frozen=True, slots=True)
class _Answered:
    """What was found, of which programme, and how good it is."""

    flows: Sequence[Flow]
    values: Sequence[float]
    kind: PlanKind


def _by_peak(
    problem: Problem,
    ahead: Expected,
    vehicles: Sequence[Ability],
    limits: Sequence[Bound],
    until: float,
) -> _Answered | None:
    """Return an answer whose highest power was chosen first, where it has a price and a few vehicles only charge."""
    gives = any(vehicle.out_kw > 0 for vehicle in vehicles)
    if not problem.outlook.demand_tariffs or gives or len(vehicles) > MOST_VEHICLES:
        return None
    search_until = monotonic() + _LAST * (until - monotonic())
    search = PeakSearch(problem, ahead, vehicles, limits, search_until)

    def decide(tried: Tried) -> Answer | None:
        # What is bad of one power is better of another.
        goal = replace(_Goal.of(tried.model, tried.relaxed, problem), far=inf)
        return _with_switches(tried.model, tried.relaxed, goal, search_until)

    found = search.best(decide)
    if found is None:
        return None
    tried, answer = found
    goal = _Goal.of(tried.model, tried.relaxed, problem)
    return _Answered(tried.model.flows, answer.values, goal.kind(answer))


def _decided(
    model: Modelled, relaxed: Answer, problem: Problem, until: float
) -> _Answered | None:
    """Return an answer in which everything is on or off."""
    goal = _Goal.of(model, relaxed, problem)
    answer = _with_switches(model, relaxed, goal, until)
    if answer is None:
        return None
    settled = model.solver.settled(answer, until - monotonic())
    return _Answered(model.flows, (settled or answer).values, goal.kind(answer))


@dataclass(frozen=True, slots=True)
class _Goal:
    """What an answer may cost: `gap` more than the best is good enough, up to `near` it is as good, beyond `far` it is bad."""

    gap: float
    near: float
    far: float

    @classmethod
    def of(cls, model: Modelled, relaxed: Answer, problem: Problem) -> Self:
        """Measure it by the answer with nothing whole."""
        vehicles = [flow.vehicle for flow in model.flows]
        starts = _STARTS * problem.comfort.start * len(vehicles)
        kwh = sum(max(0.0, vehicle.needs_kwh) for vehicle in vehicles)
        gap = _gap(model.programme, model.flows, relaxed)
        near = relaxed.cost + _NEAR * kwh + starts + 2 * gap
        return cls(gap, near, near + _FAR * kwh)

    def kind(self, answer: Answer) -> PlanKind:
        """Say how good an answer is."""
        is_best = answer.proven or answer.cost <= self.near
        return PlanKind.OPTIMAL if is_best else PlanKind.BEST_FOUND


def _with_switches(
    model: Modelled, relaxed: Answer, goal: _Goal, until: float
) -> Answer | None:
    """Return an answer in which everything is on or off.

    First those switches are left out that are certain enough. Only if that is far from the best all are open: with some
    seventy of three vehicles the solver takes a second then, and finds what is a fiftieth of a percent cheaper.
    """
    solver, flows = model.solver, model.flows
    on: dict[int, float] = {}
    off: dict[int, float] = {}
    if len(flows) > 1 or len(flows[0].charging) > _FEW_SWITCHES:
        known = decided(flows, relaxed)
        on, off = dict.fromkeys(known.on, 1.0), dict.fromkeys(known.off, 0.0)
    found = solver.whole(until - monotonic(), on, off, goal.gap)
    if found is not None and (on or off):
        # Of those that it left out nothing is proven.
        found = replace(found, proven=False)
    if found is not None and (found.proven or found.cost <= goal.far):
        return found
    answer = solver.whole(_LAST * (until - monotonic()), {}, {}, goal.gap)
    both = [one for one in (found, answer) if one is not None]
    return min(both, key=lambda one: one.cost, default=None)


def _gap(programme: Programme, flows: Sequence[Flow], relaxed: Answer) -> float:
    """Return what an answer may cost more than the best: the more there is to do, the less exactly it is done."""
    kwh = max(1.0, sum(max(0.0, flow.vehicle.needs_kwh) for flow in flows))
    missing = sum(
        relaxed.values[column] * programme.cost[column]
        for flow in flows
        for column in flow.missing
    )
    return kwh * min(_GAP, kwh / _EXACTLY_KWH) + _GAP_MISSING * missing


def _powers(
    flows: Sequence[Flow], values: Sequence[float], ahead: Expected
) -> list[list[float]]:
    powers = []
    for flow in flows:
        of_one = [0.0] * len(ahead.hours)
        for quarter, column in flow.charge.items():
            of_one[quarter] += values[column]
        for quarter, column in flow.discharge.items():
            of_one[quarter] -= values[column]
        powers.append(of_one)
    return powers
