"""Which moment is meant by a time that somebody speaks."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util


def next_time(
    hour: int, minute: int = 0, *, half: str | None = None, either: bool = False
) -> datetime:
    """Return when it is that time next, in UTC.

    `half` is "am" or "pm" where that was said. Where it was not and `either` is true, nine is nine in the morning or in
    the evening, whichever comes first.
    """
    if half and 1 <= hour <= 12:
        hours = [hour % 12 + (12 if half == "pm" else 0)]
    elif either and 1 <= hour <= 12:
        hours = [hour % 12, hour % 12 + 12]
    else:
        hours = [hour % 24]
    now = dt_util.now()
    return min(_next(now, one, minute) for one in hours)


def _next(now: datetime, hour: int, minute: int) -> datetime:
    said = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    # By the clock on the wall: the night in which that is put on or back is an hour shorter or longer.
    moment = said if said > now else said + timedelta(days=1)
    return dt_util.as_utc(moment)
