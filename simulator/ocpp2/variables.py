"""The device model: components and their variables (OCPP 2.0.1 part 1 §4, part 2 B05-B08, part 2 appendices §3)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
import re
from typing import Self

from simulator.ocppj.fields import optional, parse_time, required
from simulator.ocppj.frames import CallError, Payload

ACTUAL = "Actual"


class Access(StrEnum):
    """Who may do what with an attribute (MutabilityEnumType)."""

    READ = "ReadOnly"
    WRITE = "WriteOnly"
    READ_WRITE = "ReadWrite"


class Form(StrEnum):
    """What a value must look like (DataEnumType)."""

    TEXT = "string"
    DECIMAL = "decimal"
    INTEGER = "integer"
    TIME = "dateTime"
    BOOLEAN = "boolean"
    OPTION = "OptionList"
    SEQUENCE = "SequenceList"
    MEMBERS = "MemberList"


class Unset(Exception):
    """A variable cannot be read or written; `status` says so in OCPP's words."""

    def __init__(self, status: str, reason: str | None = None) -> None:
        """Keep the status and the reason code."""
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


_PLACE = re.compile(
    r"(?P<component>\w+)(\[(?P<component_instance>[^\]]+)\])?(#(?P<evse_id>\d+)(/(?P<connector_id>\d+))?)?"
    r"\.(?P<variable>\w+)(\[(?P<variable_instance>[^\]]+)\])?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which variable of which component; written `Component[instance]#evse/connector.Variable[instance]`."""

    component: str
    variable: str
    component_instance: str | None = None
    variable_instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the written form; raises ValueError."""
        match = _PLACE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text} is no Component.Variable")
        return cls(
            match["component"],
            match["variable"],
            match["component_instance"],
            match["variable_instance"],
            int(match["evse_id"]) if match["evse_id"] else None,
            int(match["connector_id"]) if match["connector_id"] else None,
        )

    @property
    def component_payload(self) -> Payload:
        """The component as ComponentType."""
        payload: Payload = {"name": self.component}
        if self.component_instance:
            payload["instance"] = self.component_instance
        if self.evse_id is not None:
            payload["evse"] = {"id": self.evse_id}
            if self.connector_id is not None:
                payload["evse"]["connectorId"] = self.connector_id
        return payload

    @property
    def variable_payload(self) -> Payload:
        """The variable as VariableType."""
        payload: Payload = {"name": self.variable}
        if self.variable_instance:
            payload["instance"] = self.variable_instance
        return payload

    @property
    def component_key(self) -> tuple[str, str, int | None, int | None]:
        """What makes it the same component; names are case-insensitive."""
        return (
            self.component.lower(),
            (self.component_instance or "").lower(),
            self.evse_id,
            self.connector_id,
        )

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it the same variable."""
        instance = (self.variable_instance or "").lower()
        return (self.component_key, self.variable.lower(), instance)


@dataclass(slots=True)
class Variable:
    """One variable: its attribute Actual, and what may be known of it."""

    place: Place
    value: str
    form: Form = Form.TEXT
    access: Access = Access.READ_WRITE
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    options: str | None = None
    needs_reboot: bool = False
    others: dict[str, str] = field(default_factory=dict)
    """Its other attributes (Target, MinSet, MaxSet), which are read only."""
    live: Callable[[], str] | None = None
    """Where the value comes from when nobody wrote it."""

    @property
    def now(self) -> str:
        """The value at this moment."""
        return self.live() if self.live else self.value

    def attribute(self, kind: str) -> str:
        """An attribute's value; raises Unset."""
        if kind == ACTUAL:
            if self.access is Access.WRITE:
                raise Unset("Rejected", "WriteOnly")
            return self.now
        if kind not in self.others:
            raise Unset("NotSupportedAttributeType", "UnsupportedParam")
        return self.others[kind]

    def check(self, kind: str, value: str) -> None:
        """Whether a value may be written; raises Unset."""
        if kind != ACTUAL and kind not in self.others:
            raise Unset("NotSupportedAttributeType", "UnsupportedParam")
        if kind != ACTUAL or self.access is Access.READ:
            raise Unset("Rejected", "ReadOnly")
        if not self._fits(value):
            raise Unset("Rejected", "InvalidValue")

    def _fits(self, value: str) -> bool:
        if self.form in (Form.INTEGER, Form.DECIMAL):
            return self._fits_number(value)
        if self.form is Form.BOOLEAN:
            return value.lower() in ("true", "false")
        if self.form is Form.TIME:
            return _is_time(value)
        if self.options and self.form is not Form.TEXT:
            wanted = [value] if self.form is Form.OPTION else listed(value)
            return set(wanted) <= set(listed(self.options))
        # The limits of a text are those of its length (VariableCharacteristicsType).
        return (self.low or 0) <= len(value) <= (self.high or 2500)

    def _fits_number(self, value: str) -> bool:
        pattern = r"-?\d+" if self.form is Form.INTEGER else r"-?\d+(\.\d+)?"
        if not re.fullmatch(pattern, value):
            return False
        low = float("-inf") if self.low is None else self.low
        return low <= float(value) <= (float("inf") if self.high is None else self.high)


class DeviceModel:
    """The variables of one station."""

    def __init__(self, variables: list[Variable], settings: dict[str, str]) -> None:
        """Start with the factory's values, changed by the settings; those of a place that is not there add it."""
        self._by_key = {variable.place.key: variable for variable in variables}
        self._by_text: dict[str, Variable] = {}
        self.changed: dict[str, str] = {}
        self._factory: dict[str, str] = {}
        for text, value in settings.items():
            place = Place.parse(text)
            if place.key in self._by_key:
                self._by_key[place.key].value = value
            else:
                self._by_key[place.key] = Variable(place, value)

    def __iter__(self) -> Iterator[Variable]:
        """Every variable."""
        return iter(self._by_key.values())

    def at(self, text: str) -> Variable:
        """The variable of that place; raises KeyError."""
        if text not in self._by_text:
            self._by_text[text] = self._by_key[Place.parse(text).key]
        return self._by_text[text]

    def text(self, text: str) -> str:
        """A value as it is written; nothing where there is no such variable."""
        try:
            return self.at(text).now
        except KeyError:
            return ""

    def number(self, text: str) -> int:
        """A value as a whole number."""
        return int(self.text(text) or 0)

    def flag(self, text: str) -> bool:
        """A value as yes or no."""
        return self.text(text).lower() == "true"

    def items(self, text: str) -> list[str]:
        """A value as the list it is."""
        return listed(self.text(text))

    def find(self, component: Payload, variable: Payload) -> Variable:
        """The variable that a payload names; raises Unset."""
        place = _place(component, variable)
        if found := self._by_key.get(place.key):
            return found
        known = any(v.place.component_key == place.component_key for v in self)
        raise Unset("UnknownVariable" if known else "UnknownComponent", "NotFound")

    def change(self, variable: Variable, kind: str, value: str) -> str:
        """Write an attribute; returns Accepted or RebootRequired, raises Unset."""
        variable.check(kind, value)
        self.set(text_of(variable.place), value)
        return "RebootRequired" if variable.needs_reboot else "Accepted"

    def set(self, text: str, value: str) -> None:
        """Write a value from inside, whoever may write it from outside."""
        self._remember_factory(text)
        self.at(text).value = self.changed[text] = value

    def _remember_factory(self, text: str) -> None:
        self._factory.setdefault(text, self.at(text).value)

    def restore(self, changed: dict[str, str]) -> None:
        """Take up again what was written before a reboot, and nothing else."""
        for text in self.changed:
            self.at(text).value = self._factory[text]
        self.changed = dict(changed)
        for text, value in changed.items():
            self._remember_factory(text)
            self.at(text).value = value


def listed(text: str) -> list[str]:
    """The items of a list."""
    return [item.strip() for item in text.split(",") if item.strip()]


def text_of(place: Place) -> str:
    """The written form of a place."""
    where = f"[{place.component_instance}]" if place.component_instance else ""
    if place.evse_id is not None:
        where += f"#{place.evse_id}"
        where += f"/{place.connector_id}" if place.connector_id is not None else ""
    which = f"[{place.variable_instance}]" if place.variable_instance else ""
    return f"{place.component}{where}.{place.variable}{which}"


def _place(component: Payload, variable: Payload) -> Place:
    evse = optional(component, "evse", dict, {})
    evse_id = required(evse, "id", int) if "evse" in component else None
    if evse_id is not None and evse_id < 0:
        raise CallError("PropertyConstraintViolation", "EVSEs are numbered from 0")
    return Place(
        required(component, "name", str),
        required(variable, "name", str),
        optional(component, "instance", str),
        optional(variable, "instance", str),
        evse_id,
        optional(evse, "connectorId", int),
    )


def _is_time(value: str) -> bool:
    try:
        parse_time(value)
    except ValueError, CallError:
        return False
    return True
