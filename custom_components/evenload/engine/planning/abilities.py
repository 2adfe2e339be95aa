"""What each vehicle may do in each quarter, as its mode, its times and its battery leave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import inf

from ..model.planning import QUARTER, ChargeMode
from .expected import Expected
from .foreseen import after
from .problem import Problem, Wish

_HOUR = timedelta(hours=1)

# Beyond the plan it may not be alone: so much of its power is reckoned with there.
_BEYOND = 0.5

# Modes in which a vehicle charges as soon as it can.
_SOON = frozenset({ChargeMode.FAST, ChargeMode.MINIMUM_SOLAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One vehicle in kW and kWh; of each quarter how many hours it is there, and the most that it may charge.

    In the quarters of `on_surplus` it may have no more than the sun leaves, beside `beside_kw`.
    """

    index: int
    wish: Wish
    hours: tuple[float, ...]
    most_kw: tuple[float, ...]
    least_kw: float
    out_kw: float
    least_out_kw: float
    needs_kwh: float
    room_kwh: float
    # How much of what it has by the end of the plan may be bought later, and no earlier.
    later_kwh: float
    on_surplus: frozenset[int] = frozenset()
    beside_kw: float = 0.0
    soon: bool = False
    # Lines that bound what flows into the battery: at most `at_empty_kw` less `falls` for every kWh in it.
    taper: tuple[tuple[float, float], ...] = ()
    # What it does in each quarter while it is in hand, below 0 out.
    anyway_kw: tuple[float, ...] = ()

    @property
    def quarters(self) -> range:
        """The quarters from its arrival until its departure."""
        there = [quarter for quarter, hours in enumerate(self.hours) if hours > 0]
        return range(there[0], there[-1] + 1) if there else range(0)

    @property
    def spare_kwh(self) -> float:
        """How much may be taken out of its battery; negative is what must come in before anything may."""
        wish = self.wish
        least_wh = wish.minimum_soc_percent / 100 * (wish.capacity_wh or 0.0)
        return ((wish.stored_wh or 0.0) - least_wh) / 1000

    @property
    def has_battery(self) -> bool:
        """Whether what is in its battery decides what it can do."""
        return bool(self.taper) or self.out_kw > 0


def abilities(
    problem: Problem, ahead: Expected, anyway: Sequence[Sequence[float]]
) -> list[Ability]:
    """Return what the vehicles may do, in the order of the wishes, beside what each does `anyway`."""
    return [
        _ability(index, after(wish, ahead, powers), problem, ahead, tuple(powers))
        for index, (wish, powers) in enumerate(zip(problem.wishes, anyway, strict=True))
    ]


def _ability(
    index: int,
    wish: Wish,
    problem: Problem,
    ahead: Expected,
    anyway_kw: tuple[float, ...],
) -> Ability:
    overdue = wish.departs_at is not None and wish.departs_at <= problem.now
    hours = _hours(wish, problem, overdue=overdue)
    most_kw = max(0.0, wish.most_w) / 1000
    surplus = _on_surplus(wish, ahead)
    may = [
        most_kw if there > 0 and wish.mode is not ChargeMode.OFF else 0.0
        for there in hours
    ]
    needs_kwh = wish.needs_wh / 1000
    room_kwh = max(needs_kwh, (wish.room_wh or 0.0) / 1000, 0.0)
    out_kw = 0.0
    if wish.capacity_wh is not None and wish.stored_wh is not None:
        left_kwh = max(0.0, wish.capacity_wh - wish.stored_wh) / 1000
        needs_kwh, room_kwh = min(needs_kwh, left_kwh), min(room_kwh, left_kwh)
        if wish.mode is ChargeMode.PLAN_V2G:
            out_kw = max(0.0, wish.most_discharge_w) / 1000
    taper = _taper(wish)
    least_kw = max(0.0, wish.least_w) / 1000
    if taper and wish.stored_wh is not None:
        # What a nearly full battery takes is what its vehicle draws, however much it is offered.
        full_kwh = wish.stored_wh / 1000 + room_kwh
        takes_kw = min(at - falls * full_kwh for at, falls in taper)
        least_kw = min(least_kw, max(0.0, takes_kw) / wish.efficiency)
    return Ability(
        index=index,
        wish=wish,
        hours=hours,
        most_kw=tuple(may),
        least_kw=least_kw,
        out_kw=out_kw,
        least_out_kw=max(0.0, wish.least_discharge_w) / 1000,
        needs_kwh=needs_kwh,
        # Nobody stops for being full too early: the last quarter with its least need not be needed to its end.
        room_kwh=room_kwh + 0.25 * least_kw * wish.efficiency,
        later_kwh=_later_kwh(wish, problem, needs_kwh),
        on_surplus=surplus,
        beside_kw=most_kw and min(most_kw, least_kw)
        if wish.mode is ChargeMode.MINIMUM_SOLAR
        else 0.0,
        soon=overdue or wish.mode in _SOON,
        taper=taper,
        anyway_kw=anyway_kw,
    )


def _hours(wish: Wish, problem: Problem, *, overdue: bool) -> tuple[float, ...]:
    """Return how many hours of each quarter it is there. Who should have left already is still there."""
    arrives = max(problem.now, wish.arrives_at or problem.now)
    end = problem.start + problem.quarters * QUARTER
    if wish.in_hand is not None:
        freed = end if wish.in_hand.carries_house else wish.in_hand.until
        arrives = max(arrives, freed or arrives)
    departs = end if wish.departs_at is None or overdue else wish.departs_at

    def there(begins: datetime) -> float:
        span = min(begins + QUARTER, departs) - max(begins, arrives)
        return max(0.0, span / _HOUR)

    return tuple(
        there(problem.start + place * QUARTER) for place in range(problem.quarters)
    )


def _on_surplus(wish: Wish, ahead: Expected) -> frozenset[int]:
    """Return the quarters in which a vehicle may have no more than the sun leaves."""
    match wish.mode:
        case ChargeMode.SOLAR | ChargeMode.MINIMUM_SOLAR:
            return frozenset(ahead.quarters)
        case ChargeMode.PRICE_LIMIT:
            limit = inf if wish.price_limit is None else wish.price_limit / ahead.usual
            return frozenset(
                quarter
                for quarter in ahead.quarters
                if not ahead.priced[quarter] or ahead.buy[quarter] > limit + 1e-9
            )
    return frozenset()


def _later_kwh(wish: Wish, problem: Problem, needs_kwh: float) -> float:
    """Return how much can still be charged between the end of the plan and the departure."""
    end = problem.start + problem.quarters * QUARTER
    if wish.departs_at is None or wish.departs_at <= end:
        return 0.0
    hours = (wish.departs_at - end) / _HOUR
    beyond_kwh = _BEYOND * wish.efficiency * wish.most_w / 1000 * hours
    return max(0.0, min(needs_kwh, beyond_kwh))


def _taper(wish: Wish) -> tuple[tuple[float, float], ...]:
    """Return the lines through the taper's points, those that bend down: a plan knows no others."""
    if wish.capacity_wh is None or wish.stored_wh is None or not wish.taper:
        return ()
    most_kw = wish.most_w / 1000 * wish.efficiency
    points = [(0.0, most_kw)]
    for percent, watts in sorted(wish.taper):
        kwh = percent / 100 * wish.capacity_wh / 1000
        point = (kwh, min(most_kw, max(0.0, watts) / 1000))
        while len(points) > 1 and _slope(points[-1], point) >= _slope(*points[-2:]):
            points.pop()
        if kwh > points[-1][0]:
            points.append(point)
    lines = []
    for first, second in pairwise(points):
        falls = -_slope(first, second)
        if falls > 1e-9:
            lines.append((first[1] + falls * first[0], falls))
    return tuple(lines)


def _slope(first: tuple[float, float], second: tuple[float, float]) -> float:
    return (second[1] - first[1]) / max(second[0] - first[0], 1e-9)
