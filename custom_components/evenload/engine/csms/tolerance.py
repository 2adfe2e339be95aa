"""Mends what stations in the field send slightly wrong, so that a detail does not cost a session.

Unknown fields are dropped, numbers sent as strings and strings sent as numbers are converted, words in another case
are recognised, texts that are too long are kept, one unreadable sample does not cost the others. What changes the
meaning of a message is not mended. Source: reference on stations in the field, pains 21 and 22.
"""

from copy import deepcopy
from typing import Any

from .schemas import Schemas, Violation, as_fault

# Rules whose breach changes nothing that we use.
_HARMLESS = frozenset({"maxLength"})

# What an unknown word in these fields is taken for.
_CATCH_ALL = {"errorCode": "OtherError", "reason": "Other", "context": "Other"}


def mend(schemas: Schemas, action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload, mended where it breaks the action's schema in a harmless way.

    Raises:
        CallFault: it breaks the schema in a way that cannot be mended.

    """
    violations = schemas.violations(action, payload)
    if not violations:
        return payload
    mended = deepcopy(payload)
    for violation in violations:
        _mend_one(mended, violation)
    _drop_bad_samples(mended, schemas.violations(action, mended))
    for violation in schemas.violations(action, mended):
        if violation.rule not in _HARMLESS:
            raise as_fault(violation)
    return mended


def _mend_one(payload: dict[str, Any], violation: Violation) -> None:
    if violation.rule == "additionalProperties":
        owner = _at(payload, violation.path)
        for name in violation.asked:
            owner.pop(name, None)
        return
    if not violation.path:
        return
    owner = _at(payload, violation.path[:-1])
    last = violation.path[-1]
    match violation.rule:
        case "type":
            owner[last] = _converted(owner[last], violation.asked)
        case "enum":
            owner[last] = _recognised(str(last), owner[last], violation.asked)


def _at(payload: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        payload = payload[step]
    return payload


def _converted(value: object, types: list[str]) -> object:
    """Convert between numbers and their text, where that loses nothing."""
    match value:
        case bool():
            return value
        case int() | float() if "string" in types:
            return str(value)
        case str() if "integer" in types:
            text = value.strip().removesuffix(".0")
            return (
                int(text)
                if text.removeprefix("-").isdecimal() and len(text) < 19
                else value
            )
        case _:
            return value


def _recognised(field: str, value: object, words: list[str]) -> object:
    """Return the allowed word that differs only in case, or the field's catch-all."""
    if not isinstance(value, str):
        return value
    same = [word for word in words if word.lower() == value.strip().lower()]
    return same[0] if same else _CATCH_ALL.get(field, value)


def _drop_bad_samples(payload: dict[str, Any], violations: list[Violation]) -> None:
    """Drop samples whose measurand, unit or phase nobody knows; the last ones first, so that indexes stay true."""
    bad = {
        violation.path[: violation.path.index("sampledValue") + 2]
        for violation in violations
        if "sampledValue" in violation.path[:-1] and violation.rule not in _HARMLESS
    }
    for path in sorted(
        bad, key=lambda path: [str(step).zfill(6) for step in path], reverse=True
    ):
        samples = _at(payload, path[:-1])
        if isinstance(samples, list) and isinstance(path[-1], int):
            del samples[path[-1]]
