"""Who charges, as 1.6 writes it (a tag) and as 2.x does (an IdTokenType with its kind; 2.0.1 IdTokenEnumType, C02)."""

from collections.abc import Mapping
import re
from typing import Any

# Who charges where nobody was asked: 1.6 starts nothing without a tag.
NOBODY = "NOAUTH"
NO_AUTHORIZATION = "NoAuthorization"

# The length of 1.6's tokens.
MOST_OF_A_TAG = 20

# What a card's chip has: 4, 7 or 10 bytes.
_UID = re.compile(r"(?:[0-9A-Fa-f]{2}){4}|(?:[0-9A-Fa-f]{2}){7}|(?:[0-9A-Fa-f]{2}){10}")


def id_token(tag: str) -> dict[str, str]:
    """Return a tag of 1.6 as 2.x writes it; what kind it is 1.6 does not tell, but a card's number looks like one."""
    if tag in {"", NOBODY}:
        return {"idToken": "", "type": NO_AUTHORIZATION}
    return {"idToken": tag, "type": "ISO14443" if _UID.fullmatch(tag) else "Central"}


def tag_of(token: Mapping[str, Any]) -> str:
    """Return a token of 2.x as 1.6 writes it: it has no word for nobody."""
    said = str(token.get("idToken", ""))
    if not said or token.get("type") == NO_AUTHORIZATION:
        return NOBODY
    return said[:MOST_OF_A_TAG]
