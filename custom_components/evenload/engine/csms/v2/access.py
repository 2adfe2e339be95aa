"""Who may charge at a 2.x station: reservations, its own list of tokens, its cache, what it knows of customers (2.0.1 C11, D01, D02, H01, H02, N09, N10)."""

from collections.abc import Sequence
from typing import Any

from ...model.access import ListedToken, Reservation, TokenKind
from ..asking import Asking
from ..meters import as_text
from .reports import Reports


class Access2(Asking):
    """Implements `csms.commands.Access`."""

    _reports: Reports

    async def reserve(self, reservation: Reservation) -> None:
        """Keep an EVSE for a token."""
        payload: dict[str, Any] = {
            "id": reservation.id,
            "expiryDateTime": as_text(reservation.until),
            "idToken": written_token(reservation.token, reservation.kind),
        }
        if reservation.evse is not None:
            payload["evseId"] = reservation.evse
        if reservation.group is not None:
            payload["groupIdToken"] = written_token(
                reservation.group, TokenKind.CENTRAL
            )
        await self._ask("ReserveNow", payload)

    async def cancel_reservation(self, reservation_id: int) -> None:
        """Take a reservation back."""
        await self._ask("CancelReservation", {"reservationId": reservation_id})

    async def local_list_version(self) -> int:
        """Return the version of the station's own list; 0 where it is empty."""
        answer = await self._call("GetLocalListVersion", {})
        version = answer.get("versionNumber")
        if not isinstance(version, int):
            raise self._refused("GetLocalListVersion", "no list")
        return version

    async def send_local_list(
        self, version: int, tokens: Sequence[ListedToken], *, full: bool
    ) -> None:
        """Replace the station's own list, or change single lines of it."""
        payload: dict[str, Any] = {
            "versionNumber": version,
            "updateType": "Full" if full else "Differential",
        }
        if tokens:
            payload["localAuthorizationList"] = [_line(token) for token in tokens]
        await self._ask("SendLocalList", payload)

    async def clear_cache(self) -> None:
        """Let the station forget the tokens that it has learnt."""
        await self._ask("ClearCache", {})

    async def customer_information(
        self, token: str, *, report: bool = True, clear: bool = False
    ) -> str:
        """Ask what the station has stored about a token's owner, and let it be forgotten."""
        awaited = self._reports.expect()
        try:
            await self._ask(
                "CustomerInformation",
                {
                    "requestId": awaited.request_id,
                    "report": report,
                    "clear": clear,
                    "idToken": written_token(token, TokenKind.ISO14443),
                },
            )
        except BaseException:
            self._reports.forget(awaited)
            raise
        # Also one that only forgets tells that it has (N10.FR.05).
        return "".join(map(str, await self._reports.complete(awaited)))


def written_token(token: str, kind: TokenKind) -> dict[str, Any]:
    """Return a token as messages carry it (IdTokenType)."""
    return {"idToken": token, "type": kind.value}


def _line(token: ListedToken) -> dict[str, Any]:
    line: dict[str, Any] = {"idToken": written_token(token.token, token.kind)}
    if token.accepted is None:
        return line
    info: dict[str, Any] = {"status": "Accepted" if token.accepted else "Blocked"}
    if token.until is not None:
        info["cacheExpiryDateTime"] = as_text(token.until)
    if token.group is not None:
        info["groupIdToken"] = written_token(token.group, TokenKind.CENTRAL)
    return {**line, "idTokenInfo": info}
