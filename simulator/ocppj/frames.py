"""Frames of OCPP-J: call, result and error, and since 2.1 send and result error, as JSON arrays (OCPP-J 1.6 §4.2, 2.1 §4.2)."""

from dataclasses import dataclass, field
import json
from typing import Any

type Payload = dict[str, Any]

CALL, RESULT, ERROR, RESULT_ERROR, SEND = 2, 3, 4, 5, 6


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


@dataclass(frozen=True, slots=True)
class ResultError:
    """Says that the answer to a request could not be read (2.1)."""

    message_id: str
    code: str
    description: str = ""
    details: Payload = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Send:
    """A message that is not answered (2.1)."""

    message_id: str
    action: str
    payload: Payload


type Frame = Call | Result | ErrorReply | ResultError | Send


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
        case ResultError(message_id, code, description, details):
            parts = [RESULT_ERROR, message_id, code, description, details]
        case Send(message_id, action, payload):
            parts = [SEND, message_id, action, payload]
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
            return ErrorReply(message_id, code, *_told(rest))
        case [5, str(message_id), str(code), *rest]:
            return ResultError(message_id, code, *_told(rest))
        case [6, str(message_id), str(action), dict(payload)]:
            return Send(message_id, action, payload)
        case _:
            raise FrameError("no frame of OCPP")


def _told(rest: list[Any]) -> tuple[str, Payload]:
    """Description and details of an error, as far as they are there."""
    description = rest[0] if rest and isinstance(rest[0], str) else ""
    return description, rest[1] if len(rest) > 1 and isinstance(rest[1], dict) else {}
