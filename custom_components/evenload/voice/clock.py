"""The words of a time, put together."""

from collections.abc import Iterable
from typing import Any

# Until then the night is that after the evening.
_LAST_HOUR_OF_NIGHT = 5

_PARTS = {"hour", "minute", "half", "day", "point", "shift"}

# Words for a while, as minutes; numbers of hours and minutes; and the half in "two and a half hours".
_WHILE = {"span", "hours", "minutes", "more"}


def with_time(said: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return what was said, with "half past" and "tomorrow morning" worked into hour, minute, half and day.

    "Two hours" become `in_minutes`. A `point` of the day is "12 pm"; a `shift` is in minutes, and there may be several: "five to half past seven".
    """
    slots = dict(said)
    if (_WHILE - {"more"}) & slots.keys():
        return _with_while(slots)
    spoken = {key: slots.pop(key) for key in _PARTS & slots.keys()}
    if not {"hour", "point"} & spoken.keys():
        return slots
    hour, _, half = str(spoken.get("point", "")).partition(" ")
    day, _, of_day = str(spoken.get("day", "")).partition(" ")
    half = half or spoken.get("half") or of_day
    shift = sum(int(value) for key, value in said if key == "shift")
    time = _shifted(
        int(spoken.get("hour", hour or 0)), int(spoken.get("minute", 0)), shift
    )
    return slots | time | _half_and_day(time["hour"], half, day)


def _with_while(slots: dict[str, Any]) -> dict[str, Any]:
    said = {key: float(slots.pop(key)) for key in _WHILE & slots.keys()}
    hours = said.get("hours", 0.0) + said.get("more", 0.0)
    minutes = hours * 60 + said.get("minutes", 0.0) + said.get("span", 0.0)
    return slots | {"in_minutes": round(minutes)}


def _shifted(hour: int, minute: int, shift: int) -> dict[str, int]:
    minutes = hour * 60 + minute + shift
    # A quarter to one is a quarter to thirteen: twelve comes before one on the wall.
    if minutes < 60 and shift < 0:
        minutes += 12 * 60
    hour, minute = divmod(minutes % (24 * 60), 60)
    return {"hour": hour, "minute": minute}


def _half_and_day(hour: int, half: str, day: str) -> dict[str, str]:
    """Return "am" or "pm", and the day; at night it is the one or the other."""
    if half == "night":
        is_early = hour <= _LAST_HOUR_OF_NIGHT or hour == 12
        half = "am" if is_early else "pm"
        # Two o'clock tonight is on another day.
        if is_early and day == "today":
            day = ""
    said = {"half": half, "day": day}
    return {key: value for key, value in said.items() if value}
