"""A plan by simple rules, for where there is no solver or it found nothing in time: the most urgent first, each in its cheapest quarters."""

from collections.abc import Sequence

from .abilities import Ability
from .expected import Expected
from .limits import Bound
from .problem import Problem

# Less is not worth a switch, in kW.
_NOTHING = 1e-6


def greedy(
    problem: Problem,
    ahead: Expected,
    vehicles: Sequence[Ability],
    limits: Sequence[Bound],
) -> list[list[float]]:
    """Return the kW of each vehicle in each quarter. Nothing is discharged."""
    left = _Left(problem, ahead, vehicles, limits)
    for vehicle in sorted(vehicles, key=_laxity):
        needs = vehicle.needs_kwh - vehicle.later_kwh
        for quarter in _best_first(vehicle, ahead):
            if needs <= _NOTHING:
                break
            hours = vehicle.hours[quarter]
            stored = hours * vehicle.wish.efficiency
            if (power := left.room_kw(vehicle, quarter)) <= 0 or stored <= 0:
                continue
            power = min(power, max(vehicle.least_kw, needs / stored))
            power = min(power, _room(vehicle, left, quarter) / stored)
            if power < vehicle.least_kw or power <= _NOTHING:
                continue
            left.take(vehicle, quarter, power)
            needs -= power * stored
    return left.powers


def _room(vehicle: Ability, left: _Left, quarter: int) -> float:
    """Return what its battery still has room for, in kWh, and takes by then."""
    del quarter
    added = sum(
        power * hours * vehicle.wish.efficiency
        for power, hours in zip(left.powers[vehicle.index], vehicle.hours, strict=True)
    )
    return vehicle.room_kwh - added


def _laxity(vehicle: Ability) -> tuple[bool, float, int]:
    """Return who comes first: who charges at once, then who has least time to spare."""
    may_miss = bool(vehicle.on_surplus) and not vehicle.soon
    most = max(vehicle.most_kw, default=0.0) * vehicle.wish.efficiency
    needs = vehicle.needs_kwh / most if most else 0.0
    return may_miss, sum(vehicle.hours) - needs, vehicle.index


def _best_first(vehicle: Ability, ahead: Expected) -> list[int]:
    """Return the quarters in which it may charge, the cheapest first."""
    sign = -1 if vehicle.wish.late else 1

    def price(quarter: int) -> tuple[float, int]:
        if vehicle.soon:
            return 0.0, quarter
        sunny = ahead.surplus_kw(quarter) >= max(vehicle.least_kw, 0.5)
        return ahead.sell[quarter] if sunny else ahead.buy[quarter], sign * quarter

    return sorted(
        (quarter for quarter in vehicle.quarters if vehicle.most_kw[quarter] > 0),
        key=price,
    )


class _Left:
    """What is left of all limits while vehicles take their shares."""

    def __init__(
        self,
        problem: Problem,
        ahead: Expected,
        vehicles: Sequence[Ability],
        limits: Sequence[Bound],
    ) -> None:
        self.powers = [[0.0] * len(ahead.hours) for _ in vehicles]
        self._bounds: list[list[tuple[float, list[float]]]] = [[] for _ in vehicles]
        for limit in limits:
            room = list(limit.room)
            for index, weight in limit.weights.items():
                self._bounds[index].append((weight, room))
        self._surplus = [ahead.surplus_kw(quarter) for quarter in ahead.quarters]
        caps = [
            None
            if problem.import_cap_w is None
            else problem.import_cap_w.at(ahead.moment(quarter))
            for quarter in ahead.quarters
        ]
        self._caps = [
            None if cap is None else max(0.0, cap / 1000 - ahead.base_kw(quarter))
            for quarter, cap in enumerate(caps)
        ]

    def room_kw(self, vehicle: Ability, quarter: int) -> float:
        """Return the most that a vehicle could still draw in a quarter."""
        power = vehicle.most_kw[quarter]
        for weight, room in self._bounds[vehicle.index]:
            if weight > 0:
                power = min(power, room[quarter] / weight)
        if (cap := self._caps[quarter]) is not None:
            power = min(power, cap)
        if quarter in vehicle.on_surplus:
            power = min(power, vehicle.beside_kw + self._surplus[quarter])
        return power

    def take(self, vehicle: Ability, quarter: int, power: float) -> None:
        """Let a vehicle have so much."""
        self.powers[vehicle.index][quarter] = power
        for weight, room in self._bounds[vehicle.index]:
            room[quarter] -= weight * power
        if (cap := self._caps[quarter]) is not None:
            self._caps[quarter] = cap - power
        if quarter in vehicle.on_surplus:
            above = max(0.0, power - vehicle.beside_kw)
            self._surplus[quarter] -= above
