"""Where a variable is: components and variables by name (ComponentType, VariableType)."""

from dataclasses import dataclass
import re
from typing import Self

from simulator.ocppj.fields import optional, required
from simulator.ocppj.frames import CallError, Payload

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


def text_of(place: Place) -> str:
    """The written form of a place."""
    where = f"[{place.component_instance}]" if place.component_instance else ""
    if place.evse_id is not None:
        where += f"#{place.evse_id}"
        where += f"/{place.connector_id}" if place.connector_id is not None else ""
    which = f"[{place.variable_instance}]" if place.variable_instance else ""
    return f"{place.component}{where}.{place.variable}{which}"


def place_of(component: Payload, variable: Payload) -> Place:
    """The place that a payload names; raises CallError."""
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
