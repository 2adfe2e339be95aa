"""Who may charge at a 1.6 station: reservations, its own list of tags, its cache (OCPP 1.6 §5.2, §5.4, §5.10, §5.13, §5.15)."""

from collections.abc import Sequence
from typing import Any

from ...model.access import ListedToken, Reservation
from ..asking import Asking, unknown_here
from ..meters import as_text

# What a station without a list answers (§5.10).
_NO_LIST = -1


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
