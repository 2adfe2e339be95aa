"""Sensors of stations, connectors and load balancing groups."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.typing import StateType

from .central_sensors import async_add_central_sensors
from .data import EvenloadConfigEntry
from .devices import subentry_id
from .driver_sensors import async_add_driver_sensors
from .engine.model.identity import EvseKey
from .engine.model.phases import ALL_PHASES, CurrentType
from .engine.model.stations import Evse
from .engine.site import Site
from .entity import EvseEntity, StationEntity
from .evse_sensors import DURATION, EVSE_SENSORS, EvseSensorDescription
from .group_sensors import group_sensors
from .lazy import Latecomers
from .plan_sensors import plan_sensors, site_plan_sensors
from .planning_inputs.input_sensors import async_add_input_sensors
from .programme_sensors import async_add_programme_sensors
from .roster import async_add_as_they_come
from .session_sensors import session_sensors
from .station_sensors import STATION_SENSORS, StationSensorDescription
from .v2g_sensors import battery_sensors, discharge_sensors

# Nothing is polled: a station sends its values as often as it was asked to.
PARALLEL_UPDATES = 0

DURATION_STEP = timedelta(seconds=30)

# Which sensors a connector has that gives one current or the other; where that is not known, what both have.
_OF_KIND = {
    given: tuple(row for row in EVSE_SENSORS if row.current_type in {None, given})
    for given in (*CurrentType, None)
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    site = entry.runtime_data

    def of_station(
        identity: str, rows: Iterable[StationSensorDescription]
    ) -> list[StationSensor]:
        return [StationSensor(entry, identity, row) for row in rows]

    def of_evse(
        key: EvseKey, rows: Iterable[EvseSensorDescription]
    ) -> list[EvseSensor]:
        return [
            (SessionDuration if row is DURATION else EvseSensor)(entry, key, row)
            for row in rows
        ]

    def ready_at_station(identity: str, row: StationSensorDescription) -> bool:
        if not row.lazy:
            return True
        station = site.stations.get(identity)
        return station is not None and row.value(station) is not None

    def ready_at_evse(key: EvseKey, row: EvseSensorDescription) -> bool:
        if not row.lazy:
            return True
        if key.identity not in site.stations:
            return False
        if row.phase is not None:
            return row.phase in site.wiring(key.identity)
        return shown(site, site.evse(key), row) is not None

    def of_kind(key: EvseKey) -> tuple[EvseSensorDescription, ...]:
        known = key.identity in site.stations
        return _OF_KIND[site.kind(key).current_type if known else None]

    of_stations = Latecomers[str, StationSensorDescription](
        hass,
        entry,
        STATION_SENSORS,
        ready=ready_at_station,
        subscribe=site.on_station,
        add=lambda identity, rows: async_add_entities(
            of_station(identity, rows), config_subentry_id=subentry_id(entry, identity)
        ),
    )
    of_evses = Latecomers[EvseKey, EvseSensorDescription](
        hass,
        entry,
        EVSE_SENSORS,
        ready=ready_at_evse,
        belonging=of_kind,
        subscribe=site.on_evse,
        add=lambda key, rows: async_add_entities(
            of_evse(key, rows), config_subentry_id=subentry_id(entry, key.identity)
        ),
    )

    of_group, of_node = group_sensors(hass, entry, async_add_entities)
    of_discharging = discharge_sensors(hass, entry, async_add_entities)
    of_battery = battery_sensors(hass, entry, async_add_entities)
    of_plans = plan_sensors(hass, entry, async_add_entities)
    async_add_driver_sensors(hass, entry, async_add_entities)
    async_add_programme_sensors(hass, entry, async_add_entities)
    async_add_central_sensors(hass, entry, async_add_entities)
    async_add_input_sensors(hass, entry, async_add_entities)
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        station=lambda identity: of_station(identity, of_stations.split(identity)),
        evse=lambda key: (
            *of_evse(key, of_evses.split(key)),
            *of_discharging(key),
            *of_plans(key),
            *session_sensors(entry, key),
        ),
        group=of_group,
        node=lambda node_id: (
            *of_node(node_id),
            *of_battery(node_id),
            *site_plan_sensors(entry, node_id),
        ),
    )


class StationSensor(StationEntity, SensorEntity):
    """Something that a station says of itself."""

    entity_description: StationSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """Return what is known now."""
        return self.entity_description.value(self._station)

    @property
    @override
    def _shown(self) -> object:
        return self.available, self.native_value


class EvseSensor(EvseEntity, SensorEntity):
    """Something that a connector measures or is doing."""

    entity_description: EvseSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return what is known now."""
        return shown(self._site, self._evse, self.entity_description)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return what explains it."""
        attributes = self.entity_description.attributes
        return None if attributes is None else attributes(self._evse)

    @property
    @override
    def _shown(self) -> object:
        return self.available, self.native_value, self.extra_state_attributes


def shown(site: Site, evse: Evse, row: EvseSensorDescription) -> StateType | datetime:
    """Return what a connector's sensor shows: of phases, those of the grid."""
    if row.of_kind is not None:
        return row.of_kind(evse, site.kind(evse.key))
    if row.of_phase is None or row.phase is None:
        return row.value(evse)
    wiring = site.wiring(evse.key.identity)
    if row.phase not in wiring:
        return None
    return row.of_phase(evse).get(ALL_PHASES[wiring.index(row.phase)])


class SessionDuration(EvseSensor):
    """How long a session lasts: it advances by itself while there is one."""

    _clock: CALLBACK_TYPE | None = None

    @property
    @override
    def _shown(self) -> object:
        # Between its steps only a session's beginning and end are news.
        session = self._evse.session
        return self.available, session and (session.started_at, session.ended_at)

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to run when a session does."""
        await super().async_added_to_hass()
        self.async_on_remove(self._stop)

    @override
    def _refresh(self) -> bool:
        exists = super()._refresh()
        session = self._evse.session
        runs = exists and self.available and session is not None and session.is_open
        if not runs:
            self._stop()
        elif not self._clock:
            self._clock = async_track_time_interval(
                self.hass, self._advance, DURATION_STEP, cancel_on_shutdown=True
            )
        return exists

    @callback
    def _advance(self, _: object) -> None:
        self.async_write_ha_state()

    def _stop(self) -> None:
        if self._clock:
            self._clock()
            self._clock = None
