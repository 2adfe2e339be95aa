"""What the grid makes a 2.1 station do, as it tells it (2.1 block R)."""

from typing import Any

from ...model.events import GridAlarmReported, GridControlReported
from ..host import Host
from ..meters import moment_or_now


class GridNotices:
    """Answers it."""

    def __init__(self, identity: str, host: Host) -> None:
        """Serve one connection."""
        self._identity = identity
        self._host = host

    def alarm(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer NotifyDERAlarm (2.1 R04)."""
        self._host.hear(
            GridAlarmReported(
                identity=self._identity,
                at=moment_or_now(payload["timestamp"]),
                control=payload["controlType"],
                fault=payload.get("gridEventFault"),
                ended=payload.get("alarmEnded", False),
            )
        )
        return {}

    def control(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer NotifyDERStartStop (R04)."""
        self._host.hear(
            GridControlReported(
                identity=self._identity,
                at=moment_or_now(payload["timestamp"]),
                control_id=payload["controlId"],
                started=payload["started"],
                superseded=tuple(payload.get("supersededIds", ())),
            )
        )
        return {}
