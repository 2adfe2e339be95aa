"""What tokens can be, and what kind they are likely of."""

import re

from ..model.access import TokenKind
from ..model.tokens import plain

__all__ = ["MOST", "MOST_IN_16", "MOST_IN_201", "is_valid", "likely_kind", "plain"]

# OCPP 1.6 §7.28 IdToken (CiString20); 2.0.1 IdTokenType: 36 characters, 2.1: 255.
MOST_IN_16 = 20
MOST_IN_201 = 36
MOST = 255

# What a vehicle is called over ISO 15118 or the powerline (EVCCID): an address of twelve digits. No card has so many.
_ADDRESS = re.compile(r"^[0-9A-F]{12}$")

# A contract (ISO 15118-2 annex H): country, provider, instance, and a check digit that may be left out.
_CONTRACT = re.compile(r"^[A-Z]{2}-?[0-9A-Z]{3}-?C?[0-9A-Z]{8,9}(-?[0-9A-Z])?$")


def likely_kind(token: str) -> TokenKind:
    """Return what a token that was typed in is: stations of 2.x compare the kind too."""
    token = plain(token)
    if _ADDRESS.match(token):
        return TokenKind.MAC_ADDRESS
    is_number = all(sign in "0123456789ABCDEF" for sign in token)
    if _CONTRACT.match(token) and not is_number:
        return TokenKind.EMAID
    return TokenKind.ISO14443


def is_valid(token: str) -> bool:
    """Whether this can be a token: printable, not empty, and no longer than any version takes."""
    return 0 < len(token) <= MOST and token.isprintable()
