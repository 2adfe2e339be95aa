"""Times and durations as OpenADR writes them (RFC 3339, ISO 8601)."""

from datetime import UTC, datetime, timedelta
import re
from typing import Final

# "P9999Y" stands for without end (OpenADR 3.1 user guide, 7.3): long enough for us, and far from the end of the calendar.
FOREVER: Final = timedelta(days=36500)

_DURATION = re.compile(
    r"(?P<sign>[-+]?)P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_SECONDS: Final = {
    "years": 365 * 86400.0,
    "months": 30 * 86400.0,
    "weeks": 7 * 86400.0,
    "days": 86400.0,
    "hours": 3600.0,
    "minutes": 60.0,
    "seconds": 1.0,
}
# What begins in the year 1 begins now.
_BEGINNING = re.compile(r"0001-01-01(T00:00(:00(\.0+)?)?)?(Z|[-+]\d\d:?\d\d)?")
# So far from today nobody means what they write, and sums of times stay within the calendar.
_YEARS: Final = range(1970, 3000)


class Malformed(ValueError):
    """Something in an event is not what the specification says; the text says what."""


def duration_of(text: object) -> timedelta:
    """Return a duration, at most `FOREVER`. Raises `Malformed`."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise Malformed(f"{text!r} is not a duration")
    parts = match.groupdict()
    seconds = sum(float(parts[name] or 0) * each for name, each in _SECONDS.items())
    if parts["sign"] == "-":
        seconds = -seconds
    longest = FOREVER.total_seconds()
    return timedelta(seconds=max(-longest, min(longest, seconds)))


def is_now(text: object) -> bool:
    """Whether a start says "now" or "right after what is before"."""
    return isinstance(text, str) and _BEGINNING.fullmatch(text) is not None


def time_of(text: object) -> datetime:
    """Return a moment; one without a zone is in UTC. Raises `Malformed`."""
    try:
        if not isinstance(text, str):
            raise Malformed(f"{text!r} is not a time")
        at = datetime.fromisoformat(text)
    except ValueError as err:
        raise Malformed(f"{text!r} is not a time") from err
    if at.year not in _YEARS:
        raise Malformed(f"{text!r} is not a time")
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
