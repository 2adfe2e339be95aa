"""The message schemas of one version of OCPP, and what to say of a payload that breaks them.

The schemas come with the `ocpp` package; `jsonschema_rs` checks them in microseconds, so the event loop can.
All three versions compiled would cost a home 30 ms and 13 MB at every start, for messages of which it meets a dozen.
So only their texts are read at the start, and each is compiled when it is first met: 0.1 ms as a rule, 1.3 ms at most.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
import json
from typing import Any

import jsonschema_rs

from ..model.stations import OcppVersion
from .frames import CallFault
from .framing import Fault

# Where they are, and what the names of requests end in.
_FOLDERS = {
    OcppVersion.V16: ("v16", ""),
    OcppVersion.V201: ("v201", "Request"),
    OcppVersion.V21: ("v21", "Request"),
}

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
    "maxItems": "must not have more items than",
    "minimum": "must not be less than",
    "maximum": "must not be greater than",
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
    """The schemas of one version: a request's by its action, an answer's by its action and "Response"."""

    def __init__(self, version: OcppVersion) -> None:
        """Read them all: files, so not on the event loop."""
        name, suffix = _FOLDERS[version]
        # Of the package itself: those of its versions cost 400 ms and 18 MB to import.
        folder = resources.files("ocpp") / name / "schemas"
        self._texts = {
            file.name.removesuffix(".json").removesuffix(suffix): file.read_bytes()
            for file in folder.iterdir()
            if file.name.endswith(".json")
        }
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        self.actions = frozenset(
            name for name in self._texts if not name.endswith("Response")
        )

    def violations(self, name: str, payload: dict[str, Any]) -> list[Violation]:
        """Return every rule of a message's schema that a payload breaks."""
        validator = self._validators.get(name) or self._compile(name)
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

    def _compile(self, name: str) -> jsonschema_rs.Validator:
        # Formats are not checked: what is done with a time or an address says whether it can be read.
        schema = json.loads(self._texts[name].decode("utf-8-sig"))
        validator = jsonschema_rs.validator_for(schema, validate_formats=False)
        self._validators[name] = validator
        return validator


@cache
def schemas(version: OcppVersion) -> Schemas:
    """Return the schemas of a version, read once."""
    return Schemas(version)


def as_fault(violation: Violation) -> CallFault:
    """Return the answer to a broken rule: where and what, but not the value, which may be a token or a password."""
    where = "/".join(str(step) for step in violation.path) or "payload"
    asked = violation.asked
    what = ", ".join(map(str, asked)) if isinstance(asked, list) else str(asked)
    words = f"{where}: {_WORDS.get(violation.rule, violation.rule)} {what}"
    return CallFault(_FAULTS.get(violation.rule, Fault.PROPERTY), words)
