"""From powers in each quarter to a plan as its owner is told it: energy, cost, what will be missing, and when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import add, mul

from ..model.planning import Plan, PlanKind, VehiclePlan
from .abilities import Ability
from .expected import Expected
from .problem import Problem

# Less is nothing: what a solver leaves of a zero, in kW and kWh.
_NOTHING = 1e-4


def plan_of(
    problem: Problem,
    ahead: Expected,
    vehicles: Sequence[Ability],
    powers: Sequence[Sequence[float]],
    kind: PlanKind,
) -> Plan:
    """Return a plan of the kW of each vehicle in each quarter."""
    tidied = [
        [0.0 if abs(power) < _NOTHING else power for power in of_one]
        for of_one in powers
    ]
    # Who leaves within a quarter flows for a part of it.
    means = [
        _energy_kw(vehicle, ahead, of_one)
        for vehicle, of_one in zip(vehicles, tidied, strict=True)
    ]
    all_kw = [sum(of_one[quarter] for of_one in means) for quarter in ahead.quarters]
    base_kw = [ahead.base_kw(quarter) for quarter in ahead.quarters]
    anyway_kw = [
        sum(vehicle.anyway_kw[quarter] for vehicle in vehicles)
        for quarter in ahead.quarters
    ]
    priced = "import_price" not in ahead.without
    told = {
        vehicle.wish.key: _vehicle(problem, ahead, vehicle, of_one, priced=priced)
        for vehicle, of_one in zip(vehicles, tidied, strict=True)
    }
    return Plan(
        made_at=problem.now,
        start=problem.start,
        kind=kind,
        vehicles=told,
        grid_w=tuple(round(1000 * kw, 1) for kw in _sums(base_kw, all_kw)),
        cost=_cost(ahead, _sums(all_kw, anyway_kw), anyway_kw) if priced else None,
        without=ahead.without,
    )


def _sums(first: Sequence[float], second: Sequence[float]) -> list[float]:
    return list(map(add, first, second, strict=True))


def _cost(ahead: Expected, kw: Sequence[float], anyway_kw: Sequence[float]) -> float:
    """Return what these powers cost beside none, in the currency of the prices; so much of them is done anyway."""
    cost = 0.0
    for quarter in ahead.quarters:
        base = ahead.base_kw(quarter) - anyway_kw[quarter]
        for sign, power in ((1, base + kw[quarter]), (-1, base)):
            price = ahead.buy[quarter] if power > 0 else ahead.sell[quarter]
            cost += sign * power * price * ahead.hours[quarter]
    return round(cost * ahead.usual, 4)


def _vehicle(
    problem: Problem,
    ahead: Expected,
    vehicle: Ability,
    powers: Sequence[float],
    *,
    priced: bool,
) -> VehiclePlan:
    wish = vehicle.wish
    added, energy, full_at = 0.0, 0.0, None
    energy += sum(map(mul, vehicle.anyway_kw, ahead.hours, strict=True))
    for quarter, power in enumerate(powers):
        kwh = power * vehicle.hours[quarter]
        energy += kwh
        stores = wish.efficiency if kwh > 0 else 1 / wish.discharge_efficiency
        before, added = added, added + kwh * stores
        if full_at is None and added >= vehicle.needs_kwh - 1e-3:
            full_at = _reached(problem, ahead, vehicle, quarter, before, added)
        elif added < vehicle.needs_kwh - 1e-3:
            full_at = None
    if vehicle.needs_kwh <= 0 and any(vehicle.anyway_kw):
        # It will have what it needs by what it does anyway: who knows when.
        full_at = None
    kw = _sums(_energy_kw(vehicle, ahead, powers), vehicle.anyway_kw)
    missing = max(0.0, vehicle.needs_kwh - vehicle.later_kwh - added)
    return VehiclePlan(
        power_w=tuple(
            round(1000 * power, 1) for power in _sums(powers, vehicle.anyway_kw)
        ),
        cost=_cost(ahead, kw, vehicle.anyway_kw) if priced else None,
        energy_wh=round(1000 * energy, 1),
        shortfall_wh=round(1000 * missing, 1) if missing > _NOTHING else 0.0,
        departs_at=wish.departs_at,
        next_start=_next_start(problem, ahead, kw),
        full_at=full_at,
    )


def _energy_kw(
    vehicle: Ability, ahead: Expected, powers: Sequence[float]
) -> list[float]:
    """Return mean powers over whole quarters: who leaves within one flows for part of it only."""
    return [
        power * vehicle.hours[quarter] / ahead.hours[quarter]
        for quarter, power in enumerate(powers)
    ]


def _reached(
    problem: Problem,
    ahead: Expected,
    vehicle: Ability,
    quarter: int,
    before: float,
    after: float,
) -> datetime:
    """Return when within a quarter the goal is reached."""
    begins = max(
        ahead.moment(quarter), problem.now, vehicle.wish.arrives_at or problem.now
    )
    if after <= before:
        return begins
    part = min(1.0, max(0.0, (vehicle.needs_kwh - before) / (after - before)))
    return begins + part * timedelta(hours=vehicle.hours[quarter])


def _next_start(
    problem: Problem, ahead: Expected, powers: Sequence[float]
) -> datetime | None:
    """Return when it next begins to charge; now, if it charges now."""
    for quarter, power in enumerate(powers):
        if power > 0:
            return max(ahead.moment(quarter), problem.now)
    return None
