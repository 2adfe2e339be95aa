"""What sensors outside say that discharging needs: how full a vehicle is, and the frequency of the grid."""

from datetime import timedelta
from math import isfinite
from typing import Any

from homeassistant.const import UnitOfFrequency
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import FrequencyConverter

from .const import SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .engine.model.errors import BadSetting
from .engine.model.identity import EvseKey
from .engine.model.tree import ROOT
from .engine.site import Site
from .measuring import unit_of
from .v2g_checks import check_soc_sensor
from .v2g_config import CONF_FREQUENCY_SENSOR, CONF_FREQUENCY_W, soc_sensors

# What a vehicle's sensor said longer ago is not taken for its state when it is plugged in.
SOC_AGE = timedelta(hours=12)


class VehicleSensor:
    """How full the vehicle at one connector is, as its own sensor says it.

    Clouds repeat for hours what a sleeping vehicle said once. So a value is told when it is another one, and when a
    vehicle is plugged in: from then on the engine takes off what the vehicle gives.
    """

    def __init__(
        self, hass: HomeAssistant, site: Site, key: EvseKey, entity_id: str
    ) -> None:
        """Begin with what it says now."""
        self.entity_id = entity_id
        self._hass = hass
        self._site = site
        self._key = key
        self._told: float | None = None
        self._plugged_in = self._is_plugged_in
        self._stops: list[CALLBACK_TYPE] = [
            async_track_state_change_event(hass, [entity_id], self._async_heard),
            site.on_evse(key, self._async_evse_changed),
        ]
        self._tell()

    def stop(self) -> None:
        """Listen no longer; what it said counts no more."""
        for stop in self._stops:
            stop()
        if self._key.identity in self._site.stations:
            self._site.set_soc(self._key, None)

    @callback
    def _async_heard(self, _: Event[EventStateChangedData]) -> None:
        self._tell()

    @callback
    def _async_evse_changed(self) -> None:
        """Tell of another vehicle what the sensor says of it."""
        before, self._plugged_in = self._plugged_in, self._is_plugged_in
        if self._plugged_in and not before:
            self._told = None
            self._tell()

    def _tell(self) -> None:
        state = self._hass.states.get(self.entity_id)
        percent = None if state is None else self._value(state)
        # One that says nothing for a moment has not changed its mind; how old a value may get, the engine knows.
        if percent is not None and percent != self._told:
            self._told = percent
            self._site.set_soc(self._key, percent)

    def _value(self, state: State) -> float | None:
        if dt_util.utcnow() - state.last_reported > SOC_AGE:
            return None
        try:
            check_soc_sensor(self._hass, self.entity_id)
        except BadSetting:
            return None
        return _number(state)

    @property
    def _is_plugged_in(self) -> bool:
        station = self._site.stations.get(self._key.identity)
        evse = None if station is None else station.evses.get(self._key.evse)
        status = None if evse is None else evse.status
        return status is not None and status.is_plugged_in


class FrequencySensor:
    """The frequency of the grid; every report counts, also one that says the same again."""

    def __init__(self, hass: HomeAssistant, site: Site, entity_id: str) -> None:
        """Begin with what it says now."""
        self.entity_id = entity_id
        self._site = site
        self._stops = [
            track(hass, [entity_id], self._async_heard)
            for track in (
                async_track_state_change_event,
                async_track_state_report_event,
            )
        ]
        self._tell(hass.states.get(entity_id))

    def stop(self) -> None:
        """Listen no longer."""
        for stop in self._stops:
            stop()
        self._site.set_frequency(None)

    @callback
    def _async_heard(
        self, event: Event[EventStateChangedData] | Event[EventStateReportedData]
    ) -> None:
        self._tell(event.data["new_state"])

    def _tell(self, state: State | None) -> None:
        self._site.set_frequency(None if state is None else _hertz(state))


@callback
def async_follow_outside(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Follow the sensors that the forms name, whichever they are, until the entry is unloaded."""
    vehicles: dict[EvseKey, VehicleSensor] = {}
    frequency: FrequencySensor | None = None
    site = entry.runtime_data

    @callback
    def sync() -> None:
        nonlocal frequency
        wanted = soc_sensors(entry)
        for key in tuple(vehicles):
            if wanted.get(key) != vehicles[key].entity_id:
                vehicles.pop(key).stop()
        for key, entity_id in wanted.items():
            if key not in vehicles:
                vehicles[key] = VehicleSensor(hass, site, key, entity_id)
        sensor = entry.options.get(CONF_FREQUENCY_SENSOR)
        if frequency is not None and frequency.entity_id != sensor:
            frequency.stop()
            frequency = None
        if frequency is None and sensor:
            frequency = FrequencySensor(hass, site, sensor)

    @callback
    def stop() -> None:
        for vehicle in vehicles.values():
            vehicle.stop()
        if frequency is not None:
            frequency.stop()

    entry.async_on_unload(stop)
    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), sync)
    )
    sync()


async def async_offer_response(entry: EvenloadConfigEntry) -> None:
    """Offer what the form says to hold the grid's frequency, or nothing."""
    offered_w = entry.options.get(CONF_FREQUENCY_W, 0)
    await entry.runtime_data.respond_to_frequency(ROOT, offered_w or None)


def said_outside(hass: HomeAssistant, entry: EvenloadConfigEntry) -> dict[str, Any]:
    """Return what the sensors say now, for diagnostics."""
    sensors = [*soc_sensors(entry).values()]
    if frequency := entry.options.get(CONF_FREQUENCY_SENSOR):
        sensors.append(frequency)
    return {
        entity_id: (state := hass.states.get(entity_id))
        and {
            "state": state.state,
            "unit": unit_of(state),
            "last_changed": state.last_changed,
            "last_reported": state.last_reported,
        }
        for entity_id in sensors
    }


def _hertz(state: State) -> float | None:
    unit, value = unit_of(state), _number(state)
    if value is None or unit not in FrequencyConverter.VALID_UNITS:
        return None
    return FrequencyConverter.convert(value, unit, UnitOfFrequency.HERTZ)


def _number(state: State) -> float | None:
    try:
        value = float(state.state)
    except ValueError:
        return None
    return value if isfinite(value) else None
