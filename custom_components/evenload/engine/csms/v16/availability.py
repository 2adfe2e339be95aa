"""Taking EVSEs in and out of service, one by one or all at once: some stations know only one of both (OCPP 1.6 §5.2)."""

from collections.abc import Iterable

from ...model.errors import StationRefused
from ...model.orders import WHOLE_STATION
from ..asking import Asking
from ..limiting.terms import Knowledge


class Availability16(Asking):
    """The availability of a station's EVSEs."""

    _knowledge: Knowledge

    async def set_availability(self, evse: int, *, operative: bool) -> bool:
        """Take an EVSE (0: the station) in or out of service; False when that waits for a transaction's end."""
        evses = range(1, (self._knowledge.capabilities().evses or 1) + 1)
        whole = evse == WHOLE_STATION
        if whole and self._knowledge.quirks().availability_per_evse:
            return await self._change(evses, operative)
        try:
            return await self._change((evse,), operative)
        except StationRefused:
            if whole:
                return await self._change(evses, operative)
            if len(evses) > 1:
                raise
            return await self._change((WHOLE_STATION,), operative)

    async def _change(self, evses: Iterable[int], operative: bool) -> bool:
        kind = "Operative" if operative else "Inoperative"
        answers = [
            await self._ask(
                "ChangeAvailability",
                {"connectorId": evse, "type": kind},
                "Accepted",
                "Scheduled",
            )
            for evse in evses
        ]
        return all(answer["status"] == "Accepted" for answer in answers)
