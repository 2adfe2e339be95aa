"""Frames of OCPP-J 1.6: call, result and error, as JSON arrays (OCPP-J 1.6 §4.2)."""

from dataclasses import dataclass, field
import json
from typing import Any

type Payload = dict[str, Any]

CALL, RESULT, ERROR = 2, 3, 4


@dataclass(frozen=True, slots=True)
class Call:
    """A request."""

    message_id: str
    action: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a request."""

    message_id: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """The answer to a request that could not be served."""

    message_id: str
    code: str
    description: str = ""
    details: Payload = field(default_factory=dict)


type Frame = Call | Result | ErrorReply


class FrameError(Exception):
    """A text is no frame; nothing can be answered to it."""


class CallError(Exception):
    """A call that ends, or is to be answered, with a CALLERROR."""

    def __init__(
        self, code: str, description: str = "", details: Payload | None = None
    ) -> None:
        """Keep the three parts of the frame."""
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code
        self.description = description
        self.details = details or {}


def encode(frame: Frame) -> str:
    """Write a frame."""
    match frame:
        case Call(message_id, action, payload):
            parts: list[Any] = [CALL, message_id, action, payload]
        case Result(message_id, payload):
            parts = [RESULT, message_id, payload]
        case ErrorReply(message_id, code, description, details):
            parts = [ERROR, message_id, code, description, details]
    return json.dumps(parts, separators=(",", ":"))


def decode(text: str | bytes) -> Frame:
    """Read a frame; raises FrameError."""
    try:
        parts = json.loads(text)
    except ValueError as error:
        raise FrameError(f"no JSON: {error}") from error
    match parts:
        case [2, str(message_id), str(action), dict(payload)]:
            return Call(message_id, action, payload)
        case [3, str(message_id), dict(payload)]:
            return Result(message_id, payload)
        case [4, str(message_id), str(code), *rest]:
            description = rest[0] if rest and isinstance(rest[0], str) else ""
            details = rest[1] if len(rest) > 1 and isinstance(rest[1], dict) else {}
            return ErrorReply(message_id, code, description, details)
        case _:
            raise FrameError("not a call, a result or an error")
