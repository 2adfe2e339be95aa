"""Who may charge: tokens, reservations, and the list of tokens that a station keeps for when nobody can be asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TokenKind(StrEnum):
    """Where a token comes from, as OCPP 2 writes it; 1.6 does not tell."""

    CENTRAL = "Central"
    EMAID = "eMAID"
    ISO14443 = "ISO14443"
    ISO15693 = "ISO15693"
    KEY_CODE = "KeyCode"
    LOCAL = "Local"
    MAC_ADDRESS = "MacAddress"
    NO_AUTHORIZATION = "NoAuthorization"


@dataclass(frozen=True, slots=True)
class Reservation:
    """An EVSE (None: any) that is kept for a token until a moment. Tokens of one group may stand in for one another."""

    id: int
    token: str
    until: datetime
    evse: int | None = None
    group: str | None = None
    kind: TokenKind = TokenKind.ISO14443


@dataclass(frozen=True, slots=True)
class ListedToken:
    """One line of a station's own list; `accepted` None takes the line out of it."""

    token: str
    accepted: bool | None = True
    until: datetime | None = None
    group: str | None = None
    kind: TokenKind = TokenKind.ISO14443
