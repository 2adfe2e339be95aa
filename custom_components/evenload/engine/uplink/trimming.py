"""Makes what is told fit the version of who hears it: unknown fields go, long texts are cut, words become the nearest ones.

A transaction's beginning and end are told whatever a detail of them is: who pays has to hear of it.
"""

from collections.abc import Mapping
from copy import deepcopy
import logging
from math import isfinite
from typing import Any

from ..csms.schemas import Schemas, Violation
from ..model.stations import OcppVersion

_LOGGER = logging.getLogger(__name__)

# Each turn takes out what is wrong on one level, and what that leaves behind may be wrong in the next.
_MOST_TRIMS = 12

# The nearest words: of a field that has no such word, and of single ones (2.1 TriggerReasonEnum).
_NEAREST = {
    "errorCode": "OtherError",
    "reason": "Other",
    "stoppedReason": "Other",
    "triggerReason": "Trigger",
    "type": "Central",
}
_NEARER = {
    "CostLimitReached": "EnergyLimitReached",
    "OperationModeChanged": "ChargingStateChanged",
    "SoCLimitReached": "EnergyLimitReached",
    "TxResumed": "ChargingStateChanged",
}

# What 2.0.1 asks for of a signed value, and 2.1 does not.
_MAY_BE_EMPTY = frozenset({"encodingMethod", "publicKey", "signingMethod"})

# A signature is worth nothing when it is cut.
_WHOLE = frozenset({"publicKey", "signedMeterData"})

# A sample is the same without it; without anything else it would be another.
_BESIDES = frozenset({"context", "signedMeterValue"})

_GONE = object()


def trimmed(
    schemas: Schemas, name: str, payload: Mapping[str, Any], *, is_answer: bool = False
) -> dict[str, Any] | None:
    """Return a payload that a version can carry; None where it cannot. `name` is an action, or that of its answer."""
    if not is_answer and name not in schemas.actions:
        return None
    said: Any = {key: value for key, value in payload.items() if key[:1] != "_"}
    if not (violations := schemas.violations(name, said)):
        return dict(said)
    root = {"said": deepcopy(said)}
    for _ in range(_MOST_TRIMS):
        for violation in violations:
            _trim(root, violation)
        if "said" not in (root := _swept(root)):
            return None
        if not (violations := schemas.violations(name, root["said"])):
            return dict(root["said"])
    return None


class Unsaid:
    """Tells the owner once of each kind of message that is not told above."""

    def __init__(self, version: OcppVersion) -> None:
        """Know of none."""
        self._version = version
        self._known: set[str] = set()

    def note(self, action: str) -> None:
        """Take note of one."""
        if action not in self._known:
            self._known.add(action)
            _LOGGER.warning(
                "A %s is not told above: OCPP %s has no words for it",
                action,
                self._version,
            )


def _trim(root: dict[str, Any], violation: Violation) -> None:
    """Mend one thing, or mark it as gone."""
    path, rule, asked = ("said", *violation.path), violation.rule, violation.asked
    owner = _at(root, path[:-1])
    value = _GONE if owner is _GONE else owner[path[-1]]
    if value is _GONE:
        return
    field = str(path[-1])
    match rule:
        case "additionalProperties":
            for unknown in asked:
                value.pop(unknown, None)
        case "required" if asked in _MAY_BE_EMPTY:
            value[asked] = ""
        case "maxLength" if field not in _WHOLE:
            owner[path[-1]] = value[:asked]
        case "maxItems":
            owner[path[-1]] = value[:asked]
        case "enum" if (word := _NEARER.get(str(value))) in asked:
            owner[path[-1]] = word
        case "enum" if (word := _NEAREST.get(field)) in asked:
            owner[path[-1]] = word
        case "type" if (converted := _converted(value, asked)) is not None:
            owner[path[-1]] = converted
        case _:
            _remove(root, path)


def _remove(root: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """Mark as gone what is at a place, or the sample that would be another one without it."""
    if "sampledValue" in path[:-2]:
        end = path.index("sampledValue") + 2
        if path[end] not in _BESIDES:
            path = path[:end]
    owner = _at(root, path[:-1])
    if owner is not _GONE:
        owner[path[-1]] = _GONE


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return what is at a place; what is within something that is gone is gone."""
    for step in path:
        if value is _GONE:
            return _GONE
        value = value[step]
    return value


def _swept(value: Any) -> Any:
    """Return a value without what is gone."""
    if isinstance(value, dict):
        return {key: _swept(one) for key, one in value.items() if one is not _GONE}
    if isinstance(value, list):
        return [_swept(one) for one in value if one is not _GONE]
    return value


def _converted(value: Any, asked: Any) -> Any:
    """Return a number as a text, or a text as a number; None where that cannot be."""
    kinds = asked if isinstance(asked, list) else [asked]
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if "string" in kinds:
        return str(value)
    try:
        number = float(value)
    except ValueError:
        return None
    if not isfinite(number):
        return None
    return (
        number if "number" in kinds else round(number) if "integer" in kinds else None
    )
