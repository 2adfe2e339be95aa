"""When vehicles leave: as an entity says, on the days of a week, or before an event of a calendar."""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from .calendars import async_events
from .trouble import InputState, InputTroubleError
from .vehicle_config import DepartureConfig

# Every day of a week, where no day was named.
_DAYS = frozenset(range(7))

# What can tell a departure.
DOMAINS = ("datetime", "input_datetime", "sensor", "time")

# A vehicle that leaves later than this is not planned for yet.
AHEAD = timedelta(days=7)


async def async_departure(
    hass: HomeAssistant, config: DepartureConfig, now: datetime
) -> datetime | None:
    """Return when the vehicle leaves next, whichever source says so first; None where none does.

    Raises `InputTroubleError` where one of them cannot be read and no other knows a departure.
    """
    found: list[datetime] = []
    trouble: InputTroubleError | None = None
    if config.at is not None:
        found.append(weekly(config.at, config.days, now))
    try:
        if config.entity is not None:
            found.append(of_entity(hass, config.entity, now))
    except InputTroubleError as err:
        trouble = err
    try:
        if config.calendar is not None:
            events = await async_events(hass, config.calendar, now, now + AHEAD)
            word = config.word.casefold()
            found += (
                event.start - config.lead
                for event in events
                if word in event.title.casefold()
            )
    except InputTroubleError as err:
        trouble = err
    ahead = [moment for moment in found if moment > now]
    if not ahead and trouble:
        raise trouble
    return min(ahead, default=None)


def weekly(at: time, days: Collection[int], now: datetime) -> datetime:
    """Return the next time at which the clock shows this on one of the days."""
    wanted = days or _DAYS
    local = dt_util.as_local(now)
    return next(
        moment
        for ahead in range(8)
        for day in [local.date() + timedelta(days=ahead)]
        if day.weekday() in wanted
        for moment in [
            dt_util.as_utc(datetime.combine(day, at, dt_util.get_default_time_zone()))
        ]
        if moment > now
    )


def of_entity(hass: HomeAssistant, entity_id: str, now: datetime) -> datetime:
    """Return when the vehicle leaves as an entity says it: a moment, or a time of day.

    Raises `InputTroubleError`: it is not there, says nothing or no time, or one that is over.
    """
    if (state := hass.states.get(entity_id)) is None:
        raise InputTroubleError(InputState.MISSING, source=entity_id)
    if state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        raise InputTroubleError(InputState.SILENT, source=state.name)
    moment = _moment(state, now)
    if moment is None:
        raise InputTroubleError(InputState.UNREADABLE, source=state.name)
    if moment <= now:
        raise InputTroubleError(InputState.OVER, source=state.name)
    return moment


def _moment(state: State, now: datetime) -> datetime | None:
    if ":" not in state.state:
        # A date alone.
        return None
    if (moment := dt_util.parse_datetime(state.state)) is not None:
        # Helpers show their own clock.
        return dt_util.as_utc(moment)
    clock = dt_util.parse_time(state.state)
    return None if clock is None else weekly(clock, (), now)
