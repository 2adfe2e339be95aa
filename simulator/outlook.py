"""What a market and a weather service tell the home of coming hours: prices by the hour, and what the roof will make."""

from datetime import UTC, date, datetime, timedelta
import random
from typing import Any

from simulator.household import Household

HOUR = timedelta(hours=1)

# The market tells tomorrow's prices at noon.
TOLD_AT = 12

# Under a cloud a roof makes so much of what it makes in the sun.
CLOUDED = 0.25

# A forecast is so far off, of each hour, at most.
FORECAST_ERROR = 0.1

# What a kWh costs in each hour (UTC), all taxes included: cheap at night, a peak in the morning, next to nothing at
# noon, and a spike in the evening.
USUAL_EUR = (
    *(0.21, 0.20, 0.19, 0.18, 0.19, 0.22),
    *(0.29, 0.34, 0.31, 0.24, 0.14, 0.04),
    *(-0.03, 0.02, 0.11, 0.19, 0.28, 0.47),
    *(0.62, 0.41, 0.32, 0.27, 0.24, 0.22),
)


def prices_view(now: datetime) -> dict[str, Any]:
    """What a kWh costs now, and in every hour that the market has told."""
    days = [now.date()]
    if now.hour >= TOLD_AT:
        days.append(now.date() + timedelta(days=1))
    rows = [
        {"start": (_midnight(day) + hour * HOUR).isoformat(), "price": price}
        for day in days
        for hour, price in enumerate(prices_of(day))
    ]
    return {"price": prices_of(now.date())[now.hour], "prices": rows}


def prices_of(day: date) -> list[float]:
    """The prices of a day's 24 hours, each day somewhat different, and each time the same."""
    chance = random.Random(day.toordinal())
    return [round(usual + chance.uniform(-0.02, 0.02), 4) for usual in USUAL_EUR]


def forecast_view(household: Household, now: datetime) -> dict[str, Any]:
    """What the roof will make in every hour of today and tomorrow, in Wh, as a forecaster sees it."""
    first = _midnight(now.date())
    chance = random.Random(first.toordinal())
    sky = CLOUDED if household.clouded else 1.0
    told: dict[str, int] = {}
    for ahead in range(48):
        begin = first + ahead * HOUR
        made = household.solar_peak_w * household.sunshine(begin + HOUR / 2)
        error = 1 + chance.uniform(-FORECAST_ERROR, FORECAST_ERROR)
        if made > 0:
            told[begin.isoformat()] = round(made * sky * error)
    return {"wh_hours": told}


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
