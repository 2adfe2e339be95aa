"""Events of a calendar, whichever integration has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .asking import async_ask
from .trouble import InputState, InputTroubleError


@dataclass(frozen=True, slots=True)
class Event:
    """An event that begins at a moment; one that lasts whole days tells no departure."""

    start: datetime
    title: str


async def async_events(
    hass: HomeAssistant, calendar: str, begin: datetime, end: datetime
) -> list[Event]:
    """Return the events that begin in a span, in order. Raises `InputTroubleError`."""
    if (state := hass.states.get(calendar)) is None:
        raise InputTroubleError(InputState.MISSING, source=calendar)
    if state.state == STATE_UNAVAILABLE:
        raise InputTroubleError(InputState.SILENT, source=state.name)
    answer = await async_ask(
        hass.services.async_call(
            "calendar",
            "get_events",
            {
                "start_date_time": dt_util.as_local(begin).isoformat(),
                "end_date_time": dt_util.as_local(end).isoformat(),
            },
            target={"entity_id": calendar},
            blocking=True,
            return_response=True,
        ),
        state.name,
    )
    told: Any = (answer or {}).get(calendar)
    rows = told.get("events") if isinstance(told, Mapping) else None
    if not isinstance(rows, list):
        raise InputTroubleError(InputState.UNREADABLE, source=state.name)
    found = (_event(row) for row in rows if isinstance(row, Mapping))
    return sorted(
        (event for event in found if event and begin <= event.start < end),
        key=lambda event: event.start,
    )


def _event(row: Mapping[str, Any]) -> Event | None:
    said = str(row.get("start"))
    # Whole days are dates.
    start = dt_util.parse_datetime(said) if ":" in said else None
    if start is None:
        return None
    return Event(dt_util.as_utc(start), str(row.get("summary", "")))
