"""Energy that was told late, moved in Home Assistant's long-term statistics to the hours in which it flowed.

A sensor that rises in one leap when a station is back shows all of that in one hour. The sums of the hours before are
raised by what flowed in and before each; from the hour of the leap on they are right already.
"""

import asyncio
from datetime import datetime, timedelta

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    get_metadata,
    statistics_during_period,
)
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.sessions import LateEnergy
from .session_late import waiting_of

HOUR = timedelta(hours=1)

# So long after the leap the recorder has surely written the hours before it.
SETTLED_S = 330.0

# How far before the late hours is looked: mostly something was recorded the day before. Whoever was away for long left
# the last row longer ago; None: wherever it is.
_LOOK_BACK = (timedelta(days=1), timedelta(days=45), None)

# State and sum of each hour.
type Rows = dict[datetime, tuple[float | None, float | None]]


@callback
def async_follow_late_energy(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Correct the statistics when energy was told late, until the entry is unloaded."""
    if "recorder" not in hass.config.components:
        return
    # One after the other: each raises what the one before has left.
    lock = asyncio.Lock()
    waiting = waiting_of(hass, entry.entry_id)

    async def settle(late: LateEnergy) -> None:
        await _settle(hass, late, lock)
        waiting.done(late)

    async def resume() -> None:
        for late in await waiting.earlier():
            await settle(late)

    @callback
    def follow(late: LateEnergy) -> None:
        waiting.add(late)
        entry.async_create_background_task(hass, settle(late), "evenload late energy")

    entry.async_create_background_task(hass, resume(), "evenload late energy")
    entry.async_on_unload(entry.runtime_data.on_late_energy(follow))


async def _settle(hass: HomeAssistant, late: LateEnergy, lock: asyncio.Lock) -> None:
    waits_s = SETTLED_S - (dt_util.utcnow() - late.told_at).total_seconds()
    if waits_s > 0:
        await asyncio.sleep(waits_s)
    async with lock:
        await async_correct(hass, late)


async def async_correct(hass: HomeAssistant, late: LateEnergy) -> None:
    """Raise the sums of the hours in which energy flowed that was told later."""
    statistic_id = _entity_id(hass, late)
    if statistic_id is None or not late.hours:
        return
    start = min(late.hours)
    instance = get_instance(hass)
    known = await instance.async_add_executor_job(
        lambda: get_metadata(hass, statistic_ids={statistic_id})
    )
    if statistic_id not in known:
        # Nothing was recorded so far, so nothing was recorded wrongly.
        return
    unit = known[statistic_id][1]["unit_of_measurement"] or UnitOfEnergy.WATT_HOUR
    rows = await instance.async_add_executor_job(
        _recorded, hass, statistic_id, start, late.told_at
    )
    statistics = corrected(late, rows, unit)
    if statistics:
        async_import_statistics(
            hass,
            StatisticMetaData(
                mean_type=StatisticMeanType.NONE,
                has_sum=True,
                name=None,
                source="recorder",
                statistic_id=statistic_id,
                unit_class=EnergyConverter.UNIT_CLASS,
                unit_of_measurement=unit,
            ),
            statistics,
        )


def _recorded(
    hass: HomeAssistant, statistic_id: str, start: datetime, end: datetime
) -> Rows:
    """Return what was recorded between two moments and, however old it is, the last of before. It blocks."""
    rows: Rows = {}
    for back in _LOOK_BACK:
        found = statistics_during_period(
            hass,
            dt_util.utc_from_timestamp(0) if back is None else start - back,
            end,
            {statistic_id},
            "hour",
            None,
            {"state", "sum"},
        )
        rows = {
            dt_util.utc_from_timestamp(row["start"]): (row.get("state"), row.get("sum"))
            for row in found.get(statistic_id, [])
        }
        if any(at < start and total is not None for at, (_, total) in rows.items()):
            break
    return rows


def corrected(
    late: LateEnergy,
    rows: Rows,
    unit: str,
) -> list[StatisticData]:
    """Return the hours before the leap as they should have been recorded; `rows` are those that were."""
    to_unit = EnergyConverter.converter_factory(UnitOfEnergy.WATT_HOUR, unit)
    start = min(late.hours)
    before = [at for at, row in rows.items() if at < start and row[1] is not None]
    state, total = rows[max(before)] if before else (None, None)
    if total is None:
        # Where nothing is known of before, the first row that is known says where it began.
        within = [hour for hour in sorted(rows) if rows[hour][1] is not None]
        if not within:
            return []
        state, total = rows[within[0]]
    statistics: list[StatisticData] = []
    raised, hour = 0.0, start
    while hour < late.told_at:
        raised += to_unit(late.hours.get(hour, 0.0))
        row_state, row_sum = rows.get(hour, (None, None))
        state = state if row_state is None else row_state
        total = total if row_sum is None else row_sum
        data = StatisticData(start=hour, sum=(total or 0.0) + raised)
        if state is not None:
            data["state"] = state + raised
        statistics.append(data)
        hour += HOUR
    return statistics


def _entity_id(hass: HomeAssistant, late: LateEnergy) -> str | None:
    key = "energy_export" if late.exported else "energy_import"
    return er.async_get(hass).async_get_entity_id(
        SENSOR_DOMAIN, DOMAIN, f"{late.key}_{key}"
    )
