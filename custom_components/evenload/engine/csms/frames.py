"""OCPP-J frames: text to CALL, CALLRESULT, CALLERROR (2.1: CALLRESULTERROR, SEND), and back (1.6 §4.2, 2.x part 4 §4.2)."""

from dataclasses import dataclass
import json
from typing import Any

from ..model.stations import OcppVersion
from .framing import FRAMINGS, RESULT_ERROR, SEND, Fault, Framing

# What stands in for an id that could not be read (OCPP-J 2.0.1 §4.2.3; 1.6 names nothing better).
UNKNOWN_ID = "-1"

# OCPP-J 1.6 §4.1.4 asks for 36; longer ones are met in the field and only echoed.
MAXIMUM_ID_LENGTH = 255

# No message of any version is nested as deeply; what is would exhaust the stack of whoever walks through it.
MAXIMUM_DEPTH = 32


def _unknown(_name: str) -> None:
    """Read NaN and Infinity, which are not JSON, as null: one of them must not cost the frame around it its id."""


# Made once: `json.loads` and `json.dumps` make a new one for each frame that is not read or written by default.
_DECODER = json.JSONDecoder(parse_constant=_unknown)
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A request."""

    id: str | int
    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallResult:
    """An answer."""

    id: str | int
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallError:
    """An answer that there is no answer."""

    id: str | int
    code: str
    description: str
    details: Any


@dataclass(frozen=True, slots=True)
class ResultError:
    """A sign that an answer of ours could not be read (2.1)."""

    id: str | int
    code: str
    description: str


@dataclass(frozen=True, slots=True)
class Send:
    """A message that wants no answer (2.1)."""

    id: str | int
    action: str
    payload: dict[str, Any]


type Frame = Call | CallResult | CallError | ResultError | Send


class CallFault(Exception):
    """A call that is answered with CALLERROR."""

    def __init__(
        self, fault: Fault, description: str, call_id: str | int = UNKNOWN_ID
    ) -> None:
        """Say why, in the protocol's words and in one sentence."""
        super().__init__(description)
        self.fault = fault
        self.description = description
        self.call_id = call_id


class Ignored(Exception):
    """A frame that the specification says to ignore."""


def parse(message: str | bytes, framing: Framing = FRAMINGS[OcppVersion.V16]) -> Frame:
    """Read one frame, as a version writes them.

    Raises:
        CallFault: it is malformed, and the sender should hear so.
        Ignored: it is malformed, and answering would be wrong (an answer, or a message type of the future).

    """
    fields = _parse_array(message)
    match fields:
        case [bool(), *_]:
            raise CallFault(Fault.FRAMEWORK, "A frame begins with its message type")
        case [2, call_id, action, payload] if _is_id(call_id) and isinstance(
            action, str
        ):
            return Call(call_id, action, _object(payload, call_id))
        case [2, call_id, action] if _is_id(call_id) and isinstance(action, str):
            return Call(call_id, action, {})
        case [3, call_id, payload, *_] if _is_id(call_id):
            return CallResult(call_id, payload if isinstance(payload, dict) else {})
        case [4, call_id, *rest] if _is_id(call_id):
            return _call_error(call_id, rest)
        case [3 | 4, *_]:
            raise Ignored("answer without a readable id")
        case [2, call_id, *_] if _is_id(call_id):
            raise CallFault(Fault.FORMAT, "A CALL is [2, id, action, payload]", call_id)
        case [2, *_]:
            raise CallFault(
                Fault.FRAMEWORK, "The id of a CALL is a string of at most 36 characters"
            )
        case [int(kind), *rest] if kind in framing.message_types:
            return _unanswered(kind, rest)
        case [int(), *rest]:
            raise _unknown_type(rest, framing)
        case _:
            raise CallFault(Fault.FRAMEWORK, "A frame begins with its message type")


def _unanswered(kind: int, rest: list[Any]) -> ResultError | Send:
    """Read a frame that is never answered, not even when it is wrong (2.1 part 4 §4.2.4, §4.2.5)."""
    match rest:
        case [call_id, str(action), dict(payload)] if kind == SEND and _is_id(call_id):
            return Send(call_id, action, payload)
        case [call_id, *fields] if kind == RESULT_ERROR and _is_id(call_id):
            error = _call_error(call_id, fields)
            return ResultError(error.id, error.code, error.description)
        case _:
            raise Ignored(f"malformed message of type {kind}")


def _unknown_type(rest: list[Any], framing: Framing) -> CallFault | Ignored:
    """Return what to do about a message type of the future (1.6 §4.1.3: ignore it; 2.x has an error for it)."""
    if not framing.answers_unknown_types:
        return Ignored("unknown message type")
    call_id = rest[0] if rest and _is_id(rest[0]) else UNKNOWN_ID
    return CallFault(Fault.MESSAGE_TYPE, "This message type is not known here", call_id)


def _parse_array(message: str | bytes) -> list[Any]:
    try:
        text = (
            message
            if isinstance(message, str)
            else message.decode(json.detect_encoding(message), "surrogatepass")
        )
        fields = _DECODER.decode(text)
        if isinstance(message, bytes) or "\\u" in message:
            # A lone surrogate parses but cannot be stored, logged or echoed.
            json.dumps(fields, ensure_ascii=False).encode()
    except ValueError, RecursionError:
        raise CallFault(Fault.FRAMEWORK, "The frame is not JSON") from None
    if not isinstance(fields, list):
        raise CallFault(Fault.FRAMEWORK, "A frame is a JSON array")
    # With so few brackets it cannot be deep, which spares most frames the walk.
    brackets = text.count("[") + text.count("{")
    if brackets > MAXIMUM_DEPTH and not _is_shallow(fields):
        raise _too_deep(fields)
    return fields


def _is_shallow(fields: list[Any]) -> bool:
    level: list[Any] = [fields]
    for _ in range(MAXIMUM_DEPTH):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return True
    return False


def _too_deep(fields: list[Any]) -> CallFault | Ignored:
    match fields:
        case [3 | 4 | 5 | 6, *_]:
            return Ignored("answer that is nested too deeply")
        case [2, call_id, *_] if _is_id(call_id):
            return CallFault(Fault.FORMAT, "The frame is nested too deeply", call_id)
        case _:
            return CallFault(Fault.FRAMEWORK, "The frame is nested too deeply")


def _is_id(value: object) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= MAXIMUM_ID_LENGTH
    return isinstance(value, int) and not isinstance(value, bool)


def _object(payload: object, call_id: str | int) -> dict[str, Any]:
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise CallFault(Fault.FORMAT, "The payload of a CALL is a JSON object", call_id)
    return payload


def _call_error(call_id: str | int, rest: list[Any]) -> CallError:
    """Stations leave out the description or the details; neither decides anything."""
    code, description = (
        str(field or "") for field in (*rest[:2], *[""] * (2 - len(rest[:2])))
    )
    return CallError(call_id, code, description, rest[2] if len(rest) > 2 else None)


def dump_call(call_id: str, action: str, payload: dict[str, Any]) -> str:
    """Write a CALL."""
    return _ENCODER.encode([2, call_id, action, payload])


def dump_result(call_id: str | int, payload: dict[str, Any]) -> str:
    """Write a CALLRESULT."""
    return _ENCODER.encode([3, call_id, payload])


def dump_error(call_id: str | int, code: str, description: str) -> str:
    """Write a CALLERROR; the description is cut to what the protocol allows (255)."""
    return _ENCODER.encode([4, call_id, code, description[:255], {}])
