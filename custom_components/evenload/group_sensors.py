"""What a load balancing group shows: one row for each sensor."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .const import CONF_PHASES, SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .devices import named_node, node_name, node_state
from .engine.model.groups import GroupState
from .engine.model.household import MeterState
from .engine.model.limits import Current
from .engine.model.phases import ALL_PHASES, Phase
from .entity import GroupEntity
from .grid import GRIDS
from .lazy import Latecomers


@dataclass(frozen=True, kw_only=True)
class GroupSensorDescription(SensorEntityDescription):
    """A sensor of a group; one without a unit is in that of the group's limit."""

    value: Callable[[GroupState], StateType]
    in_unit_of_limit: bool = False
    # A phase of the grid that it is about, or a meter that it needs: it exists where there is one.
    phase: Phase | None = None
    of_meter: bool = False


def _used(phase: Phase) -> GroupSensorDescription:
    return GroupSensorDescription(
        key=f"used_{phase}",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value=lambda group: group.used[phase],
    )


def _headroom(phase: Phase) -> GroupSensorDescription:
    return GroupSensorDescription(
        key=f"headroom_{phase}",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        phase=phase,
        value=lambda group: group.headroom[phase],
    )


def _house(phase: Phase) -> GroupSensorDescription:
    return GroupSensorDescription(
        key=f"house_{phase}",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        phase=phase,
        of_meter=True,
        value=lambda group: None if group.house is None else group.house[phase],
    )


METER = GroupSensorDescription(
    key="meter",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    options=[state.value for state in MeterState],
    of_meter=True,
    value=lambda group: group.meter,
)

# Of every group, and of the grid connection.
NODE_SENSORS = (
    *(_headroom(phase) for phase in ALL_PHASES),
    *(_house(phase) for phase in ALL_PHASES),
    METER,
)


def is_in_amperes(group: GroupState) -> bool:
    """Whether the group's limit is a current."""
    return isinstance(group.limit, Current)


GROUP_SENSORS = (
    GroupSensorDescription(
        key="active",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda group: group.active,
    ),
    GroupSensorDescription(
        key="available",
        in_unit_of_limit=True,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda group: (
            group.available_a if is_in_amperes(group) else group.available_w
        ),
    ),
    GroupSensorDescription(
        key="used",
        in_unit_of_limit=True,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda group: (
            group.used.highest_a if is_in_amperes(group) else group.used_w
        ),
    ),
    *(_used(phase) for phase in ALL_PHASES),
    GroupSensorDescription(
        key="waiting",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda group: group.waiting,
    ),
)


def group_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> tuple[Callable[[str], list[Entity]], Callable[[str], list[Entity]]]:
    """Return what makes the sensors of groups, and those that the grid connection has as well."""
    site = entry.runtime_data

    def of_group(
        group_id: str, rows: Iterable[GroupSensorDescription] = GROUP_SENSORS
    ) -> list[Entity]:
        return [GroupSensor(entry, group_id, row) for row in rows]

    def of_node(name: str) -> tuple[GroupSensorDescription, ...]:
        if (state := node_state(site, named_node(entry, name))) is None:
            # A group that was removed.
            return ()
        metered = state.meter is not None
        phases = GRIDS[entry.options[CONF_PHASES]].phases
        return tuple(
            row
            for row in NODE_SENSORS
            if (metered or not row.of_meter)
            and (row.phase is None or row.phase in phases)
        )

    of_nodes = Latecomers[str, GroupSensorDescription](
        hass,
        entry,
        NODE_SENSORS,
        belonging=of_node,
        subscribe=lambda _, observer: async_dispatcher_connect(
            hass, SIGNAL_CHANGED.format(entry.entry_id), observer
        ),
        add=lambda name, rows: async_add_entities(
            of_group(named_node(entry, name), rows),
            config_subentry_id=named_node(entry, name) or None,
        ),
    )
    return of_group, lambda node_id: of_group(
        node_id, of_nodes.split(node_name(entry, node_id))
    )


class GroupSensor(GroupEntity, SensorEntity):
    """What flows in a group, and what could."""

    entity_description: GroupSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """Return what is known now."""
        return self.entity_description.value(self._group)

    @property
    @override
    def _shown(self) -> object:
        # Another unit of the limit changes more than the value.
        return self.native_value, self.device_class

    @property
    @override
    def device_class(self) -> SensorDeviceClass | None:
        """Return what the value is; the unit of the limit decides."""
        if not self.entity_description.in_unit_of_limit:
            return super().device_class
        if is_in_amperes(self._group):
            return SensorDeviceClass.CURRENT
        return SensorDeviceClass.POWER

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit of the value; the unit of the limit decides."""
        if not self.entity_description.in_unit_of_limit:
            return super().native_unit_of_measurement
        if is_in_amperes(self._group):
            return UnitOfElectricCurrent.AMPERE
        return UnitOfPower.WATT

    @property
    @override
    def suggested_display_precision(self) -> int | None:
        """Return as many decimals as the phases show; watts have none."""
        if not self.entity_description.in_unit_of_limit:
            return super().suggested_display_precision
        return 1 if is_in_amperes(self._group) else 0
