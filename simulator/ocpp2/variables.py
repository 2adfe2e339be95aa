"""What a variable of the device model is, and what may be written to it (OCPP 2.0.1 part 2 B05-B08)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
import re

from simulator.ocpp2.places import Place
from simulator.ocppj.fields import parse_time
from simulator.ocppj.frames import CallError

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


def listed(text: str) -> list[str]:
    """The items of a list."""
    return [item.strip() for item in text.split(",") if item.strip()]


def _is_time(value: str) -> bool:
    try:
        parse_time(value)
    except ValueError, CallError:
        return False
    return True
