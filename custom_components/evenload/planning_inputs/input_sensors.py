"""Sensors that say how every input of planning is; each exists where its input is set up."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..const import SIGNAL_CHANGED
from ..data import EvenloadConfigEntry
from ..devices import named_node, node_name, subentry_id
from ..engine.model.identity import EvseKey
from ..engine.model.tree import ROOT
from ..engine.observers import Unsubscribe
from ..engine.telling import Observer
from ..entity import EvenloadEntity, EvseEntity, GroupEntity
from ..lazy import Latecomers
from ..roster import async_add_as_they_come
from .board import Board, Input, Place, board_of
from .config import NO_SOURCE, ExportSource, outlook_config
from .trouble import InputState
from .vehicle_config import vehicle_configs

_STATES = [state.value for state in InputState if state is not InputState.NOT_SET_UP]


def _row(kind: Input) -> SensorEntityDescription:
    return SensorEntityDescription(
        key=kind,
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=_STATES,
    )


_ROWS = {kind: _row(kind) for kind in Input}
INPUT_SENSORS = tuple(_ROWS.values())


def of_site(entry: EvenloadConfigEntry) -> Sequence[SensorEntityDescription]:
    """Return the inputs of the site that are set up."""
    config = outlook_config(entry.options)
    there = {
        Input.PRICES: config.prices.source != NO_SOURCE,
        Input.EXPORT: config.prices.export is not ExportSource.NONE,
        Input.SUN: bool(config.forecasts),
        Input.HOUSE: config.learns_house,
        Input.DEMAND: config.demand is not None,
    }
    return tuple(_ROWS[kind] for kind, is_there in there.items() if is_there)


def of_evse(
    entry: EvenloadConfigEntry, key: EvseKey
) -> Sequence[SensorEntityDescription]:
    """Return the inputs of a connector that others tell."""
    config = vehicle_configs(entry).get(key)
    if config is None:
        return ()
    departure = config.departure
    there = {
        Input.VEHICLE: bool(config.soc_sensor or config.capacity_sensor),
        Input.DEPARTURE: bool(departure.entity or departure.calendar),
    }
    return tuple(_ROWS[kind] for kind, is_there in there.items() if is_there)


@callback
def async_add_input_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the inputs that are set up, and of those that will be."""
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=_evse_sensors(hass, entry, async_add_entities),
        node=_site_sensors(hass, entry, async_add_entities),
    )


def _site_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> Callable[[str], list[Entity]]:
    """Return what makes the sensors of the site's inputs; groups have none."""

    def sensors(rows: Iterable[SensorEntityDescription]) -> list[Entity]:
        return [SiteInputSensor(hass, entry, row) for row in rows]

    latecomers: Latecomers[str, SensorEntityDescription] = _latecomers(
        hass,
        entry,
        belonging=lambda name: of_site(entry) if not named_node(entry, name) else (),
        add=lambda _, rows: async_add_entities(sensors(rows)),
    )
    return lambda node_id: (
        sensors(latecomers.split(node_name(entry, node_id))) if node_id == ROOT else []
    )


def _evse_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> Callable[[EvseKey], list[Entity]]:
    """Return what makes the sensors of a connector's inputs."""

    def sensors(key: EvseKey, rows: Iterable[SensorEntityDescription]) -> list[Entity]:
        return [EvseInputSensor(hass, entry, key, row) for row in rows]

    latecomers: Latecomers[EvseKey, SensorEntityDescription] = _latecomers(
        hass,
        entry,
        belonging=lambda key: of_evse(entry, key),
        add=lambda key, rows: async_add_entities(
            sensors(key, rows), config_subentry_id=subentry_id(entry, key.identity)
        ),
    )
    return lambda key: sensors(key, latecomers.split(key))


def _latecomers[S: Hashable](
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    *,
    belonging: Callable[[S], Sequence[SensorEntityDescription]],
    add: Callable[[S, list[SensorEntityDescription]], None],
) -> Latecomers[S, SensorEntityDescription]:
    """Return what watches which inputs are set up: the forms say it."""
    return Latecomers(
        hass,
        entry,
        INPUT_SENSORS,
        Platform.SENSOR,
        belonging=belonging,
        subscribe=lambda _, observer: async_dispatcher_connect(
            hass, SIGNAL_CHANGED.format(entry.entry_id), observer
        ),
        add=add,
    )


class InputSensor(EvenloadEntity, SensorEntity):
    """How an input is; one that was not looked at yet is not known."""

    _board: Board
    _place: Place

    @property
    @override
    def native_value(self) -> str | None:
        """Return how it is now."""
        status = self._board.statuses.get(self._place)
        return None if status is None else status.state

    @property
    @override
    def _shown(self) -> object:
        return self.native_value

    @override
    def _subscribe(self, observer: Observer) -> Unsubscribe:
        @callback
        def look(changed: Place) -> None:
            if changed == self._place:
                observer()

        return self._board.watch(look)


class SiteInputSensor(InputSensor, GroupEntity):
    """How an input of the site is."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        row: SensorEntityDescription,
    ) -> None:
        """Take the input as it is now."""
        super().__init__(entry, ROOT, row)
        self._board, self._place = board_of(hass, entry), Place(Input(row.key))


class EvseInputSensor(InputSensor, EvseEntity):
    """How an input of a connector is; it is known while the station is away, too."""

    _needs_connection = False

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        key: EvseKey,
        row: SensorEntityDescription,
    ) -> None:
        """Take the input as it is now."""
        super().__init__(entry, key, row)
        self._board, self._place = board_of(hass, entry), Place(Input(row.key), key)
