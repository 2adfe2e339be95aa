"""Meters of the house: turns the states of their sensors into readings, in the turn of the event loop in which they come."""

from datetime import datetime
from typing import Any

from homeassistant.core import (
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

from .configuration import site_config
from .const import CONF_METER, SIGNAL_CHANGED, SUBENTRY_GROUP
from .data import EvenloadConfigEntry
from .devices import node_name
from .engine.model.configuration import SiteConfig
from .engine.model.household import MeterReading
from .engine.model.phases import ALL_PHASES, Phase
from .engine.model.tree import ROOT
from .measuring import currents, unit_of, value_of
from .meter_config import MeterSensors, meter_sensors
from .sensor_trouble import SensorTrouble


class MeterOfNode:
    """The sensors of one meter, and what each of them said last.

    A reading leaves as soon as any of them speaks, with what the others said last: nobody waits for three lines that
    come one after the other. It is as old as the oldest of them, so that one which went silent is noticed.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        node_id: str,
        sensors: MeterSensors,
        config: SiteConfig,
    ) -> None:
        """Begin with what the sensors say now."""
        self.sensors = sensors
        self.config = config
        self._site = entry.runtime_data
        self._node_id = node_id
        self._values: dict[str, float] = {}
        self._times: dict[str, datetime] = {}
        # Those that say nothing in this moment.
        self._silent = set(sensors.entities)
        self._trouble = SensorTrouble(
            hass, entry, node_id, sensors, lambda: self.lost_s
        )
        for entity_id in sensors.entities:
            if (state := hass.states.get(entity_id)) is not None:
                self._take(entity_id, state)
        self._tell()
        self._tell_silence()
        self._untrack = [
            track(hass, sensors.entities, self._async_heard)
            for track in (
                async_track_state_change_event,
                async_track_state_report_event,
            )
        ]
        self._trouble.look()

    @property
    def lost_s(self) -> float:
        """After how long without a value the meter is lost, in seconds."""
        group = self.config.groups.get(self._node_id)
        meter = self.config.meter if group is None else group.meter
        return 0.0 if meter is None else meter.lost_s

    def stop(self) -> None:
        """Listen no longer."""
        for untrack in self._untrack:
            untrack()
        self._trouble.stop()

    @callback
    def _async_heard(
        self, event: Event[EventStateChangedData] | Event[EventStateReportedData]
    ) -> None:
        """Take what a sensor says; that it says the same again is a sign of life."""
        state = event.data["new_state"]
        entity_id = event.data["entity_id"]
        if state is not None and self._take(entity_id, state):
            self._tell(self.sensors.lines_of(entity_id))
            self._tell_silence()
            self._trouble.over(entity_id)
        else:
            self._silent.add(entity_id)
            self._tell_silence()
            self._trouble.begins(entity_id)

    def _take(self, entity_id: str, state: State) -> bool:
        """Keep what a sensor says; returns whether it says anything."""
        value = value_of(self.sensors.kind, state)
        if value is None:
            return False
        self._values[entity_id] = value
        self._times[entity_id] = state.last_reported
        self._silent.discard(entity_id)
        return True

    def _tell_silence(self) -> None:
        """Tell the site whether it can go by the meter in this moment."""
        self._site.meter_is_silent(self._node_id, silent=bool(self._silent))

    def _tell(self, spoke: tuple[Phase, ...] = ALL_PHASES) -> None:
        """Tell the site what the meter says, once every sensor has spoken; `spoke` are the lines that are heard now."""
        if len(self._values) < len(self.sensors.entities):
            return
        reading = currents(self.sensors, self._values, self.config)
        self._site.read_meter(
            self._node_id, MeterReading(min(self._times.values()), reading, spoke)
        )


@callback
def async_follow_meters(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Follow the meters of the site and its groups, whichever they are, until the entry is unloaded."""
    meters: dict[str, MeterOfNode] = {}

    @callback
    def sync() -> None:
        config = site_config(entry)
        wanted = _wanted(entry, config)
        for node_id in tuple(meters):
            if wanted.get(node_id) != meters[node_id].sensors:
                meters.pop(node_id).stop()
        for node_id, sensors in wanted.items():
            if node_id in meters:
                meters[node_id].config = config
            else:
                meters[node_id] = MeterOfNode(hass, entry, node_id, sensors, config)

    @callback
    def stop() -> None:
        for meter in meters.values():
            meter.stop()

    entry.async_on_unload(stop)
    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), sync)
    )
    sync()


def meters_of(hass: HomeAssistant, entry: EvenloadConfigEntry) -> dict[str, Any]:
    """Return what the sensors of each meter say now, for diagnostics."""
    return {
        node_name(entry, node_id): {
            "kind": sensors.kind,
            "sensors": {
                entity_id: (state := hass.states.get(entity_id))
                and {
                    "state": state.state,
                    "unit": unit_of(state),
                    "last_reported": state.last_reported,
                }
                for entity_id in sensors.entities
            },
        }
        for node_id, sensors in _wanted(entry, site_config(entry)).items()
    }


def sensors_of(entry: EvenloadConfigEntry, node_id: str) -> tuple[str, ...]:
    """Return the sensors of the meter of a node; none where it has no meter."""
    sensors = _wanted(entry, site_config(entry)).get(node_id)
    return () if sensors is None else tuple(sensors.entities)


def _wanted(entry: EvenloadConfigEntry, config: SiteConfig) -> dict[str, MeterSensors]:
    """Return the sensors of every meter by its node."""
    said = {ROOT: entry.options.get(CONF_METER)} | {
        subentry.subentry_id: subentry.data.get(CONF_METER)
        for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP)
    }
    found = {
        node_id: meter_sensors(meter, config.phases)
        for node_id, meter in said.items()
        if meter
    }
    return {node_id: sensors for node_id, sensors in found.items() if sensors.taken}
