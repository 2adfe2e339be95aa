"""Removes what identifies people or opens doors from frames that are shown."""

import json
import re
from typing import Any

REMOVED = "**REDACTED**"

_SECRET_FIELDS = frozenset(
    {
        "idTag",
        "parentIdTag",
        "csr",
        "certificateChain",
        "certificate",
        "chargePointSerialNumber",
        "chargeBoxSerialNumber",
        "meterSerialNumber",
        "iccid",
        "imsi",
        "location",
        "remoteLocation",
    }
)

# Configuration keys whose value is a secret (security whitepaper §2; makers' own spellings vary).
_SECRET_KEYS = re.compile(
    r"authorizationkey|password|passwd|secret|token|apn|ssid|psk", re.IGNORECASE
)


def redacted(text: str) -> str:
    """Return a frame's text without secrets; a text that is no frame is only told by its length."""
    try:
        frame = json.loads(text)
    except ValueError, RecursionError:
        return f"{len(text)} characters that are not JSON"
    return json.dumps(_clean(frame), separators=(",", ":"))


def _clean(value: Any) -> Any:
    match value:
        case dict():
            secret_setting = _SECRET_KEYS.search(str(value.get("key", ""))) is not None
            return {
                name: REMOVED
                if name in _SECRET_FIELDS or (secret_setting and name == "value")
                else _clean(item)
                for name, item in value.items()
            }
        case list():
            return [_clean(item) for item in value]
        case _:
            return value
