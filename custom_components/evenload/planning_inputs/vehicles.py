"""What is known of a vehicle: from its own sensors, or as its owner typed it in."""

from datetime import datetime, timedelta
from math import isfinite

from homeassistant.const import (
    PERCENTAGE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfEnergy,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.util.unit_conversion import EnergyConverter

from ..engine.model.planning import VehicleFacts
from ..measuring import unit_of
from .trouble import InputState, InputTroubleError
from .vehicle_config import VehicleConfig

# What a vehicle's sensor said longer ago is not taken for its state when it is plugged in.
SOC_AGE = timedelta(hours=12)

# No car holds as much, and none that is charged here as little.
_LEAST_WH, _MOST_WH = 1_000.0, 1_000_000.0
_FULL = 100.0


@callback
def facts(
    hass: HomeAssistant, config: VehicleConfig, now: datetime
) -> tuple[VehicleFacts, InputTroubleError | None]:
    """Return what is known of a vehicle now, and the first thing that is wrong with what should tell it."""
    soc, capacity_wh = None, config.capacity_wh
    trouble: InputTroubleError | None = None
    try:
        if config.soc_sensor:
            soc = soc_percent(hass, config.soc_sensor, now)
    except InputTroubleError as err:
        trouble = err
    try:
        if config.capacity_sensor:
            capacity_wh = battery_wh(hass, config.capacity_sensor)
    except InputTroubleError as err:
        trouble = trouble or err
    known = VehicleFacts(
        capacity_wh=capacity_wh, soc_percent=soc, efficiency=config.efficiency
    )
    return known, trouble


def soc_percent(hass: HomeAssistant, entity_id: str, now: datetime) -> float | None:
    """Return how full a vehicle is; None where its sensor said it too long ago. Raises `InputTroubleError`."""
    state, value = _said(hass, entity_id)
    if unit_of(state) != PERCENTAGE:
        raise _other_unit(state)
    if not 0 <= value <= _FULL:
        raise InputTroubleError(
            InputState.OUT_OF_RANGE, source=state.name, value=f"{value:g} %"
        )
    return value if now - state.last_reported <= SOC_AGE else None


def battery_wh(hass: HomeAssistant, entity_id: str) -> float:
    """Return what a battery holds. Raises `InputTroubleError`."""
    state, value = _said(hass, entity_id)
    unit = unit_of(state)
    if unit not in EnergyConverter.VALID_UNITS:
        raise _other_unit(state)
    capacity_wh = EnergyConverter.convert(value, unit, UnitOfEnergy.WATT_HOUR)
    if not _LEAST_WH <= capacity_wh <= _MOST_WH:
        raise InputTroubleError(
            InputState.OUT_OF_RANGE, source=state.name, value=f"{value:g} {unit}"
        )
    return capacity_wh


def _said(hass: HomeAssistant, entity_id: str) -> tuple[State, float]:
    """Return a sensor and its number. Raises `InputTroubleError`."""
    if (state := hass.states.get(entity_id)) is None:
        raise InputTroubleError(InputState.MISSING, source=entity_id)
    if state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        raise InputTroubleError(InputState.SILENT, source=state.name)
    try:
        value = float(state.state)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise InputTroubleError(InputState.UNREADABLE, source=state.name)
    return state, value


def _other_unit(state: State) -> InputTroubleError:
    return InputTroubleError(
        InputState.OTHER_UNIT, source=state.name, unit=unit_of(state) or "–"
    )
