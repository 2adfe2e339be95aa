"""Vehicles described by plain values, as they come from a console or over HTTP."""

from dataclasses import fields
from typing import Any

from simulator.vehicle import Vehicle

SETTABLE = {item.name: item.type for item in fields(Vehicle) if item.init}


def vehicle_from(values: dict[str, Any]) -> Vehicle:
    """Build a vehicle; raises ValueError with a sentence that says what is wrong."""
    if unknown := sorted(values.keys() - SETTABLE.keys()):
        raise ValueError(
            f"a vehicle has no {', '.join(unknown)}; it has {', '.join(SETTABLE)}"
        )
    try:
        read = {name: _plain(name, value) for name, value in values.items()}
    except TypeError as error:
        raise ValueError(f"a vehicle's values are plain: {error}") from error
    vehicle = Vehicle(**read)
    if vehicle.phases not in (1, 2, 3):
        raise ValueError("a vehicle has 1, 2 or 3 phases")
    return vehicle


def _plain(name: str, value: Any) -> Any:
    """A value in the type that the vehicle has for it."""
    kind = type(getattr(Vehicle, name))
    if kind is bool and isinstance(value, str):
        return value.lower() in ("true", "yes", "on")
    return kind(value)
