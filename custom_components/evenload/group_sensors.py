"""What a load balancing group shows: one row for each sensor."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfElectricCurrent
from homeassistant.helpers.typing import StateType

from .engine.model.groups import GroupState
from .engine.model.household import MeterState
from .engine.model.limits import Current
from .engine.model.phases import ALL_PHASES, Phase


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
