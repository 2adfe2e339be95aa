"""Status notifications: each connector's state, told when it changed (B01.FR.05, G01)."""

from typing import TYPE_CHECKING

from simulator.ocpp2.outlet import CONNECTOR_ID
from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import CallError
from simulator.ocppj.link import NotConnected

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation


class Statuses:
    """What the central system was last told about each connector."""

    def __init__(self, station: ChargingStation) -> None:
        """Start with nothing told."""
        self._station = station
        self._told: dict[int, str] = {}

    def forget(self) -> None:
        """Tell everything again, as after a boot or a long time offline (B04.FR.01)."""
        self._told.clear()

    def update(self) -> None:
        """Tell what changed; what changed offline is told after reconnecting (B04.FR.02)."""
        station = self._station
        self._model()
        if not (station.ready.is_set() or station.faults.talks_before_boot):
            return
        if not station.link.online.is_set():
            return
        for evse_id, outlet in station.outlets.items():
            if self._told.get(evse_id) != outlet.status:
                self._told[evse_id] = outlet.status
                self.report(evse_id)

    def report(self, evse_id: int) -> None:
        """Send a connector's status now."""
        status = self._station.outlets[evse_id].status
        self._station.spawn(self._send(evse_id, status))

    def _model(self) -> None:
        """Keep the device model true."""
        station = self._station
        for evse_id, outlet in station.outlets.items():
            for component in (f"EVSE#{evse_id}", f"Connector#{evse_id}/{CONNECTOR_ID}"):
                station.device_model.at(
                    f"{component}.AvailabilityState"
                ).value = outlet.status
        whole = station.device_model.at("ChargingStation.AvailabilityState")
        whole.value = "Available" if station.operative else "Unavailable"

    async def _send(self, evse_id: int, status: str) -> None:
        payload = {
            "timestamp": format_time(self._station.now()),
            "connectorStatus": status,
            "evseId": evse_id,
            "connectorId": CONNECTOR_ID,
        }
        try:
            await self._station.link.call("StatusNotification", payload)
        except NotConnected:
            # Nobody heard it; it is told again on the next connection unless it changed.
            if self._told.get(evse_id) == status:
                del self._told[evse_id]
        except CallError, TimeoutError:
            return
