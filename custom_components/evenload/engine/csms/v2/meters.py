"""2.x meter values to samples in base units (2.0.1 part 2, MeterValueType, SampledValueType, UnitOfMeasureType)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ...model.readings import Sample
from ..frames import CallFault
from ..meters import DEFAULT_MEASURAND, moment, number, sample

# No unit needs more, and a larger power of ten would be garbage.
_HIGHEST_MULTIPLIER = 12


def readable(
    meter_values: Iterable[dict[str, Any]],
) -> list[tuple[datetime, tuple[Sample, ...]]]:
    """Return moments and their samples. A bad timestamp does not cost the other moments; only bad ones are a fault.

    Raises:
        CallFault: none of the timestamps can be read.

    """
    found = []
    fault: CallFault | None = None
    for meter_value in meter_values:
        try:
            at = moment(meter_value["timestamp"])
        except CallFault as unreadable:
            fault = unreadable
            continue
        found.append((at, tuple(_samples(meter_value["sampledValue"]))))
    if fault is not None and not found:
        raise fault
    return found


def _samples(sampled_values: Iterable[dict[str, Any]]) -> Iterable[Sample]:
    """Read samples. A signed one carries its number beside the signature."""
    for sampled in sampled_values:
        unit = sampled.get("unitOfMeasure", {})
        multiplier = int(unit.get("multiplier", 0))
        value = number(sampled["value"])
        if value is None or abs(multiplier) > _HIGHEST_MULTIPLIER:
            continue
        yield sample(
            str(sampled.get("measurand", DEFAULT_MEASURAND)),
            value * 10.0**multiplier,
            unit.get("unit"),
            sampled.get("phase"),
            sampled.get("context"),
            sampled.get("location"),
        )
