"""Status notifications (OCPP 1.6 §4.9): each connector's state, told when it changed."""

from typing import TYPE_CHECKING

from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import CallError, Payload
from simulator.ocppj.link import NotConnected

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint

STATION = 0


class Statuses:
    """What the central system was last told about each connector."""

    def __init__(self, charge_point: ChargePoint) -> None:
        """Start with nothing told."""
        self._charge_point = charge_point
        self._told: dict[int, tuple[str, str]] = {}

    def forget(self) -> None:
        """Tell everything again, as after a boot."""
        self._told.clear()

    def update(self) -> None:
        """Tell what changed; what changed offline is told after reconnecting (§4.9)."""
        if not (
            self._charge_point.ready.is_set()
            or self._charge_point.faults.talks_before_boot
        ):
            return
        if not self._charge_point.link.online.is_set():
            return
        for connector_id in (STATION, *self._charge_point.outlets):
            state = self._state(connector_id)
            if self._told.get(connector_id) != state:
                self._told[connector_id] = state
                self.report(connector_id)

    def report(self, connector_id: int) -> None:
        """Send a connector's status now."""
        state = self._state(connector_id)
        self._charge_point.spawn(self._send(connector_id, state))

    async def _send(self, connector_id: int, state: tuple[str, str]) -> None:
        payload = self._payload(connector_id, state)
        try:
            await self._charge_point.link.call("StatusNotification", payload)
        except NotConnected:
            # Nobody heard it; it is told again on the next connection unless it changed.
            if self._told.get(connector_id) == state:
                del self._told[connector_id]
        except CallError, TimeoutError:
            return

    def _state(self, connector_id: int) -> tuple[str, str]:
        if connector_id == STATION:
            return (
                "Available" if self._charge_point.operative else "Unavailable",
                "NoError",
            )
        outlet = self._charge_point.outlets[connector_id]
        return (outlet.activity.value, outlet.evse.error or "NoError")

    def _payload(self, connector_id: int, state: tuple[str, str]) -> Payload:
        status, error = state
        return {
            "connectorId": connector_id,
            "errorCode": error,
            "status": status,
            "timestamp": format_time(self._charge_point.now()),
        }
