"""Who may charge, as 2.x stations ask it (2.0.1 block C)."""

from collections.abc import Callable
import contextlib
from datetime import UTC, datetime
from typing import Any

from ...model.access import TokenKind
from ...model.drivers import Judgement, Verdict
from ...model.events import TokenPresented
from ..host import Host
from ..meters import as_text
from .access import written_token

# AuthorizationStatusEnumType.
_STATUSES = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.UNKNOWN: "Unknown",
    Verdict.BLOCKED: "Blocked",
    Verdict.EXPIRED: "Expired",
    Verdict.NOT_HERE: "NotAtThisLocation",
    Verdict.NOT_NOW: "NotAtThisTime",
    Verdict.CONCURRENT: "ConcurrentTx",
}


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
        judgement = self._host.judge(self._identity, _asked(id_token))
        accepted = judgement.accepted
        self._host.hear(
            TokenPresented(
                identity=self._identity,
                at=datetime.now(UTC),
                token=id_token["idToken"],
                accepted=accepted,
                kind=_kind(id_token),
            )
        )
        answer: dict[str, Any] = {"idTokenInfo": token_info(judgement)}
        if accepted:
            answer |= self._allowed(id_token)
        if "certificate" in payload or "iso15118CertificateHashData" in payload:
            answer["certificateStatus"] = (
                "Accepted" if accepted else "ContractCancelled"
            )
        return answer

    def info(self, id_token: dict[str, Any], transaction_id: str) -> dict[str, Any]:
        """Return what to say of the token of a transaction (IdTokenInfoType).

        All tokens of a driver may end what one of them has begun: their group is named here or nowhere (C09).
        """
        return token_info(
            self._host.judge_transaction(
                self._identity, transaction_id, _asked(id_token)
            )
        )


def token_of(id_token: dict[str, Any] | None) -> str | None:
    """Return the token that was shown, or None where there was none."""
    return None if id_token is None else id_token["idToken"] or None


def _asked(id_token: dict[str, Any]) -> str | None:
    """Return the token that is asked about; None where a button was pressed: the station does not ask who (C02)."""
    if id_token["type"] == TokenKind.NO_AUTHORIZATION:
        return None
    return str(id_token["idToken"])


def _kind(id_token: dict[str, Any]) -> TokenKind:
    with contextlib.suppress(ValueError):
        return TokenKind(id_token["type"])
    # 2.1 leaves the list open.
    return TokenKind.CENTRAL


def token_info(judgement: Judgement) -> dict[str, Any]:
    """Return what to say of a token (IdTokenInfoType)."""
    info: dict[str, Any] = {"status": _STATUSES[judgement.verdict]}
    if judgement.until is not None:
        info["cacheExpiryDateTime"] = as_text(judgement.until)
    if judgement.group is not None:
        info["groupIdToken"] = written_token(judgement.group, TokenKind.CENTRAL)
    return info
