"""Who may charge at a 1.6 station: reservations, its own list of tags, its cache (OCPP 1.6 §5.2, §5.4, §5.10, §5.13, §5.15)."""

from collections.abc import Sequence
from typing import Any

from ...model.access import ListedToken, Reservation, TokenKind
from ...model.drivers import Judgement, Verdict
from ..asking import Asking, unknown_here
from ..meters import as_text

# What a station without a list answers (§5.10).
_NO_LIST = -1

# §7.2 AuthorizationStatus: it knows no places and no times, and what it does not know is Invalid.
_STATUSES = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.BLOCKED: "Blocked",
    Verdict.EXPIRED: "Expired",
    Verdict.CONCURRENT: "ConcurrentTx",
}

# How stations that charge a vehicle by what it is called announce it.
_VEHICLE = "VID:"


class Access16(Asking):
    """Implements `csms.commands.Access`."""

    async def reserve(self, reservation: Reservation) -> None:
        """Keep an EVSE for a tag; connector 0 is any."""
        payload: dict[str, Any] = {
            "connectorId": reservation.evse or 0,
            "expiryDate": as_text(reservation.until),
            "idTag": reservation.token,
            "reservationId": reservation.id,
        }
        if reservation.group is not None:
            payload["parentIdTag"] = reservation.group
        await self._ask("ReserveNow", payload)

    async def cancel_reservation(self, reservation_id: int) -> None:
        """Take a reservation back."""
        await self._ask("CancelReservation", {"reservationId": reservation_id})

    async def local_list_version(self) -> int:
        """Return the version of the station's own list; 0 where it is empty."""
        answer = await self._call("GetLocalListVersion", {})
        version = answer.get("listVersion")
        if not isinstance(version, int) or version == _NO_LIST:
            raise self._refused("GetLocalListVersion", "no list")
        return version

    async def send_local_list(
        self, version: int, tokens: Sequence[ListedToken], *, full: bool
    ) -> None:
        """Replace the station's own list, or change single lines of it."""
        payload: dict[str, Any] = {
            "listVersion": version,
            "updateType": "Full" if full else "Differential",
        }
        if tokens:
            payload["localAuthorizationList"] = [_line(token) for token in tokens]
        await self._ask("SendLocalList", payload)

    async def clear_cache(self) -> None:
        """Let the station forget the tags that it has learnt."""
        await self._ask("ClearCache", {})

    async def customer_information(
        self, token: str, *, report: bool = True, clear: bool = False
    ) -> str:
        """Not in this version."""
        raise unknown_here("CustomerInformation", "1.6")


def _line(token: ListedToken) -> dict[str, Any]:
    line: dict[str, Any] = {"idTag": token.token}
    if token.accepted is None:
        return line
    info: dict[str, Any] = {"status": "Accepted" if token.accepted else "Blocked"}
    if token.until is not None:
        info["expiryDate"] = as_text(token.until)
    if token.group is not None:
        info["parentIdTag"] = token.group
    return {**line, "idTagInfo": info}


def tag_info(judgement: Judgement) -> dict[str, Any]:
    """Return what to say of a tag (§7.9 IdTagInfo); `expiryDate` is when the station is to forget it."""
    info: dict[str, Any] = {"status": _STATUSES.get(judgement.verdict, "Invalid")}
    if judgement.until is not None:
        info["expiryDate"] = as_text(judgement.until)
    if judgement.group is not None:
        info["parentIdTag"] = judgement.group
    return info


def kind_of(tag: str) -> TokenKind:
    """Return what a tag is, as far as 1.6 shows that: a vehicle's address, or a card."""
    is_vehicle = tag.upper().startswith(_VEHICLE)
    return TokenKind.MAC_ADDRESS if is_vehicle else TokenKind.ISO14443
