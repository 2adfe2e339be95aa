"""Mends what stations in the field send slightly wrong, so that a detail does not cost a session.

Unknown fields and nulls are dropped, numbers sent as strings and strings sent as numbers are converted, words in
another case are recognised, texts that are too long are kept, one unreadable sample does not cost the others. What
changes the meaning of a message is not mended. Source: reference on stations in the field, pains 21 and 22.
"""

from collections.abc import Iterable
from contextlib import suppress
from copy import deepcopy
from functools import lru_cache
from math import isfinite
from typing import Any

from .leniency import (
    CATCH_ALL,
    DECORATION,
    DEFAULTS,
    FORMER,
    LATER,
    LISTS,
    LONGEST_NUMBER,
    LONGEST_TEXT,
    LONGEST_WORD,
    METER_VALUES,
    NOW,
    OPEN,
    PHASES,
    ROUNDED,
    SYNONYMS,
    TRUTH,
    UNITS,
)
from .meters import now_text, number
from .schemas import Schemas, Violation, as_fault


def mend(schemas: Schemas, action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload, mended where it breaks the action's schema in a harmless way.

    Raises:
        CallFault: it breaks the schema in a way that cannot be mended.

    """
    violations = schemas.violations(action, payload)
    if not violations:
        return payload
    mended = deepcopy(payload)
    # What is missing may stand among what is unknown, which is then dropped.
    for violation in sorted(violations, key=lambda one: one.rule != "required"):
        _mend_one(mended, violation)
    for violation in schemas.violations(action, mended):
        # A null is as good as nothing, which is only seen once it is gone.
        if violation.rule == "required":
            _mend_one(mended, violation)
    found = _grave(schemas, action, mended)
    left = found
    # The first round may empty a list that the second one then drops.
    for _ in range(2):
        _drop_bad_parts(mended, left)
        left = _grave(schemas, action, mended)
    if left:
        raise as_fault(next((one for one in left if one in found), found[0]))
    return mended


def _grave(schemas: Schemas, action: str, payload: dict[str, Any]) -> list[Violation]:
    """Return the broken rules that matter: a long text changes nothing that we use, nor does a word of the future."""
    return [
        violation
        for violation in schemas.violations(action, payload)
        if not _is_harmless(violation, payload)
    ]


def _is_harmless(violation: Violation, payload: dict[str, Any]) -> bool:
    match violation.rule:
        case "maxLength":
            return len(_at(payload, violation.path)) <= LONGEST_TEXT
        case "enum" if violation.path[-1] in OPEN:
            word = _at(payload, violation.path)
            return isinstance(word, str) and len(word) <= LONGEST_WORD
        case "additionalProperties":
            return not _unknown(violation)
        case _:
            return False


def _unknown(violation: Violation) -> set[str]:
    """Return the fields that no version knows, of those that this one does not."""
    where = violation.path[-1] if violation.path else ""
    return {*violation.asked} - LATER.get(str(where), frozenset())


def _mend_one(payload: dict[str, Any], violation: Violation) -> None:
    if violation.rule == "additionalProperties":
        owner = _at(payload, violation.path)
        for name in _unknown(violation):
            owner.pop(name, None)
        return
    if violation.rule == "required":
        _fill_in(_at(payload, violation.path), violation)
        return
    if not violation.path:
        return
    owner = _at(payload, violation.path[:-1])
    last = violation.path[-1]
    if isinstance(owner, dict) and owner.get(last) is None:
        # A null is what some libraries write for a field that is left out.
        owner.pop(last, None)
        return
    match violation.rule:
        case "type":
            owner[last] = _converted(str(last), owner[last], violation.asked)
        case "enum":
            _recognise(owner, last, violation.asked)


def _fill_in(owner: dict[str, Any], violation: Violation) -> None:
    """Put what is missing, where that is of no consequence or known by another name."""
    field = violation.asked
    within = f"{violation.path[-1]}." if violation.path else ""
    former = FORMER.get(within.removesuffix(".") or field, {})
    if not within and field in FORMER:
        found = {name: _first(owner, names) for name, names in former.items()}
        if any(found.values()):
            owner[field] = {name: text for name, text in found.items() if text}
            owner[field] |= {
                name: DEFAULTS[f"{field}.{name}"]
                for name in former
                if not found[name] and f"{field}.{name}" in DEFAULTS
            }
    elif said := _first(owner, former.get(field, ())):
        owner[field] = said
    elif field == NOW and not within:
        owner[field] = now_text()
    elif (known := within + field) in DEFAULTS or (known := field) in DEFAULTS:
        owner[field] = DEFAULTS[known]


def _first(owner: dict[str, Any], names: Iterable[str]) -> str | None:
    """Return the first text that is there under one of these names."""
    said = (owner.get(name) for name in names)
    return next((text for text in said if isinstance(text, str) and text), None)


def _at(payload: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        payload = payload[step]
    return payload


def _converted(field: str, value: object, types: list[str]) -> object:
    """Convert between numbers, truths and their texts, where that loses nothing."""
    match value:
        case bool():
            return value
        case 0 | 1 if "boolean" in types:
            return bool(value)
        case str() if "boolean" in types:
            return TRUTH.get(value.strip().lower(), value)
        case str() if "number" in types and len(value) <= LONGEST_NUMBER:
            read = number(value)
            return value if read is None else read
        case int() | float() if "string" in types:
            return str(value)
        case float() if "integer" in types:
            return _whole(field, value)
        case str() if "integer" in types and len(value) <= LONGEST_NUMBER:
            return _read_whole(field, value)
        case _:
            return value


def _read_whole(field: str, text: str) -> object:
    """Return the whole number that a text is, or the text."""
    for read in (int, float):
        with suppress(ValueError):
            whole = _whole(field, read(text))
            return whole if isinstance(whole, int) else text
    return text


def _whole(field: str, value: float) -> float:
    """Return a number without its fraction, where it has none or that does not matter."""
    if not isfinite(value):
        return value
    return round(value) if field in ROUNDED or value.is_integer() else value


def _recognise(owner: Any, field: str | int, words: list[str]) -> None:
    """Put the allowed word that differs only in case, or the field's catch-all."""
    value = owner.get(field) if isinstance(owner, dict) else None
    if not isinstance(value, str):
        return
    said = value.strip().lower()
    if (same := _same(value, words)) is not None:
        owner[field] = same
    elif field == "measurand":
        _split_phase(owner, value, words)
    elif said in SYNONYMS.get(str(field), {}):
        owner[field] = SYNONYMS[str(field)][said]
    elif known := [word for word in CATCH_ALL.get(str(field), ()) if word in words]:
        owner[field] = known[0]
    elif field == "unit" and said in UNITS:
        owner[field] = UNITS[said]
        if owner[field] is None:
            del owner[field]


def _same(value: str, words: list[str]) -> str | None:
    """Return the allowed word that differs only in case, blanks and signs."""
    return _by_letters(tuple(words)).get(_letters(value[:LONGEST_WORD]))


@lru_cache(maxsize=128)
def _by_letters(words: tuple[str, ...]) -> dict[str, str]:
    """Return words by their letters; of two with the same the first."""
    return {_letters(word): word for word in reversed(words)}


def _letters(word: str) -> str:
    return "".join(sign for sign in word.lower() if sign.isalnum())


def _split_phase(sample: dict[str, Any], measurand: str, words: list[str]) -> None:
    """Read the phase that some stations write into the measurand (Voltage.L1)."""
    name, _, phase = measurand.rpartition(".")
    if phase in PHASES and (known := _same(name, words)) is not None:
        sample["measurand"] = known
        sample.setdefault("phase", phase)


def _drop_bad_parts(payload: dict[str, Any], violations: list[Violation]) -> None:
    """Drop samples, meter values and timestamps that break a rule; the last ones first, so that indexes stay true."""
    bad = {
        path
        for violation in violations
        if (path := _droppable(violation.path)) is not None
    }
    for path in sorted(
        bad, key=lambda path: [str(step).zfill(6) for step in path], reverse=True
    ):
        del _at(payload, path[:-1])[path[-1]]


def _droppable(path: tuple[str | int, ...]) -> tuple[str | int, ...] | None:
    """Return the smallest part around a broken rule that the message can do without, if there is one."""
    if path == ("timestamp",):
        # Where it is required, what is then missing is a fault, too.
        return path
    for depth, step in enumerate(path, 1):
        if step in DECORATION:
            return path[:depth]
    if not path or (path[0] not in METER_VALUES and path[0] not in LISTS):
        return None
    if len(path) > 3 and path[2] == "sampledValue":
        return path[:4]
    return path[:2]
