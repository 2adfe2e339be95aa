"""A tariff of two rates, by the clock of the house."""

from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.evenload.planning_inputs.config import TwoRates, outlook_config
from custom_components.evenload.planning_inputs.tariffs import two_rates

NIGHT = TwoRates(high=0.3, low=0.2, low_from=time(23), low_until=time(7))


@pytest.fixture(autouse=True)
async def amsterdam(hass: HomeAssistant) -> None:
    """A home in Amsterdam."""
    await hass.config.async_set_time_zone("Europe/Amsterdam")


def changes(rates: TwoRates, begin: datetime, hours: int) -> list[tuple[str, float]]:
    """Return when each rate begins, as the clock shows it."""
    slots = two_rates(rates, begin, timedelta(hours=hours))
    assert all(slot.end == slot.start + timedelta(minutes=15) for slot in slots)
    return [
        (f"{dt_util.as_local(next(run).start):%a %H:%M}", price)
        for price, run in groupby(slots, key=lambda slot: slot.value)
    ]


def test_over_midnight() -> None:
    assert changes(NIGHT, datetime(2026, 11, 23, 11, tzinfo=UTC), 24) == [
        ("Mon 12:00", 0.3),
        ("Mon 23:00", 0.2),
        ("Tue 07:00", 0.3),
    ]


def test_within_a_day() -> None:
    noon = TwoRates(high=0.3, low=0.2, low_from=time(12, 30), low_until=time(15))
    assert changes(noon, datetime(2026, 11, 23, 9, tzinfo=UTC), 12) == [
        ("Mon 10:00", 0.3),
        ("Mon 12:30", 0.2),
        ("Mon 15:00", 0.3),
    ]


def test_at_weekends() -> None:
    rates = TwoRates(
        high=0.3, low=0.2, low_from=time(23), low_until=time(7), weekend_low=True
    )
    assert changes(rates, datetime(2026, 11, 27, 11, tzinfo=UTC), 72) == [
        ("Fri 12:00", 0.3),
        ("Fri 23:00", 0.2),
        ("Mon 07:00", 0.3),
    ]


@pytest.mark.parametrize(
    ("begin", "hours", "low"),
    [
        # From midnight to midnight of the days on which clocks change, and of one on which they do not.
        (datetime(2026, 3, 28, 23, tzinfo=UTC), 23, 7 * 4),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), 25, 9 * 4),
        (datetime(2026, 11, 22, 23, tzinfo=UTC), 24, 8 * 4),
    ],
)
def test_days_of_92_and_100_quarters(begin: datetime, hours: int, low: int) -> None:
    slots = two_rates(NIGHT, begin, timedelta(hours=hours))
    assert len(slots) == 4 * hours
    assert [slot.value for slot in slots].count(0.2) == low


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        ("07:00:00", "21:00:00", set(range(7, 21))),
        ("22:00:00", "02:00:00", {22, 23, 0, 1}),
        ("00:00:00", "00:00:00", set()),
    ],
)
def test_when_the_highest_power_counts(begins: str, ends: str, hours: set[int]) -> None:
    said: dict[str, Any] = {
        "demand": True,
        "demand_price": 4,
        "demand_from": begins,
        "demand_until": ends,
    }
    demand = outlook_config({"outlook": said}).demand
    assert demand is not None
    assert demand.tariff.hours == hours
