"""Events as a server writes them, for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.evenload.engine.grid.events import GridEvent
from custom_components.evenload.engine.grid.reading import Reader

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SEED = "programme"


def at(hour: float) -> datetime:
    """Return an hour of the day; 24 and more is the next."""
    return NOON + timedelta(hours=hour - 12)


def paper(event_id: str, *intervals: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return an event."""
    return {
        "id": event_id,
        "objectType": "EVENT",
        "programID": "p1",
        "createdDateTime": "2026-11-01T08:00:00Z",
        "modificationDateTime": "2026-11-01T08:00:00Z",
        "intervals": [{"id": number, **one} for number, one in enumerate(intervals)],
        **fields,
    }


def asks(payload: str, *values: Any, **period: Any) -> dict[str, Any]:
    """Return an interval with one payload."""
    interval: dict[str, Any] = {"payloads": [{"type": payload, "values": list(values)}]}
    return interval | ({"intervalPeriod": period} if period else {})


def hours(start: float | None, duration: str | None = None) -> dict[str, Any]:
    """Return an interval period that begins at an hour of the day; None: now."""
    text = "0001-01-01T00:00:00" if start is None else at(start).isoformat()
    return {"start": text} | ({"duration": duration} if duration else {})


def read(
    *papers: dict[str, Any], now: datetime = NOON, **reader: Any
) -> list[GridEvent]:
    """Return events that nothing is wrong with."""
    events, refused = Reader(**reader).events(list(papers), {}, now)
    assert not refused
    return list(events)
