"""From the states of a meter's sensors to currents on the lines."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfPower,
)
from homeassistant.core import State
from homeassistant.util.unit_conversion import (
    ApparentPowerConverter,
    BaseUnitConverter,
    ElectricCurrentConverter,
    PowerConverter,
)

from .engine.model.configuration import SiteConfig
from .engine.model.phases import Phase, PhaseCurrents
from .meter_config import TOTAL, MeterKind, MeterSensors, Spread

# What an apparent power comes to is what flows: it is as good as a power, and better.
_OF_CURRENTS: tuple[tuple[type[BaseUnitConverter], str], ...] = (
    (ElectricCurrentConverter, UnitOfElectricCurrent.AMPERE),
)
_OF_POWERS: tuple[tuple[type[BaseUnitConverter], str], ...] = (
    (PowerConverter, UnitOfPower.WATT),
    (ApparentPowerConverter, UnitOfApparentPower.VOLT_AMPERE),
)


def _families(kind: MeterKind) -> tuple[tuple[type[BaseUnitConverter], str], ...]:
    return _OF_CURRENTS if kind is MeterKind.CURRENTS else _OF_POWERS


def units_of(kind: MeterKind) -> list[str]:
    """Return the units that the sensors of such a meter may have."""
    return sorted(
        str(unit) for family, _ in _families(kind) for unit in family.VALID_UNITS
    )


@lru_cache(maxsize=32)
def converter(kind: MeterKind, unit: str | None) -> Callable[[float], float] | None:
    """Return what makes amperes, or watts, of a sensor's unit; None where that measures something else."""
    for family, base in _families(kind):
        if unit in family.VALID_UNITS:
            return family.converter_factory(unit, base)
    return None


def unit_of(state: State) -> str | None:
    """Return the unit of a sensor."""
    unit: Any = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return unit if isinstance(unit, str) else None


def value_of(kind: MeterKind, state: State) -> float | None:
    """Return what a sensor says, in amperes or watts; None where it says nothing that can be used."""
    convert = converter(kind, unit_of(state))
    if convert is None:
        return None
    try:
        value = float(state.state)
    except ValueError:
        return None
    return convert(value) if isfinite(value) else None


def currents(
    sensors: MeterSensors, values: Mapping[str, float], site: SiteConfig
) -> PhaseCurrents:
    """Return what a meter says, in amperes on each line; `values` are those of all its entities."""
    sign = -1.0 if sensors.inverted else 1.0
    net = {
        name: sign * (values[entity] - values.get(sensors.fed_back.get(name, ""), 0.0))
        for name, entity in sensors.taken.items()
    }
    match sensors.kind:
        case MeterKind.CURRENTS:
            return PhaseCurrents(**net)
        case MeterKind.TOTAL:
            return _spread(sensors.spread, net[TOTAL] / site.voltage_v, site.phases)
        case _:
            return PhaseCurrents(
                **{name: power_w / site.voltage_v for name, power_w in net.items()}
            )


def _spread(spread: Spread, total_a: float, phases: tuple[Phase, ...]) -> PhaseCurrents:
    """Return a total on the lines that it is thought to lie on.

    Where nobody knows, it is spread evenly: the engine is told that only the sum is measured, and minds the rest.
    """
    if len(phases) == 1 or spread in (Spread.EVEN, Spread.UNKNOWN):
        return PhaseCurrents.even(total_a / len(phases), phases)
    return PhaseCurrents.even(total_a, (Phase(spread),))
