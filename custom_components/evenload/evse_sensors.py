"""What a connector shows: one row for each sensor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfFrequency,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .engine.model.allotments import Reason
from .engine.model.kinds import EvseKind
from .engine.model.phases import ALL_PHASES, CurrentType, Phase
from .engine.model.stations import Evse
from .sensor_forms import AMPERES, ENERGY, VOLTS, WATTS
from .states import ERRORS, STATUSES, error_state, status_state


@dataclass(frozen=True, kw_only=True)
class EvseSensorDescription(SensorEntityDescription):
    """A sensor of a connector: `value` of most, `of_phase` of what is measured on each phase, `of_kind` of what depends on the kind of connector.

    A `lazy` one exists once its value was seen, or when the station is wired to its phase. One with a `current_type`
    exists only on connectors that give this.
    """

    value: Callable[[Evse], StateType | datetime] = lambda _: None
    of_phase: Callable[[Evse], Mapping[Phase, float]] | None = None
    of_kind: Callable[[Evse, EvseKind], StateType] | None = None
    attributes: Callable[[Evse], dict[str, Any]] | None = None
    lazy: bool = False
    # A phase of the grid: the station's own may be called otherwise.
    phase: Phase | None = None
    current_type: CurrentType | None = None


def _current(phase: Phase) -> EvseSensorDescription:
    return EvseSensorDescription(
        key=f"current_{phase}",
        **AMPERES,
        state_class=SensorStateClass.MEASUREMENT,
        lazy=True,
        phase=phase,
        current_type=CurrentType.AC,
        of_phase=lambda evse: evse.reading.current_a,
    )


def _voltage(phase: Phase) -> EvseSensorDescription:
    return EvseSensorDescription(
        key=f"voltage_{phase}",
        **VOLTS,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        lazy=True,
        phase=phase,
        current_type=CurrentType.AC,
        of_phase=lambda evse: evse.reading.voltage_v,
    )


def paused_for(evse: Evse) -> dict[str, Any]:
    """Return for what a connector pauses, beside its owner's own wish."""
    return {"paused_for": [pause.reason for pause in evse.paused_for]}


def soc_of(evse: Evse) -> float | None:
    """Return how full the vehicle is: of one that may feed back, what it gave since it was said is taken off."""
    believed = evse.discharge.soc_percent
    return evse.reading.soc_percent if believed is None else believed


DURATION = EvseSensorDescription(
    key="session_duration",
    device_class=SensorDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    suggested_display_precision=0,
    suggested_unit_of_measurement=UnitOfTime.MINUTES,
    value=lambda evse: (
        evse.session.duration_s(dt_util.utcnow()) if evse.session else None
    ),
)

EVSE_SENSORS = (
    EvseSensorDescription(
        key="allotment",
        **AMPERES,
        state_class=SensorStateClass.MEASUREMENT,
        current_type=CurrentType.AC,
        value=lambda evse: evse.allotment.current.a if evse.allotment else None,
    ),
    EvseSensorDescription(
        key="allowed_power",
        **WATTS,
        state_class=SensorStateClass.MEASUREMENT,
        current_type=CurrentType.DC,
        of_kind=lambda evse, kind: (
            kind.watts(evse.allotment.current.a) if evse.allotment else None
        ),
    ),
    *(_current(phase) for phase in ALL_PHASES),
    EvseSensorDescription(
        key="dc_current",
        **AMPERES,
        state_class=SensorStateClass.MEASUREMENT,
        lazy=True,
        current_type=CurrentType.DC,
        value=lambda evse: evse.reading.dc_current_a,
    ),
    EvseSensorDescription(
        key="dc_voltage",
        **VOLTS,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        lazy=True,
        current_type=CurrentType.DC,
        value=lambda evse: evse.reading.dc_voltage_v,
    ),
    EvseSensorDescription(
        key="energy_export",
        **ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        lazy=True,
        value=lambda evse: evse.reading.energy_export_wh,
    ),
    EvseSensorDescription(
        key="energy_import",
        **ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value=lambda evse: evse.reading.energy_import_wh,
    ),
    EvseSensorDescription(
        key="error_code",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=ERRORS,
        value=lambda evse: error_state(evse.error),
    ),
    EvseSensorDescription(
        key="frequency",
        device_class=SensorDeviceClass.FREQUENCY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfFrequency.HERTZ,
        state_class=SensorStateClass.MEASUREMENT,
        lazy=True,
        value=lambda evse: evse.reading.frequency_hz,
    ),
    EvseSensorDescription(
        key="limiting_phase",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[phase.value for phase in ALL_PHASES],
        lazy=True,
        value=lambda evse: evse.allotment.phase if evse.allotment else None,
    ),
    EvseSensorDescription(
        key="next_turn",
        device_class=SensorDeviceClass.TIMESTAMP,
        lazy=True,
        value=lambda evse: evse.allotment.turn_at if evse.allotment else None,
    ),
    EvseSensorDescription(
        key="offered_current",
        entity_registry_enabled_default=False,
        **AMPERES,
        state_class=SensorStateClass.MEASUREMENT,
        current_type=CurrentType.AC,
        value=lambda evse: evse.reading.offered_a,
    ),
    EvseSensorDescription(
        key="offered_power",
        entity_registry_enabled_default=False,
        **WATTS,
        state_class=SensorStateClass.MEASUREMENT,
        lazy=True,
        value=lambda evse: evse.reading.offered_w,
    ),
    EvseSensorDescription(
        key="phases_in_use",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        lazy=True,
        current_type=CurrentType.AC,
        value=lambda evse: evse.reading.phases_in_use(),
    ),
    EvseSensorDescription(
        key="power",
        **WATTS,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda evse: evse.reading.power_w,
    ),
    EvseSensorDescription(
        key="power_factor",
        device_class=SensorDeviceClass.POWER_FACTOR,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        lazy=True,
        value=lambda evse: evse.reading.power_factor,
    ),
    EvseSensorDescription(
        key="queue_position",
        suggested_display_precision=0,
        lazy=True,
        value=lambda evse: evse.allotment.position if evse.allotment else None,
    ),
    EvseSensorDescription(
        key="reason",
        device_class=SensorDeviceClass.ENUM,
        options=[reason.value for reason in Reason],
        value=lambda evse: evse.allotment.reason if evse.allotment else None,
        attributes=paused_for,
    ),
    DURATION,
    EvseSensorDescription(
        key="session_energy",
        **ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value=lambda evse: evse.session.energy_wh if evse.session else None,
    ),
    EvseSensorDescription(
        key="soc",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        lazy=True,
        value=soc_of,
    ),
    EvseSensorDescription(
        key="status",
        device_class=SensorDeviceClass.ENUM,
        options=STATUSES,
        value=lambda evse: status_state(evse.status),
    ),
    EvseSensorDescription(
        key="temperature",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.TEMPERATURE,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        lazy=True,
        value=lambda evse: evse.reading.temperature_c,
    ),
    *(_voltage(phase) for phase in ALL_PHASES),
)
