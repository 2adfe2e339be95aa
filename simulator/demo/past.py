"""Two weeks of the home that Home Assistant did not see: a new demo begins with statistics to learn from."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.home import EVENING_LOAD, SOLAR_PEAK_W
from simulator.household import Household, daily_variation
from simulator.outlook import CLOUDED

from .home_assistant import HomeAssistant

type Json = dict[str, Any]

DAYS = 14
PATIENCE_S = 20
HOUR = timedelta(hours=1)
# Its heat pump runs in the evening, and on every third day there was no sun.
EVENING = range(17, 22)


async def remember(home_assistant: HomeAssistant, **sensors: str) -> None:
    """Let Home Assistant remember what its energy sensors would have told; `imported`, `exported` and `made` name them."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [end - ago * HOUR for ago in range(DAYS * 24, 0, -1)]
    told = [_hour(at) for at in hours]
    for name, sensor in sensors.items():
        # The sensors begin at nothing, so the past ends there.
        total_kwh = -sum(hour[name] for hour in told)
        stats: list[Json] = []
        for at, hour in zip(hours, told, strict=True):
            total_kwh += hour[name]
            stats.append({"start": at.isoformat(), "sum": total_kwh})
        await home_assistant.call(
            "recorder/import_statistics",
            metadata={
                "mean_type": 0,
                "has_sum": True,
                "name": None,
                "source": "recorder",
                "statistic_id": sensor,
                "unit_class": "energy",
                "unit_of_measurement": "kWh",
            },
            stats=stats,
        )
    await _is_kept(home_assistant, hours[0], [*sensors.values()])


async def _is_kept(
    home_assistant: HomeAssistant, begin: datetime, sensors: list[str]
) -> None:
    """Wait until the recorder has written it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = await home_assistant.call(
                    "recorder/statistics_during_period",
                    start_time=begin.isoformat(),
                    statistic_ids=sensors,
                    period="hour",
                    types=["change"],
                )
                if all(sensor in found for sensor in sensors):
                    return
                await asyncio.sleep(0.2)


def _hour(at: datetime) -> dict[str, float]:
    """What the meters counted in one hour, in kWh."""
    house = Household(solar_peak_w=SOLAR_PEAK_W)
    middle = at + HOUR / 2
    drawn_w = house.base_w.total * daily_variation(middle)
    if at.hour in EVENING:
        drawn_w += house.appliances[EVENING_LOAD].power_w.total
    sky = CLOUDED if at.toordinal() % 3 == 0 else 1.0
    made_w = house.solar_peak_w * house.sunshine(middle) * sky
    net_w = drawn_w - made_w
    return {
        "imported": max(0.0, net_w) / 1000,
        "exported": max(0.0, -net_w) / 1000,
        "made": made_w / 1000,
    }
