"""What a dialect makes of a setpoint: keys, values and messages, by templates that hold words and run nothing."""

from collections.abc import Mapping
import json
import math
import re
from typing import Any

from ...model.v2x import V2xDialect
from ...model.v2x_ability import Method
from .target import Target

# The vendor of all that is not plain OCPP and no maker's own (docs/v2g-extension.md).
VENDOR = "org.evenload.v2x"

MESSAGE = "Setpoint"
_FIELDS = {
    "evse": "{evse}",
    "operationMode": "{mode}",
    "setpoint": "{power}",
    "limit": "{charge_limit}",
    "dischargeLimit": "{discharge_limit}",
    "duration": "{seconds}",
    "transactionId": '"{transaction}"',
}
_REPLY = ("status", "Accepted")

_KEYS = {
    Method.CONFIGURATION_KEY: "V2XSetpoint",
    Method.VARIABLE: "V2XChargingCtrlr@{evse}/Setpoint",
}

_WORD = re.compile(r"\{(\w+)\}")


def on_the_wire(watts: float, dialect: V2xDialect) -> float:
    """Return a power as a dialect counts it, never further from 0 than it is: whole watts, or three digits of another unit."""
    scaled = watts * dialect.scale * (-1.0 if dialect.discharge_is_positive else 1.0)
    if dialect.scale == 1.0:
        return math.trunc(round(scaled, 6))
    return math.trunc(round(scaled * 1000.0, 6)) / 1000.0 + 0.0


def key_of(target: Target) -> str:
    """Return the key or variable of an EVSE."""
    dialect = target.order.dialect
    if not dialect.key and dialect.method is Method.CONFIGURATION_KEY:
        # Those of further EVSEs are numbered.
        return _KEYS[dialect.method] + (str(target.evse) if target.evse > 1 else "")
    return filled(dialect.key or _KEYS[dialect.method], target)


def value_of(target: Target) -> str:
    """Return the value of the key or variable that brings a setpoint."""
    return str(on_the_wire(target.power_w, target.order.dialect))


def releasing_value(target: Target) -> str:
    """Return the value of the key or variable that ends a setpoint."""
    dialect = target.order.dialect
    usual = "ChargingOnly" if dialect.charges_by_limits else "{charge_limit}"
    return filled(dialect.released or usual, target)


def message_of(
    target: Target, fields: Mapping[str, str]
) -> tuple[str, str, dict[str, Any]]:
    """Return vendor, message and data of a message of the maker's own, or of ours where the dialect names none."""
    dialect = target.order.dialect
    data = {
        name: _as_json(filled(text, target))
        for name, text in (fields or dialect.fields or _FIELDS).items()
        if "{transaction}" not in text or target.order.transaction_id is not None
    }
    return dialect.vendor or VENDOR, dialect.message or MESSAGE, data


def reply_of(dialect: V2xDialect) -> tuple[str, str]:
    """Return which field of the answer shows by which value that a message was obeyed."""
    if dialect.reply_field or dialect.fields:
        return dialect.reply_field, dialect.reply_value
    return _REPLY


def filled(text: str, target: Target) -> str:
    """Return a template with its words replaced; what is no word of ours stays as it is."""
    dialect = target.order.dialect
    words = {
        "power": str(on_the_wire(target.power_w, dialect)),
        "charge_limit": str(on_the_wire(target.charge_w, dialect)),
        "discharge_limit": str(on_the_wire(target.discharge_w, dialect)),
        "evse": str(target.evse),
        "seconds": str(target.seconds),
        "mode": target.mode.value,
        "transaction": target.order.transaction_id or "",
    }
    return _WORD.sub(lambda found: words.get(found[1], found[0]), text)


def _as_json(text: str) -> Any:
    """Return what a text says as JSON, or the text."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except ValueError:
        return text


def _no_number(word: str) -> Any:
    # NaN and Infinity are no JSON, though Python reads and writes them.
    raise ValueError(word)
