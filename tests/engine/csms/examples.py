"""Payloads made of the schemas: the least and the most that a message may hold."""

from importlib import resources
import json
from typing import Any

from custom_components.evenload.engine.csms.schemas import Schemas, schemas
from custom_components.evenload.engine.model.stations import OcppVersion

NOW = "2026-11-02T12:00:00Z"


def example(version: OcppVersion, action: str, *, full: bool) -> dict[str, Any]:
    """A request that fits its schema: with what is required only, or with everything."""
    folder = resources.files("ocpp") / f"v{version.replace('.', '')}" / "schemas"
    names = (f"{action}Request.json", f"{action}.json")
    text = next(
        (folder / name).read_bytes() for name in names if (folder / name).is_file()
    )
    schema = json.loads(text.decode("utf-8-sig"))
    made = _made(schema, schema.get("definitions", {}), full, "")
    assert isinstance(made, dict)
    return made


def answer_fits(version: OcppVersion, action: str, answer: dict[str, Any]) -> bool:
    """Whether an answer fits its schema; a message that wants none has none."""
    known: Schemas = schemas(version)
    if f"{action}Response" not in known._texts:
        return answer == {}
    return not known.violations(f"{action}Response", answer)


def _made(schema: dict[str, Any], types: dict[str, Any], full: bool, name: str) -> Any:
    if "$ref" in schema:
        return _made(types[schema["$ref"].rpartition("/")[2]], types, full, name)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            required = schema.get("required", ())
            return {
                field: _made(one, types, full, field)
                for field, one in schema.get("properties", {}).items()
                if field in required or (full and field != "customData")
            }
        case "array":
            return [_made(schema["items"], types, full, name)]
        case "integer":
            return 1
        case "number":
            # Discharging is below zero (2.1), everything else above.
            return -1.5 if schema.get("maximum") == 0 else 1.5
        case "boolean":
            return False
        case "string":
            return _text(schema, name)
        case _:
            return {"any": "thing"}


def _text(schema: dict[str, Any], name: str) -> str:
    is_time = schema.get("format") == "date-time"
    return NOW if is_time else f"{name}-1"[: schema.get("maxLength", 20)]
