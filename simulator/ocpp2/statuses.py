"""Status notifications: each connector's state, told when it changed (B01.FR.05, G01)."""

from typing import TYPE_CHECKING

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
        self._told: dict[tuple[int, int], str] = {}

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
            for connector_id in outlet.connector_ids:
                status = outlet.status_of(connector_id)
                if self._told.get((evse_id, connector_id)) != status:
                    self._told[evse_id, connector_id] = status
                    station.spawn(self._send(evse_id, connector_id, status))

    def report(self, evse_id: int) -> None:
        """Send the status of an EVSE's connectors now."""
        outlet = self._station.outlets[evse_id]
        for connector_id in outlet.connector_ids:
            status = outlet.status_of(connector_id)
            self._station.spawn(self._send(evse_id, connector_id, status))

    def _model(self) -> None:
        """Keep the device model true."""
        station = self._station
        for evse_id, outlet in station.outlets.items():
            box = station.device_model.at(f"EVSE#{evse_id}.AvailabilityState")
            box.value = outlet.status
            for connector_id in outlet.connector_ids:
                plug = f"Connector#{evse_id}/{connector_id}.AvailabilityState"
                station.device_model.at(plug).value = outlet.status_of(connector_id)
        whole = station.device_model.at("ChargingStation.AvailabilityState")
        whole.value = "Available" if station.operative else "Unavailable"

    async def _send(self, evse_id: int, connector_id: int, status: str) -> None:
        station = self._station
        if station.tells_by_events:
            evse = {"id": evse_id, "connectorId": connector_id}
            component = {"name": "Connector", "evse": evse}
            station.monitors.hard_wired(component, "AvailabilityState", status)
            return
        payload = {
            "timestamp": format_time(station.now()),
            "connectorStatus": status,
            "evseId": evse_id,
            "connectorId": connector_id,
        }
        try:
            await station.link.call("StatusNotification", payload)
        except NotConnected:
            # Nobody heard it; it is told again on the next connection unless it changed.
            if self._told.get((evse_id, connector_id)) == status:
                del self._told[evse_id, connector_id]
        except CallError, TimeoutError:
            return
