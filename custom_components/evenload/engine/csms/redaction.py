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
    }
)

# Configuration keys whose value is a secret (security whitepaper §2; makers' own spellings vary).
_SECRET_KEYS = re.compile(
    r"authorizationkey|password|passwd|secret|token|apn|ssid|psk", re.IGNORECASE
)


def redacted(text: str) -> str:
    """Return a frame's text without secrets; a text that is no frame is only told by its length."""
    try:
        return json.dumps(_clean(json.loads(text)), separators=(",", ":"))
    except ValueError, RecursionError:
        return f"{len(text)} characters that are not JSON"


def _clean(value: Any) -> Any:
    match value:
        case dict():
            setting = str(value.get("key", ""))
            return {
                name: REMOVED if _is_secret(name, item, setting) else _clean(item)
                for name, item in value.items()
            }
        case list():
            return [_clean(item) for item in value]
        case str() if value.lstrip()[:1] in {"{", "["}:
            # Makers put JSON into a text of DataTransfer.
            return redacted(value)
        case _:
            return value


def _is_secret(name: str, value: object, setting: str) -> bool:
    """Whether a field is not to be shown; `setting` is the configuration key that stands beside it."""
    match name.lower():
        case "value":
            return _SECRET_KEYS.search(setting) is not None
        case "location":
            # An address that may hold a password, or where in the station something was measured.
            return value not in list(Location)
        case lowered:
            return lowered in _SECRET_FIELDS or _SECRET_KEYS.search(name) is not None
