"""Moments as actions name them."""

from datetime import datetime, timedelta

from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .engine.model.wall_clock import first_shown

ATTR_DURATION = "duration"
ATTR_UNTIL = "until"


def said(call: ServiceCall, name: str) -> datetime | None:
    """Return a moment in UTC; who says no time zone means the one of the house."""
    moment: datetime | None = call.data.get(name)
    if moment is None or moment.tzinfo is not None:
        return None if moment is None else dt_util.as_utc(moment)
    return first_shown(moment.replace(tzinfo=dt_util.get_default_time_zone()))


def said_end(call: ServiceCall, name: str = ATTR_UNTIL) -> datetime | None:
    """Return when something ends, if a time or a duration was said. Raises where that is over."""
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    if duration is not None:
        return dt_util.utcnow() + duration
    until = said(call, name)
    if until is not None and until <= dt_util.utcnow():
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="end_passed",
            translation_placeholders={
                "until": dt_util.as_local(until).isoformat(" ", "minutes")
            },
        )
    return until
