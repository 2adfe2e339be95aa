"""Follows everything that planning is to be told, while the entry is loaded."""

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from ..const import SIGNAL_CHANGED
from ..data import EvenloadConfigEntry
from ..engine.model.identity import EvseKey
from .board import board_of, forget_board
from .input_issues import InputIssues
from .keeper import OutlookKeeper
from .vehicle_config import VehicleConfig, vehicle_configs
from .vehicle_keeper import VehicleKeeper


@callback
def async_follow_inputs(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Follow the inputs that the forms name, whichever they are, until the entry is unloaded."""
    board = board_of(hass, entry)
    site = entry.runtime_data
    issues = InputIssues(hass, entry, board)
    keeper = OutlookKeeper(hass, entry, board)
    vehicles: dict[EvseKey, VehicleKeeper] = {}

    @callback
    def sync() -> None:
        keeper.reconfigure()
        wanted = _known(entry)
        for key in tuple(vehicles):
            if wanted.get(key) != vehicles[key].config:
                vehicles.pop(key).forget()
        for key, config in wanted.items():
            if key not in vehicles:
                vehicles[key] = VehicleKeeper(hass, entry, key, config, board)

    @callback
    def clocks(_: Event | None = None) -> None:
        site.set_zone(dt_util.get_default_time_zone())

    @callback
    def stop() -> None:
        keeper.stop()
        for vehicle in vehicles.values():
            vehicle.stop()
        issues.stop()
        forget_board(hass, entry)

    entry.async_on_unload(stop)
    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), sync)
    )
    entry.async_on_unload(hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, clocks))
    clocks()
    sync()


def _known(entry: EvenloadConfigEntry) -> dict[EvseKey, VehicleConfig]:
    """Return the vehicles that something is said of, at connectors that are known."""
    stations = entry.runtime_data.stations
    return {
        key: config
        for key, config in vehicle_configs(entry).items()
        if key.identity in stations and key.evse in stations[key.identity].evses
    }
