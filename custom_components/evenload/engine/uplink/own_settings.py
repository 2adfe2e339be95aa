"""What a controller, or several stations that are one, show of themselves as variables of 2.x (2.0.1 B06, B07, B08)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..csms.meters import as_text

type Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

# So many variables go into one message.
_A_REPORT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One variable, which nobody but its owner changes. `kind` is a DataEnum; `evse` None: of the whole."""

    component: str
    variable: str
    value: str
    kind: str = "string"
    evse: int | None = None
    instance: str | None = None
    unit: str | None = None

    @property
    def place(self) -> dict[str, Any]:
        """Where it is, as OCPP writes it."""
        component: dict[str, Any] = {"name": self.component}
        variable: dict[str, Any] = {"name": self.variable}
        if self.evse is not None:
            component["evse"] = {"id": self.evse}
        if self.instance is not None:
            variable["instance"] = self.instance
        return {"component": component, "variable": variable}

    def report(self) -> dict[str, Any]:
        """Return it as reports have it."""
        traits: dict[str, Any] = {"dataType": self.kind, "supportsMonitoring": False}
        if self.unit is not None:
            traits["unit"] = self.unit
        attribute = {"type": "Actual", "value": self.value, "mutability": "ReadOnly"}
        return {
            **self.place,
            "variableAttribute": [attribute],
            "variableCharacteristics": traits,
        }


class OwnSettings:
    """Answers what is asked of them."""

    def __init__(
        self,
        facts: Callable[[], Sequence[Fact]],
        tell: Callable[[str, dict[str, Any]], None],
        now: Callable[[], datetime],
    ) -> None:
        """Show these; `tell` sends a report."""
        self._facts = facts
        self._tell = tell
        self._now = now
        self.handlers: dict[str, Handler] = {
            "GetBaseReport": self._base_report,
            "GetReport": self._report,
            "GetVariables": self._get,
            "SetVariables": self._set,
        }

    async def _get(self, payload: dict[str, Any]) -> dict[str, Any]:
        results = []
        for one in payload["getVariableData"]:
            fact, status = self._find(one)
            result = {**_place(one), "attributeStatus": status}
            if fact is not None and one.get("attributeType", "Actual") != "Actual":
                result["attributeStatus"] = "NotSupportedAttributeType"
            elif fact is not None:
                result["attributeValue"] = fact.value
            results.append(result)
        return {"getVariableResult": results}

    async def _set(self, payload: dict[str, Any]) -> dict[str, Any]:
        results = []
        for one in payload["setVariableData"]:
            fact, status = self._find(one)
            # All of them are the owner's, or what the house is.
            status = status if fact is None else "Rejected"
            results.append({**_place(one), "attributeStatus": status})
        return {"setVariableResult": results}

    async def _base_report(self, payload: dict[str, Any]) -> dict[str, Any]:
        return self._tell_all(payload["requestId"], self._facts())

    async def _report(self, payload: dict[str, Any]) -> dict[str, Any]:
        wanted = payload.get("componentVariable")
        if payload.get("componentCriteria"):
            # None of them is active, enabled, available or in trouble by itself.
            return {"status": "NotSupported"}
        found = [
            fact
            for fact in self._facts()
            if wanted is None or any(_is_meant(fact, one) for one in wanted)
        ]
        return self._tell_all(payload["requestId"], found)

    def _tell_all(self, request: int, found: Sequence[Fact]) -> dict[str, Any]:
        if not found:
            return {"status": "EmptyResultSet"}
        parts = [
            found[start : start + _A_REPORT]
            for start in range(0, len(found), _A_REPORT)
        ]
        for number, part in enumerate(parts):
            said = {
                "requestId": request,
                "generatedAt": as_text(self._now()),
                "seqNo": number,
                "tbc": number < len(parts) - 1,
                "reportData": [fact.report() for fact in part],
            }
            self._tell("NotifyReport", said)
        return {"status": "Accepted"}

    def _find(self, asked: dict[str, Any]) -> tuple[Fact | None, str]:
        """Return a variable, or why there is none."""
        facts = self._facts()
        found = next((fact for fact in facts if _is_meant(fact, asked)), None)
        if found is not None:
            return found, "Accepted"
        name = asked["component"]["name"].lower()
        is_known = any(fact.component.lower() == name for fact in facts)
        return None, "UnknownVariable" if is_known else "UnknownComponent"


def _is_meant(fact: Fact, asked: dict[str, Any]) -> bool:
    component, variable = asked["component"], asked.get("variable")
    return (
        fact.component.lower() == component["name"].lower()
        and fact.evse == component.get("evse", {}).get("id")
        and (
            variable is None
            or (
                fact.variable.lower() == variable["name"].lower()
                and fact.instance == variable.get("instance")
            )
        )
    )


def _place(said: dict[str, Any]) -> dict[str, Any]:
    return {
        key: said[key]
        for key in ("component", "variable", "attributeType")
        if key in said
    }
