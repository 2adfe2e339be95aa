"""Reading the fields of a payload, with the error that OCPP-J has for each way to be wrong (§4.2.3)."""

from datetime import UTC, datetime
from typing import Any, overload

from simulator.ocppj.frames import CallError, Payload

LONGEST_S = 2**31 - 1


def required[T](payload: Payload, name: str, kind: type[T]) -> T:
    """A field that must be there; raises CallError."""
    if name not in payload:
        raise CallError("ProtocolError", f"{name} is missing")
    return _typed(payload[name], name, kind)


@overload
def optional[T](payload: Payload, name: str, kind: type[T]) -> T | None: ...
@overload
def optional[T](payload: Payload, name: str, kind: type[T], default: T) -> T: ...
def optional[T](
    payload: Payload, name: str, kind: type[T], default: T | None = None
) -> T | None:
    """A field that may be absent; raises CallError for a wrong type."""
    return _typed(payload[name], name, kind) if name in payload else default


def choice(payload: Payload, name: str, allowed: tuple[str, ...]) -> str:
    """A field with a closed list of values; raises CallError."""
    value = required(payload, name, str)
    if value not in allowed:
        raise CallError(
            "PropertyConstraintViolation", f"{name} is none of {', '.join(allowed)}"
        )
    return value


def objects(payload: Payload, name: str) -> list[Payload]:
    """A list of objects, which may be absent; raises CallError."""
    items: list[Any] = optional(payload, name, list, [])
    return [_typed(item, name, dict) for item in items]


def plain_items[T](payload: Payload, name: str, kind: type[T]) -> list[T]:
    """A list of plain values, which may be absent; raises CallError."""
    items: list[Any] = optional(payload, name, list, [])
    return [_typed(item, name, kind) for item in items]


def seconds(payload: Payload, name: str) -> int:
    """A span of time, as long as calendars can bear it; raises CallError."""
    value = required(payload, name, int)
    if not 0 <= value <= LONGEST_S:
        raise CallError("PropertyConstraintViolation", f"{name} is out of range")
    return value


def moment(payload: Payload, name: str) -> datetime | None:
    """A timestamp, or None when absent; raises CallError."""
    text = optional(payload, name, str)
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        raise CallError("TypeConstraintViolation", f"{name} is no timestamp") from error


def parse_time(text: str) -> datetime:
    """Read a timestamp; one without an offset is in UTC."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def format_time(at: datetime) -> str:
    """Write a timestamp with milliseconds and Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _typed[T](value: Any, name: str, kind: type[T]) -> T:
    # JSON writes 16 and 16.0 for the same limit, and Python counts True as a number.
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise CallError("TypeConstraintViolation", f"{name} is no {kind.__name__}")
    return value
