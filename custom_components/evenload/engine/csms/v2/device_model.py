"""What a 2.x station says of its parts: components, their variables and what may be written to them (2.0.1 part 2, chapter 4).

A variable is named `Component[instance]@evse.connector/Variable[instance]`; what does not apply is left out, as in
`SampledDataCtrlr/TxUpdatedInterval`, `DeviceDataCtrlr/ItemsPerMessage[GetVariables]` or `Connector@1.1/ConnectorType`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import re
from typing import Any

from ..meters import number

_NAME = re.compile(
    r"(?P<component>[^\[\]@/]+)(\[(?P<component_instance>.*?)\])?"
    r"(@(?P<evse>\d{1,9})(\.(?P<connector>\d{1,9}))?)?"
    r"/(?P<variable>[^\[\]/]+)(\[(?P<instance>.*)\])?"
)

# A station with more variables than this says garbage: the largest inventories in the field have some thousands.
_MOST_VARIABLES = 20_000


@dataclass(frozen=True, slots=True)
class Key:
    """The name of one variable of one component. Names are compared without regard to case (identifierString)."""

    component: str
    variable: str
    evse: int | None = None
    connector: int | None = None
    instance: str | None = None
    component_instance: str | None = None

    @classmethod
    def parse(cls, name: str) -> Key:
        """Read a name. Raises `ValueError`."""
        found = _NAME.fullmatch(name.strip())
        if found is None:
            raise ValueError(f"{name!r} is not Component@evse.connector/Variable")
        parts: dict[str, Any] = found.groupdict()
        for field in ("evse", "connector"):
            parts[field] = None if parts[field] is None else int(parts[field])
        return cls(**parts)

    @classmethod
    def read(cls, component: Mapping[str, Any], variable: Mapping[str, Any]) -> Key:
        """Read what a message names."""
        evse = component.get("evse", {})
        return cls(
            component["name"],
            variable["name"],
            evse.get("id"),
            evse.get("connectorId"),
            variable.get("instance"),
            component.get("instance"),
        )

    def __str__(self) -> str:
        """Return the name."""
        place = "" if self.evse is None else f"@{self.evse}"
        if self.connector is not None:
            place += f".{self.connector}"
        component = f"{self.component}{_bracketed(self.component_instance)}{place}"
        return f"{component}/{self.variable}{_bracketed(self.instance)}"

    @property
    def folded(self) -> Key:
        """The same key in lower case."""
        return Key(
            self.component.lower(),
            self.variable.lower(),
            self.evse,
            self.connector,
            None if self.instance is None else self.instance.lower(),
            None
            if self.component_instance is None
            else self.component_instance.lower(),
        )

    def written(self) -> dict[str, Any]:
        """Return the key as messages carry it."""
        component: dict[str, Any] = {"name": self.component}
        if self.component_instance is not None:
            component["instance"] = self.component_instance
        if self.evse is not None:
            component["evse"] = {"id": self.evse}
            if self.connector is not None:
                component["evse"]["connectorId"] = self.connector
        variable: dict[str, Any] = {"name": self.variable}
        if self.instance is not None:
            variable["instance"] = self.instance
        return {"component": component, "variable": variable}


@dataclass(frozen=True, slots=True)
class Variable:
    """What is known of one variable; `writable` None is not known."""

    value: str | None = None
    writable: bool | None = None
    # The words that it may hold, and the most that it can be.
    words: tuple[str, ...] = ()
    maximum: float | None = None


class DeviceModel:
    """The variables of one station, as far as it has told of them."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._variables: dict[Key, tuple[Key, Variable]] = {}
        # The variables of one name, of whichever place: looked for among thousands, and often.
        self._named: dict[tuple[str, str], dict[Key, None]] = {}

    def __iter__(self) -> Iterator[tuple[Key, Variable]]:
        """Iterate over all variables, by the station's own names."""
        return iter(tuple(self._variables.values()))

    def folded(self) -> Iterator[tuple[Key, Variable]]:
        """Iterate over all variables, by their names in lower case."""
        return ((key, found) for key, (_, found) in self._variables.items())

    def named(self, component: str, variable: str) -> Iterator[tuple[Key, Variable]]:
        """Iterate over a variable of every component of a name: stations have some for each EVSE."""
        for key in self._named.get((component.lower(), variable.lower()), ()):
            yield key, self._variables[key][1]

    def __len__(self) -> int:
        """Return how many variables are known."""
        return len(self._variables)

    def get(self, key: Key) -> Variable | None:
        """Return a variable, or None where the station has told of none."""
        found = self._variables.get(key.folded)
        return None if found is None else found[1]

    def keep(self, component: str) -> None:
        """Forget everything but one component: a station may have thousands of variables."""
        kept = component.lower()
        self._variables = {
            key: found
            for key, found in self._variables.items()
            if key.component == kept
        }
        self._named = {
            name: keys for name, keys in self._named.items() if name[0] == kept
        }

    def put(self, key: Key, variable: Variable) -> None:
        """Keep a variable."""
        if len(self._variables) < _MOST_VARIABLES:
            folded = key.folded
            self._variables[folded] = key, variable
            name = folded.component, folded.variable
            self._named.setdefault(name, {})[folded] = None

    def changed(self, key: Key, value: str) -> None:
        """Take in the new value of a variable, if it is kept."""
        if self.get(key) is not None:
            self.valued(key, value)

    def valued(self, key: Key, value: str | None) -> None:
        """Keep a variable's value."""
        known = self.get(key) or Variable()
        self.put(key, Variable(value, known.writable, known.words, known.maximum))

    def reported(self, item: Mapping[str, Any]) -> None:
        """Keep one entry of a report (ReportDataType): only its actual value is of use here."""
        key = Key.read(item["component"], item["variable"])
        characteristics = item.get("variableCharacteristics", {})
        attribute: Mapping[str, Any] = next(
            (
                one
                for one in item["variableAttribute"]
                if one.get("type", "Actual") == "Actual"
            ),
            {},
        )
        mutability = attribute.get("mutability", "ReadWrite")
        self.put(
            key,
            Variable(
                # A password can be written and is not shown.
                None if mutability == "WriteOnly" else attribute.get("value"),
                mutability != "ReadOnly" and not attribute.get("constant", False),
                words_of(characteristics.get("valuesList")),
                _limit(characteristics.get("maxLimit")),
            ),
        )


def words_of(text: str | None) -> tuple[str, ...]:
    """Split a list; stations write it with spaces, brackets and quotes."""
    return tuple(word for word in re.split(r"[,;\s\[\]\"']+", text or "") if word)


def whole(text: str | None) -> int | None:
    """Read a whole number that is not negative; some stations write it with decimals."""
    read = None if text is None else number(text)
    return int(read) if read is not None and 0 <= read < 2**31 else None


def truth(text: str | None) -> bool | None:
    """Read a boolean, however it is written."""
    return {"true": True, "1": True, "false": False, "0": False}.get(
        (text or "").strip().lower()
    )


def _bracketed(instance: str | None) -> str:
    return "" if instance is None else f"[{instance}]"


def _limit(value: object) -> float | None:
    return number(value) if isinstance(value, int | float | str) else None
