"""When nothing was to flow at an EVSE while a transaction ran, and why."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ..model.identity import EvseKey
from ..model.sessions import Pause
from ..model.stations import Evse, EvseStatus

# It was the vehicle that took no more; every other reason is an allotment's.
BY_VEHICLE = "vehicle"
BY_STATION = "station"


class Pauses:
    """The pause that every EVSE is in, if it is in one."""

    def __init__(self) -> None:
        """Begin with none."""
        self._now: dict[EvseKey, Pause] = {}

    def take_up(self, pauses: Iterable[tuple[EvseKey, Pause]]) -> None:
        """Go on with those that had not ended."""
        self._now.update(pauses)

    def look(self, evse: Evse, at: datetime) -> list[Pause]:
        """Return the pauses of an EVSE that began or ended."""
        known, reason = self._now.get(evse.key), _reason(evse)
        if reason == (None if known is None else known.reason):
            return []
        found = []
        if known is not None:
            found.append(replace(known, ended_at=max(at, known.started_at)))
            del self._now[evse.key]
        if reason is not None:
            self._now[evse.key] = Pause(at, None, reason)
            found.append(self._now[evse.key])
        return found


def _reason(evse: Evse) -> str | None:
    """Return why an EVSE pauses, or None where it does not."""
    if evse.transaction is None:
        return None
    match evse.status:
        case EvseStatus.SUSPENDED_EV:
            return BY_VEHICLE
        case EvseStatus.SUSPENDED_EVSE:
            return BY_STATION if evse.allotment is None else evse.allotment.reason.value
        case _:
            return None
