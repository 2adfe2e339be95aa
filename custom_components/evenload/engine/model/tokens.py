"""How tokens are compared, so that two writings of one card are the same."""

import re

# How stations of 1.6 that charge a vehicle by what it is called announce it; 2.x has a kind for that.
_VEHICLE = re.compile(r"^VID:?(?=[0-9A-F]{12}$)")

# A card's number, written in pairs as readers and apps show it.
_PAIRS = re.compile(r"^[0-9A-F]{2}(?:[:\- ][0-9A-F]{2})+$")


def plain(token: str) -> str:
    """Return a token as it is compared: without case (both versions say so), and a number without what parts its pairs."""
    token = token.strip().upper()
    if _PAIRS.match(token):
        token = re.sub(r"[:\- ]", "", token)
    return _VEHICLE.sub("", token)
