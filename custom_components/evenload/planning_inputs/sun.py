"""What roofs will make, from the forecast providers of the Energy dashboard."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
import math
from typing import Any

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.energy.websocket_api import async_get_energy_platforms
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..engine.model.planning import Series
from .asking import async_ask
from .quarters import Slot, in_order, series
from .trouble import InputState, InputTroubleError

_HOUR = timedelta(hours=1)

# Providers leave out what is dark. Less is missing by day only by mistake.
_NIGHT = timedelta(hours=4)

# In the first and last hour of its day a roof makes no more than this share of what it makes at best: of a day of
# twelve hours, the half-wave of which is told by hours, 13 %, and more where the roof looks east or west.
_DARK = 0.2


async def async_sun(
    hass: HomeAssistant, entry_ids: Iterable[str], now: datetime, horizon: timedelta
) -> Series | None:
    """Return what all roofs together will make, in watts. Raises `InputTroubleError`.

    All of them have to answer: half of the roofs would be taken for all.
    """
    slots: list[list[Slot]] = []
    platforms = await async_get_energy_platforms(hass)
    for entry_id in entry_ids:
        entry = hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.domain not in platforms:
            title = entry.title if entry else entry_id
            raise InputTroubleError(InputState.MISSING, source=title)
        told = await async_ask(platforms[entry.domain](hass, entry_id), entry.title)
        if told is None:
            raise InputTroubleError(InputState.SILENT, source=entry.title)
        found = hours(told, dt_util.get_default_time_zone())
        if not found:
            raise InputTroubleError(InputState.UNREADABLE, source=entry.title)
        slots.append(found)
    return together([series(found, now, horizon) for found in slots])


def hours(told: object, zone: tzinfo) -> list[Slot]:
    """Return the mean power of every hour of a forecast, in watts; the dark is 0.

    As in the Energy dashboard a number is the energy of the hour that its time lies in, and several of one hour are added.
    """
    wh: Any = told.get("wh_hours") if isinstance(told, Mapping) else None
    if not isinstance(wh, Mapping):
        return []
    energies: dict[datetime, float] = defaultdict(float)
    told_at = [
        (moment, float(value))
        for key, value in wh.items()
        if (moment := dt_util.parse_datetime(str(key))) is not None
        and isinstance(value, (int, float))
        and math.isfinite(value)
    ]
    moments = in_order((moment for moment, _ in told_at), zone)
    for moment, (_, value) in zip(moments, told_at, strict=True):
        energies[_hour_of(moment, zone)] += max(0.0, value)
    return _with_nights([Slot(at, energies[at], at + _HOUR) for at in sorted(energies)])


def _hour_of(moment: datetime, zone: tzinfo) -> datetime:
    """Return the beginning of the hour, as clocks here show it."""
    local = moment.astimezone(zone)
    past = timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return moment - past


def _with_nights(slots: list[Slot]) -> list[Slot]:
    """Fill the nights between days, and those before the first and after the last, where they begin or end in the dark."""
    if not slots:
        return []
    first, last = slots[0], slots[-1]
    dark_w = _DARK * max(slot.value for slot in slots)
    spans = [
        (before.start + _HOUR, after.start)
        for before, after in pairwise(slots)
        if after.start - before.start > _NIGHT
    ]
    if first.value <= dark_w:
        spans.append((_midnight(first.start), first.start))
    if last.value <= dark_w:
        spans.append((last.start + _HOUR, _midnight(last.start, days=1)))
    nights = (Slot(begin, 0.0, end) for begin, end in spans if begin < end)
    return [*slots, *nights]


def _midnight(moment: datetime, days: int = 0) -> datetime:
    day = dt_util.as_local(moment).date() + timedelta(days=days)
    return dt_util.as_utc(dt_util.start_of_local_day(day))


def together(found: Iterable[Series | None]) -> Series | None:
    """Return the sum of several series from the same moment on, as far as all of them are known."""
    known = [one for one in found if one is not None]
    if not known:
        return None
    values = tuple(
        None
        if any(value is None for value in of_quarter)
        else sum(_numbers(of_quarter))
        for of_quarter in zip(*(one.values for one in known), strict=False)
    )
    return Series(known[0].start, values) if values else None


def _numbers(values: Iterable[float | None]) -> Iterable[float]:
    return (value for value in values if value is not None)


async def async_found_forecasts(hass: HomeAssistant) -> dict[str, str]:
    """Return the entries that tell forecasts, with their names; those that the Energy dashboard uses come first."""
    platforms = await async_get_energy_platforms(hass)
    used = await async_used_forecasts(hass)
    entries = [
        entry
        for domain in platforms
        for entry in hass.config_entries.async_entries(domain)
    ]
    entries.sort(key=lambda entry: (entry.entry_id not in used, entry.title))
    return {entry.entry_id: entry.title for entry in entries}


async def async_used_forecasts(hass: HomeAssistant) -> list[str]:
    """Return the entries whose forecasts the Energy dashboard shows."""
    data = (await async_get_manager(hass)).data
    sources: Iterable[Mapping[str, Any]] = data["energy_sources"] if data else ()
    return [
        entry_id
        for source in sources
        if source["type"] == "solar"
        for entry_id in source.get("config_entry_solar_forecast") or ()
    ]
