"""Who may charge, as 2.x stations ask it (2.0.1 block C)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ...model.access import TokenKind
from ...model.events import TokenPresented
from ..host import Host


class Tokens:
    """Judges tokens for one station."""

    def __init__(
        self,
        identity: str,
        host: Host,
        allowed: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> None:
        """Serve one connection; `allowed` returns what to say of how the vehicle of a token may be used."""
        self._identity = identity
        self._host = host
        self._allowed = allowed

    def authorize(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer Authorize. A contract's certificates are the station's to check: whether its holder may charge is asked here."""
        id_token = payload["idToken"]
        info = self.info(id_token)
        accepted = info["status"] == "Accepted"
        self._host.hear(
            TokenPresented(
                identity=self._identity,
                at=datetime.now(UTC),
                token=id_token["idToken"],
                accepted=accepted,
            )
        )
        answer: dict[str, Any] = {"idTokenInfo": info}
        if accepted:
            answer |= self._allowed(id_token)
        if "certificate" in payload or "iso15118CertificateHashData" in payload:
            answer["certificateStatus"] = (
                "Accepted" if accepted else "ContractCancelled"
            )
        return answer

    def info(self, id_token: dict[str, Any]) -> dict[str, Any]:
        """Return what to say of a token (IdTokenInfoType).

        A group of tokens, any of which may stop what another has started, is named here or nowhere (C09): no station tells of
        one. The house knows no groups, and so names none: a station then lets only the token stop that has started.
        """
        if id_token["type"] == TokenKind.NO_AUTHORIZATION:
            # A button was pressed: the station does not ask who (C02).
            accepted = self._host.is_adopted(self._identity)
        else:
            accepted = self._host.authorize(self._identity, id_token["idToken"])
        return {"status": "Accepted" if accepted else "Invalid"}


def token_of(id_token: dict[str, Any] | None) -> str | None:
    """Return the token that was shown, or None where there was none."""
    return None if id_token is None else id_token["idToken"] or None
