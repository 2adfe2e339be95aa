"""Makes payloads of a JSON schema: some that fit it, and many that break one rule of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import json
from typing import Any

type Json = Any
type Place = Callable[[Json], Json]

# A list that may be this long is filled to the brim, a longer one is not.
LONGEST_LIST = 70

# One of every kind, and what lies between kinds: 1.0 is whole in one draft and not in another.
OTHERS: list[Json] = [
    None,
    True,
    0,
    1.0,
    1.5,
    -1,
    2**63 - 1,
    10**30,
    "",
    "word",
    "1",
    [],
    [1],
    {},
    {"a": 1},
]


@dataclass(frozen=True, slots=True)
class Made:
    """A payload, and where and how it is not the least that fits."""

    payload: Json
    where: str
    how: str

    def __str__(self) -> str:
        """Say what it is about."""
        text = json.dumps(self.payload)
        return f"{self.where} {self.how}: {text[:200]}"


class Maker:
    """Makes payloads of the schemas of one version; what two messages share is broken once only."""

    def __init__(self) -> None:
        """Begin with nothing made."""
        self._seen: set[str] = set()
        self._root: dict[str, Json] = {}

    def of(self, schema: dict[str, Json]) -> Maker:
        """Make payloads of this message from now on."""
        self._root = schema
        return self

    def payloads(self, name: str, schema: dict[str, Json]) -> Iterator[Made]:
        """Yield payloads of one message; those that fit come first, the least and the most."""
        self.of(schema)
        yield Made(self.least(schema), name, "least")
        yield Made(self.most(schema), name, "most")
        yield from self._broken(schema, name, lambda value: value)

    def least(self, schema: dict[str, Json]) -> Json:
        """Return the least that fits."""
        schema = self._resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object":
                properties = schema.get("properties", {})
                return {
                    key: self.least(properties[key])
                    for key in schema.get("required", [])
                }
            case "array":
                return [self.least(schema["items"])] * schema.get("minItems", 0)
            case "string":
                return ""
            case "boolean":
                return False
            case _:
                least = max(0, schema.get("minimum", 0))
                return min(least, schema.get("maximum", least))

    def most(self, schema: dict[str, Json]) -> Json:
        """Return the most that fits: every field, the longest texts, the last words."""
        schema = self._resolved(schema)
        if "enum" in schema:
            return schema["enum"][-1]
        match schema.get("type"):
            case "object":
                fields = schema.get("properties", {})
                return {key: self.most(field) for key, field in fields.items()}
            case "array":
                most = min(schema.get("maxItems", 2), LONGEST_LIST)
                # Deep lists of long lists would be large, and tell nothing new.
                one = [self.most(schema["items"])]
                return one + [self.least(schema["items"])] * (most - 1)
            case "string":
                # Length is counted in characters, whatever they take in memory.
                return "\N{ELECTRIC PLUG}" * schema.get("maxLength", 20)
            case "boolean":
                return True
            case _:
                return schema.get("maximum", schema.get("minimum", 7))

    def _broken(
        self, schema: dict[str, Json], where: str, place: Place
    ) -> Iterator[Made]:
        """Yield payloads in which one place is of another kind, out of bounds, missing or superfluous."""
        schema = self._resolved(schema)
        mark = json.dumps(schema, sort_keys=True)
        nested = where.count("/") > 1
        if nested and mark in self._seen:
            return
        self._seen.add(mark)
        for value in [*OTHERS, *self._edges(schema)]:
            yield Made(place(value), where, f"= {str(value)[:40]}")
        if schema.get("type") == "array":
            rest = [self.least(schema["items"])] * (schema.get("minItems", 1) - 1)
            yield from self._broken(
                schema["items"], f"{where}[]", lambda value: place([value, *rest])
            )
        if schema.get("type") == "object":
            yield from self._broken_object(schema, where, place)

    def _broken_object(
        self, schema: dict[str, Json], where: str, place: Place
    ) -> Iterator[Made]:
        least = self.least(schema)
        yield Made(place(least | {"surprise": 1}), where, "with a surprise")
        for key in schema.get("required", []):
            without = {name: value for name, value in least.items() if name != key}
            yield Made(place(without), where, f"without {key}")
        for key, field in schema.get("properties", {}).items():

            def inside(value: Json, key: str = key) -> Json:
                return place(least | {key: value})

            yield from self._broken(field, f"{where}/{key}", inside)

    def _edges(self, schema: dict[str, Json]) -> Iterator[Json]:
        """Yield the last values that fit and the first that do not."""
        for word in schema.get("enum", []):
            yield word
            yield from (word.lower(), word.upper(), f"{word} ", f"{word}X")
        if "maxLength" in schema:
            yield from ("x" * schema["maxLength"], "x" * (schema["maxLength"] + 1))
            yield "\N{ELECTRIC PLUG}" * (schema["maxLength"] + 1)
        for bound in ("minimum", "maximum"):
            if bound in schema:
                edge = schema[bound]
                yield from (
                    edge - 1,
                    edge - 0.1,
                    edge,
                    float(edge),
                    edge + 0.1,
                    edge + 1,
                )
        if schema.get("type") == "array":
            item = self.least(schema["items"])
            least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
            lengths = {max(0, least - 1), least, least + 1}
            if most <= LONGEST_LIST:
                lengths |= {most, most + 1}
            for length in sorted(lengths):
                yield [item] * length
            yield [item, None]

    def _resolved(self, schema: dict[str, Json]) -> dict[str, Json]:
        """Follow references within the message's schema."""
        while "$ref" in schema:
            found: Json = self._root
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        return schema
