"""Removes what identifies people or opens doors from frames that are shown."""

import json
import re
from typing import Any

from ..model.readings import Location

REMOVED = "**REDACTED**"

# In lower case: stations that misspell a field still mean it.
_SECRET_FIELDS = frozenset(
    {
        "idtag",
        "parentidtag",
        "csr",
        "certificatechain",
        "certificate",
        "signingcertificate",
        "serialnumber",
        "chargepointserialnumber",
        "chargeboxserialnumber",
        "meterserialnumber",
        "iccid",
        "imsi",
        "remotelocation",
        # 2.x: what vehicles, contracts, customers and payments are known by.
        "customeridentifier",
        "exirequest",
        "exiresponse",
        "ocspresult",
        "pspref",
        "receipturl",
        "vatcompany",
        "vatnumber",
        "vpn",
    }
)

# Configuration keys whose value is a secret (security whitepaper §2; makers' own spellings vary).
_SECRET_KEYS = re.compile(
    r"authorizationkey|password|passwd|secret|token|apn|ssid|psk|vehicleid|evccid|"
    r"serialnumber|iccid|imsi",
    re.IGNORECASE,
)

# What holds a setting's value, in 1.6 and in 2.x (VariableAttributeType, GetVariableResultType, EventDataType).
_VALUES = frozenset({"value", "attributevalue", "actualvalue"})


def redacted(text: str) -> str:
    """Return a frame's text without secrets; a text that is no frame is only told by its length."""
    try:
        return json.dumps(
            _without_customer(_clean(json.loads(text))), separators=(",", ":")
        )
    except ValueError, RecursionError:
        return f"{len(text)} characters that are not JSON"


def _without_customer(frame: Any) -> Any:
    """Return a frame without what a station knows of a customer, which is text of any form."""
    match frame:
        case [kind, call_id, "NotifyCustomerInformation" as action, dict(payload), *_]:
            return [kind, call_id, action, {**payload, "data": REMOVED}]
        case _:
            return frame


def _clean(value: Any, setting: str = "") -> Any:
    """Return a value without secrets; `setting` is what the object around it names."""
    match value:
        case dict():
            setting = _setting(value) or setting
            return {
                name: REMOVED
                if _is_secret(name, item, setting)
                else _clean(item, setting)
                for name, item in value.items()
            }
        case list():
            return [_clean(item, setting) for item in value]
        case str() if value.lstrip()[:1] in {"{", "["}:
            # Makers put JSON into a text of DataTransfer.
            return redacted(value)
        case _:
            return value


def _setting(value: dict[str, Any]) -> str:
    """Return the name of the setting that an object is about: a key of 1.6, a variable of 2.x."""
    variable = value.get("variable")
    if isinstance(variable, dict):
        return str(variable.get("name", ""))
    return str(value.get("key", ""))


def _is_secret(name: str, value: object, setting: str) -> bool:
    """Whether a field is not to be shown; `setting` is what it is the value of."""
    match name.lower():
        case lowered if lowered in _VALUES:
            return _SECRET_KEYS.search(setting) is not None
        case "location":
            # An address that may hold a password, or where in the station something was measured.
            return value not in list(Location)
        case "idtoken" | "groupidtoken" | "idtokeninfo" if isinstance(value, dict):
            # 2.x: a token with its kind, and what is said of it; the token itself stands inside.
            return False
        case lowered:
            return lowered in _SECRET_FIELDS or _SECRET_KEYS.search(name) is not None
