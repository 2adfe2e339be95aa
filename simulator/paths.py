"""Places inside a payload, written as `meterValue.*.sampledValue[measurand=Voltage].unit`.

A name steps into an object, a number into a list, `*` into each item of a list, and `[name=value]` into those items
whose field, itself a path, is written so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import re
from typing import Any, Final

type Step = str | int | tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Remove:
    """Stands for a field that is taken away."""


REMOVE: Final = _Remove()
# The same for those who can write only JSON.
REMOVE_TEXT = "<remove>"

_STEP = re.compile(r"\[(?P<field>[^=\]]+)=(?P<value>[^\]]*)\]|(?P<name>[^.\[\]]+)")


def steps(path: str) -> list[Step]:
    """Take a path apart."""
    found: list[Step] = []
    for match in _STEP.finditer(path):
        if match["field"] is not None:
            found.append((match["field"], match["value"]))
        else:
            name = match["name"]
            found.append(int(name) if name.isdecimal() else name)
    return found


def values(payload: Any, path: str) -> list[Any]:
    """Everything that lies at a path."""
    return [holder[key] for holder, key in _places(payload, steps(path), False)]


def edited(payload: Any, path: str, value: Any) -> None:
    """Write a value at every place of a path, or remove what is there; a callable makes the new value of the old one.

    The payload itself is changed. A last name that is not there yet is added to its object.
    """
    # Backwards, so that what is removed from a list does not move what is still to be removed.
    for holder, key in reversed(list(_places(payload, steps(path), True))):
        if value is REMOVE or value == REMOVE_TEXT:
            if isinstance(holder, list) or key in holder:
                del holder[key]
        elif not callable(value):
            holder[key] = value
        elif isinstance(holder, list) or key in holder:
            change: Callable[[Any], Any] = value
            holder[key] = change(holder[key])


def _places(at: Any, way: list[Step], may_add: bool) -> Iterator[tuple[Any, Any]]:
    """Each holder and key that the steps lead to."""
    step, *rest = way
    for key in _keys(at, step, may_add and not rest):
        if rest:
            yield from _places(at[key], rest, may_add)
        else:
            yield at, key


def _keys(at: Any, step: Step, may_add: bool) -> list[Any]:
    if isinstance(at, dict):
        return [step] if isinstance(step, str) and (may_add or step in at) else []
    if not isinstance(at, list):
        return []
    if isinstance(step, tuple):
        name, wanted = step
        return [
            n for n, item in enumerate(at) if wanted in map(str, values(item, name))
        ]
    if step == "*":
        return list(range(len(at)))
    return [step] if isinstance(step, int) and step < len(at) else []
