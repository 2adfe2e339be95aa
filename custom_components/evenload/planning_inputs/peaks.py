"""The highest power that the grid connection has come to in a month, from the statistics of the Energy dashboard."""

from collections.abc import Mapping
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..engine.model.planning import DemandTariff
from .house_load import async_grid_imports, async_statistics


async def async_reached_w(
    hass: HomeAssistant, tariff: DemandTariff, now: datetime
) -> float:
    """Return the highest mean power of an hour of this month in which the tariff counts; 0 where nobody knows.

    The highest of a quarter of an hour is at least that.
    """
    if "recorder" not in hass.config.components:
        return 0.0
    month = dt_util.start_of_local_day(dt_util.as_local(now).replace(day=1))
    imports = await async_grid_imports(hass)
    rows = await async_statistics(hass, imports, "change", dt_util.as_utc(month))
    return highest_w(rows, tariff)


def highest_w(
    rows: Mapping[str, Mapping[datetime, float]], tariff: DemandTariff
) -> float:
    """Return the highest sum of energies of an hour in which a tariff counts, in watts."""
    hours: dict[datetime, float] = {}
    for energies in rows.values():
        for at, energy_wh in energies.items():
            hours[at] = hours.get(at, 0.0) + energy_wh
    return max((wh for at, wh in hours.items() if counts(tariff, at)), default=0.0)


def counts(tariff: DemandTariff, at: datetime) -> bool:
    """Whether power counts at a moment, by the clock of the house."""
    local = dt_util.as_local(at)
    return (not tariff.hours or local.hour in tariff.hours) and (
        not tariff.weekdays or local.weekday() in tariff.weekdays
    )
