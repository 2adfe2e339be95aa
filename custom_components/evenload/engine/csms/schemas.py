"""The message schemas of one version of OCPP, compiled, and what to say of a payload that breaks them.

The schemas come with the `ocpp` package; `jsonschema_rs` checks them in microseconds, so the event loop can.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
import json
from typing import Any

import jsonschema_rs

from ..model.stations import OcppVersion
from .frames import CallFault, Fault

_FOLDERS = {OcppVersion.V16: ("ocpp.v16", "")}

# What a broken rule of the schema is called (OCPP-J 1.6 §4.2.3).
_FAULTS = {
    "required": Fault.PROTOCOL,
    "type": Fault.TYPE,
    "maxLength": Fault.TYPE,
    "minLength": Fault.TYPE,
    "minItems": Fault.OCCURRENCE,
    "maxItems": Fault.OCCURRENCE,
    "additionalProperties": Fault.FORMAT,
}

_WORDS = {
    "required": "lacks",
    "type": "must be of type",
    "enum": "must be one of",
    "maxLength": "must not be longer than",
    "minItems": "must not have fewer items than",
    "additionalProperties": "has unknown fields",
    "multipleOf": "must be a multiple of",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: where in the payload, which rule of JSON Schema, and what it asks for."""

    path: tuple[str | int, ...]
    rule: str
    asked: Any


class Schemas:
    """The compiled schemas of one version."""

    def __init__(self, version: OcppVersion) -> None:
        """Read and compile them all: tens of milliseconds and file reads, so not on the event loop."""
        package, suffix = _FOLDERS[version]
        folder = resources.files(package) / "schemas"
        self._validators = {
            file.name.removesuffix(".json").removesuffix(
                suffix
            ): jsonschema_rs.validator_for(
                json.loads(file.read_text("utf-8-sig")), validate_formats=False
            )
            for file in folder.iterdir()
            if file.name.endswith(".json")
        }
        self.actions = frozenset(
            name for name in self._validators if not name.endswith("Response")
        )

    def violations(self, name: str, payload: dict[str, Any]) -> list[Violation]:
        """Return every rule of a message's schema that a payload breaks."""
        validator = self._validators[name]
        if validator.is_valid(payload):
            return []
        return [
            Violation(
                tuple(error.instance_path),
                error.kind.name,
                error.kind.value,
            )
            for error in validator.iter_errors(payload)
        ]


@cache
def schemas(version: OcppVersion) -> Schemas:
    """Return the schemas of a version, compiled once."""
    return Schemas(version)


def as_fault(violation: Violation) -> CallFault:
    """Return the answer to a broken rule: where and what, but not the value, which may be a token or a password."""
    where = "/".join(str(step) for step in violation.path) or "payload"
    asked = violation.asked
    what = ", ".join(map(str, asked)) if isinstance(asked, list) else str(asked)
    words = f"{where}: {_WORDS.get(violation.rule, violation.rule)} {what}"
    return CallFault(_FAULTS.get(violation.rule, Fault.PROPERTY), words)
