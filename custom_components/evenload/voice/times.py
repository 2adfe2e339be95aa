"""Which moment is meant by a time that somebody speaks."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .words import Refusal


def next_time(
    hour: int,
    minute: int = 0,
    *,
    half: str | None = None,
    day: str | None = None,
    either: bool = False,
) -> datetime:
    """Return when it is that time next, in UTC. Raises `Refusal` where it is over on the day that was said.

    `half` is "am" or "pm" and `day` "today" or "tomorrow" where that was said. Where no half was and `either` is true, nine
    is nine in the morning or in the evening, whichever comes first.
    """
    now = dt_util.now()
    # Midnight of today is to come.
    today = day == "today" and hour % 24 > 0
    if half and 1 <= hour <= 12:
        hours = [hour % 12 + (12 if half == "pm" else 0)]
    elif (either or today) and 1 <= hour <= 12:
        hours = [hour % 12, hour % 12 + 12]
    else:
        hours = [hour % 24]
    if day == "tomorrow":
        now = _at(now, 0, 0) + timedelta(days=1, seconds=-1)
    moments = [_next(now, one, minute) for one in hours]
    if today and not (moments := [one for one in moments if _is_on(now, one)]):
        raise Refusal("time_passed")
    return min(moments)


def in_a_while(minutes: int) -> datetime:
    """Return the moment so many minutes from now, in UTC."""
    return dt_util.utcnow() + timedelta(minutes=minutes)


def _next(now: datetime, hour: int, minute: int) -> datetime:
    said = _at(now, hour, minute)
    # By the clock on the wall: the night in which that is put on or back is an hour shorter or longer.
    moment = said if said > now else said + timedelta(days=1)
    return dt_util.as_utc(moment)


def _at(now: datetime, hour: int, minute: int) -> datetime:
    return now.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _is_on(now: datetime, moment: datetime) -> bool:
    return dt_util.as_local(moment).date() == now.date()
