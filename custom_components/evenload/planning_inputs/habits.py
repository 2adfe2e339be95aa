"""What a house usually draws, learnt from the past by the hour of the week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
import math
from statistics import fmean, median

from ..engine.model.planning import QUARTER, Series
from .quarters import quarter_of

# So many hours of the past are needed before an hour of the day tells anything: three days.
LEAST_HOURS = 72

# Until then the mean of all is expected, from so many on: one alone may be the oven's.
_FEWEST_HOURS = 3

# So many weeks tell what is usual at an hour of the week; with fewer, the same hour of like days tells more.
_LEAST_WEEKS = 3

# What lies further from the median than so many times the usual distance is a holiday, a party or a fault.
_FAR = 5.0
_LEAST_SPREAD_W = 50.0

_WEEKEND = 5

type Hour = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual, in watts, by weekday (0 is Monday) and hour of the clock; the same at all while too little is known."""

    usual_w: Mapping[Hour, float]
    is_learning: bool = False

    def series(self, now: datetime, horizon: timedelta, zone: tzinfo) -> Series:
        """Return what is expected of every quarter from now on."""
        first = quarter_of(now)
        local = (
            (first + place * QUARTER).astimezone(zone)
            for place in range(math.ceil(horizon / QUARTER))
        )
        return Series(
            first,
            tuple(self.usual_w.get((at.weekday(), at.hour)) for at in local),
        )


def first_learnt(past: Mapping[datetime, float]) -> Habits | None:
    """Return what is expected of a house of which these few hours are known: at any time what they come to."""
    if len(past) < _FEWEST_HOURS:
        return None
    watts = usual(past.values())
    every = {(day, hour): watts for day in range(7) for hour in range(24)}
    return Habits(every, is_learning=True)


def learnt(past: Mapping[datetime, float], zone: tzinfo) -> Habits | None:
    """Return the habits of a house that drew these means in these hours; None where there are too few of them."""
    if len(past) < LEAST_HOURS:
        return None
    weekly: dict[Hour, list[float]] = defaultdict(list)
    daily: dict[Hour, list[float]] = defaultdict(list)
    hourly: dict[int, list[float]] = defaultdict(list)
    for at, watts in past.items():
        local = at.astimezone(zone)
        day, hour = local.weekday(), local.hour
        weekly[day, hour].append(watts)
        daily[day >= _WEEKEND, hour].append(watts)
        hourly[hour].append(watts)
    return Habits(
        {
            (day, hour): usual(
                next(
                    known
                    for known in (
                        weekly[day, hour],
                        daily[day >= _WEEKEND, hour],
                        hourly[hour],
                        [*past.values()],
                    )
                    if len(known) >= _LEAST_WEEKS
                )
            )
            for day in range(7)
            for hour in range(24)
        }
    )


def usual(watts: Iterable[float]) -> float:
    """Return the mean of what is not far off; a median alone would not count what happens every other day."""
    known = sorted(watts)
    middle = median(known)
    spread = max(_LEAST_SPREAD_W, median(abs(value - middle) for value in known))
    return max(
        0.0,
        fmean(value for value in known if abs(value - middle) <= _FAR * spread),
    )
