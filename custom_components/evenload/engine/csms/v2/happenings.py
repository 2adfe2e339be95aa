"""What the parts of a 2.x station report of their own accord (2.0.1 N07, G01; NotifyEvent)."""

from collections.abc import Callable
from typing import Any

from ...model.events import ComponentReported
from ...model.orders import WHOLE_STATION
from ...model.stations import StationError
from ..host import Host
from ..meters import moment_or_now
from ..onboarding import MAXIMUM_EVSES
from .device_model import Key, truth
from .evses import Evses
from .statuses import ConnectorStatus
from .v2x_learning import is_about_discharging

_STATUSES = {status.lower(): status for status in ConnectorStatus}

# Components whose availability is that of a place where vehicles are plugged in.
_PLACES = frozenset({"chargingstation", "evse", "connector"})


class Happenings:
    """Answers NotifyEvent."""

    def __init__(
        self,
        identity: str,
        host: Host,
        evses: Evses,
        valued: Callable[[Key, str], None],
        v2x_changed: Callable[[], None],
    ) -> None:
        """Serve one connection; `valued` hears the new value of a variable, `v2x_changed` that one tells of discharging."""
        self._identity = identity
        self._host = host
        self._evses = evses
        self._valued = valued
        self._v2x_changed = v2x_changed

    def answer(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer NotifyEvent."""
        for item in payload["eventData"]:
            self._happened(item)
        return {}

    def _happened(self, item: dict[str, Any]) -> None:
        key = Key.read(item["component"], item["variable"])
        evse = key.evse or WHOLE_STATION
        if evse > MAXIMUM_EVSES:
            return
        at = moment_or_now(item["timestamp"])
        self._valued(key, item["actualValue"])
        if is_about_discharging(key.component):
            self._v2x_changed()
        match key.variable.lower():
            case "availabilitystate" if key.component.lower() in _PLACES:
                # G01.FR.06: this may stand in for StatusNotification.
                status = _STATUSES.get(item["actualValue"].strip().lower())
                if status is not None:
                    self._evses.connector(evse, key.connector or 0, status, at)
                return
            case "problem":
                is_over = item.get("cleared") or not truth(item["actualValue"])
                error = None if is_over else _error(item)
                self._evses.problem(evse, f"{key.component}{key.connector}", error, at)
        self._host.hear(
            ComponentReported(
                identity=self._identity,
                at=at,
                evse=evse,
                component=key.component,
                variable=key.variable,
                value=item["actualValue"],
                code=item.get("techCode"),
                info=item.get("techInfo"),
                cleared=item.get("cleared", False),
            )
        )


def _error(item: dict[str, Any]) -> StationError:
    return StationError(
        item["component"]["name"], item.get("techCode"), item.get("techInfo")
    )
