"""What is expected in each quarter of a plan, with what is not known filled in, and what that leaves of the connection."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from statistics import fmean

from ..model.planning import QUARTER, Series
from .problem import Problem

_DAY = timedelta(days=1)

# How far back a value of the same time of day is looked for.
_DAYS_BACK = 7

# Who believes yesterday's price for tomorrow picks the hours in which it errs: half of what it differs is believed.
_BELIEVED = 0.5

# Energy that costs less, in any currency, is free.
_NO_PRICE = 1e-6

# A kW at the highest costs no more than so many usual kWh: beside what is dearer, prices of energy do not count.
_DEAR = 100.0

# Nothing that can be saved is worth so many times the highest price.
_MISSING = 100.0

# The least energy that a kW at the highest brings, in kWh.
_SHORTEST_PEAK = 0.125


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Each quarter of a plan: how many hours are left of it, prices of a kWh, and kW of house and sun.

    Prices are in units of `usual`, so that what is weighed against them has a size; `priced` is where one is known.
    """

    start: datetime
    hours: tuple[float, ...]
    buy: tuple[float, ...]
    sell: tuple[float, ...]
    priced: tuple[bool, ...]
    house_kw: tuple[float, ...]
    sun_kw: tuple[float, ...]
    usual: float
    # Of a kW more at the highest.
    demand_price: float
    without: tuple[str, ...]
    # What vehicles will do that no plan decides about, below 0 out of them.
    in_hand_kw: tuple[float, ...] = ()

    @property
    def quarters(self) -> range:
        """All quarters of the plan."""
        return range(len(self.hours))

    def base_kw(self, quarter: int) -> float:
        """Return what the connection takes in without any vehicle that is planned for; negative is out."""
        in_hand = self.in_hand_kw[quarter] if self.in_hand_kw else 0.0
        return self.house_kw[quarter] - self.sun_kw[quarter] + in_hand

    def taken_kw(self, quarter: int) -> float:
        """Return what vehicles will take that no plan decides about."""
        return max(0.0, self.in_hand_kw[quarter]) if self.in_hand_kw else 0.0

    def surplus_kw(self, quarter: int) -> float:
        """Return what the house leaves of the sun."""
        return max(0.0, -self.base_kw(quarter))

    def moment(self, quarter: int) -> datetime:
        """Return when a quarter begins."""
        return self.start + quarter * QUARTER

    @property
    def highest(self) -> float:
        """The highest price of all, whichever way, at least the usual one."""
        return max(1.0, *map(abs, self.buy), *map(abs, self.sell))

    @property
    def missing(self) -> float:
        """What a missing kWh costs: more than anything that could be saved by it."""
        return _MISSING * self.highest + self.demand_price / _SHORTEST_PEAK

    @property
    def later(self) -> float:
        """What a kWh will cost beyond the plan: the mean of the cheaper half of what is expected."""
        cheaper = sorted(self.buy)[: max(1, len(self.buy) // 2)]
        return fmean(cheaper)


def expected(problem: Problem) -> Expected:
    """Return what a plan reckons with."""
    outlook, start = problem.outlook, problem.start
    left = (start + QUARTER - problem.now) / timedelta(hours=1)
    known = {
        name: _values(series, problem)
        for name, series in (
            ("import_price", outlook.import_price),
            ("export_price", outlook.export_price),
            ("sun_w", outlook.sun_w),
            ("house_w", outlook.house_w),
        )
    }
    buy = _filled(outlook.import_price, problem, otherwise=1.0, believed=_BELIEVED)
    sell = _filled(outlook.export_price, problem, otherwise=0.0, believed=_BELIEVED)
    sun_w = _filled(outlook.sun_w, problem, otherwise=0.0, mean=False)
    house_w = _filled(outlook.house_w, problem, otherwise=0.0)
    demand = sum(max(0.0, tariff.price) for tariff in outlook.demand_tariffs)
    usual = max(fmean(map(abs, buy)), demand / _DEAR)
    usual = usual if usual > _NO_PRICE else 1.0
    return Expected(
        start=start,
        hours=(left, *(0.25,) * (problem.quarters - 1)),
        buy=tuple(price / usual for price in buy),
        sell=tuple(price / usual for price in sell),
        priced=tuple(value is not None for value in known["import_price"]),
        house_kw=tuple(max(0.0, value) / 1000 for value in house_w),
        sun_kw=tuple(max(0.0, value) / 1000 for value in sun_w),
        usual=usual,
        demand_price=demand / usual,
        without=tuple(
            name
            for name, values in known.items()
            if all(value is None for value in values)
        ),
    )


def each_quarter[T](problem: Problem, of: Callable[[datetime], T]) -> list[T]:
    """Return something for every quarter of a plan."""
    return [of(problem.start + place * QUARTER) for place in range(problem.quarters)]


def _values(series: Series | None, problem: Problem) -> list[float | None]:
    return each_quarter(problem, lambda moment: _at(series, moment))


def _at(series: Series | None, moment: datetime) -> float | None:
    value = None if series is None else series.at(moment)
    return value if value is not None and isfinite(value) else None


def _filled(
    series: Series | None,
    problem: Problem,
    *,
    otherwise: float,
    believed: float = 1.0,
    mean: bool = True,
) -> list[float]:
    """Return a value for every quarter: the known one, else that of the days before as far as it is believed."""
    known = [] if series is None else [_at(series, at) for at in _moments(series)]
    there = [value for value in known if value is not None]
    level = fmean(there) if there and mean else otherwise

    def fill(moment: datetime) -> float:
        if (value := _at(series, moment)) is not None:
            return value
        for days in range(1, _DAYS_BACK + 1):
            if (value := _at(series, moment - days * _DAY)) is not None:
                return level + believed * (value - level)
        return level

    return each_quarter(problem, fill)


def _moments(series: Series) -> list[datetime]:
    return [series.start + place * QUARTER for place in range(len(series.values))]
