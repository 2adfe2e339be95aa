"""The columns and rows of one vehicle: what flows in each quarter, what is in its battery, and what it will miss."""

from collections.abc import Iterator
from math import inf
from statistics import fmean

from .abilities import Ability
from .expected import Expected
from .flow import Flow
from .problem import Comfort, Problem
from .programme import Programme
from .switches import add_switches

# Of those that only take what the sun leaves, or what is cheap, nobody expects that they have all: what they miss costs
# this many times the highest price.
_MISSING_IF_LEFT = 3.0

# Who misses much misses each kWh more, so that what there is not is spread: the price of each sixth.
_SIXTHS = (1.0, 1.06, 1.12, 1.18, 1.24, 1.3)

# What it comes to for who gets nothing at all, in times of that price.
ALL_MISSING = fmean(_SIXTHS)

# A battery that costs 100 for each kWh and bears 2 000 times being emptied loses 0.05 with a kWh, where one costs 0.25.
_WEAR = 0.2

# What waiting until the end of the plan costs those that charge as soon as they can, in the same times for a kWh.
_WAITING = 30.0


def add_vehicle(
    programme: Programme, vehicle: Ability, ahead: Expected, problem: Problem
) -> Flow:
    """Add a vehicle to a programme."""
    comfort = problem.comfort
    flow = Flow(vehicle)
    for quarter in vehicle.quarters:
        if vehicle.most_kw[quarter] > 0:
            flow.charge[quarter] = programme.column(
                vehicle.most_kw[quarter],
                _price_of_time(vehicle, ahead, comfort, quarter),
            )
        if vehicle.out_kw > 0:
            sooner = comfort.hour * quarter * 0.25
            flow.discharge[quarter] = programme.column(
                vehicle.out_kw,
                (_wear(vehicle, ahead) + sooner) * vehicle.hours[quarter],
            )
    add_switches(programme, flow, ahead, problem)
    if vehicle.has_battery:
        _add_battery(programme, flow)
    _add_needs(programme, flow, ahead)
    return flow


def _price_of_time(
    vehicle: Ability, ahead: Expected, comfort: Comfort, quarter: int
) -> float:
    """Return what a kW in a quarter costs beside its price."""
    hours, far = vehicle.hours[quarter], quarter / len(ahead.hours)
    if vehicle.soon:
        # It does not look at prices: what it pays is taken off again.
        return hours * (_WAITING * ahead.highest * far - ahead.buy[quarter])
    sign = -1.0 if vehicle.wish.late else 1.0
    return hours * sign * comfort.hour * quarter * 0.25


def _wear(vehicle: Ability, ahead: Expected) -> float:
    """Return what a kWh at the socket costs the battery that it comes from."""
    wish = vehicle.wish
    wear = _WEAR if wish.wear_per_kwh is None else wish.wear_per_kwh / ahead.usual
    return wear / wish.discharge_efficiency


def _add_battery(programme: Programme, flow: Flow) -> None:
    """Follow what is in the battery: it is never above what there is room for, nor discharged below the minimum."""
    vehicle = flow.vehicle
    wish = vehicle.wish
    stored = (wish.stored_wh or 0.0) / 1000
    floor = -max(vehicle.spare_kwh, 0.0) if vehicle.out_kw > 0 else 0.0
    before: int | None = None
    for quarter in vehicle.quarters:
        added = programme.column(vehicle.room_kwh, low=floor)
        terms = [(added, 1.0)]
        if before is not None:
            terms.append((before, -1.0))
        terms += [(column, -factor) for column, factor in _stored_by(flow, quarter)]
        name = f"{wish.key} at the end of quarter {quarter}"
        programme.row(f"{name} has what was added", terms, low=0.0, high=0.0)
        flow.added[quarter] = added
        if vehicle.spare_kwh < 0 and quarter in flow.discharge:
            _keep_until(programme, flow, quarter)
        for at, falls in vehicle.taper:
            if quarter not in flow.charge:
                continue
            # Half way through the quarter.
            half = [(added, falls / 2)]
            if before is not None:
                half.append((before, falls / 2))
            programme.row(
                f"{name} takes no more",
                [(flow.charge[quarter], wish.efficiency), *half],
                high=max(0.0, at - falls * stored),
            )
        before = added


def _keep_until(programme: Programme, flow: Flow, quarter: int) -> None:
    """Let a vehicle that is below its minimum give nothing before that is reached, and no more than that leaves."""
    if (switch := flow.discharging.get(quarter)) is None:
        programme.high[flow.discharge[quarter]] = 0.0
        return
    programme.row(
        f"{flow.vehicle.wish.key} in quarter {quarter} has its minimum, or gives nothing",
        [(flow.added[quarter], 1.0), (switch, flow.vehicle.spare_kwh)],
        low=0.0,
    )


def _stored_by(flow: Flow, quarter: int) -> Iterator[tuple[int, float]]:
    """Yield the columns of a quarter with the kWh that a unit of each puts into the battery."""
    hours, wish = flow.vehicle.hours[quarter], flow.vehicle.wish
    if quarter in flow.charge:
        yield flow.charge[quarter], hours * wish.efficiency
    if quarter in flow.discharge:
        yield flow.discharge[quarter], -hours / wish.discharge_efficiency


def _add_needs(programme: Programme, flow: Flow, ahead: Expected) -> None:
    """Weigh what will be missing: it is never forbidden, for not everything that is wanted can be had."""
    vehicle = flow.vehicle
    wish = vehicle.wish
    if flow.added:
        delivered = [(flow.added[vehicle.quarters[-1]], 1.0)]
    else:
        delivered = [
            term for quarter in vehicle.quarters for term in _stored_by(flow, quarter)
        ]
        programme.row(f"{wish.key} has room", delivered, high=vehicle.room_kwh)
    needs = vehicle.needs_kwh
    if not delivered or (needs <= 0 and not flow.discharge):
        return
    later = programme.column(vehicle.later_kwh, ahead.later / wish.efficiency)
    # What it has beyond its needs is worth something only if it stays.
    beyond = programme.column(
        inf if wish.departs_at is None and flow.discharge else 0.0,
        -0.9 * ahead.later * wish.discharge_efficiency if ahead.later > 0 else 0.0,
    )
    may_miss = vehicle.on_surplus and not vehicle.soon
    price = _MISSING_IF_LEFT * ahead.highest if may_miss else ahead.missing
    price *= wish.weight
    sixth = max(needs, 0.0) / len(_SIXTHS)
    sixths = [programme.column(sixth, price * times) for times in _SIXTHS]
    # Those who would be discharged below what they must have.
    rest = programme.column(inf, price * _SIXTHS[-1])
    flow.missing = (*sixths, rest)
    programme.row(
        f"{wish.key} has what it needs when it departs",
        [
            *delivered,
            (later, 1.0),
            (beyond, -1.0),
            *((column, 1.0) for column in flow.missing),
        ],
        low=needs,
    )
