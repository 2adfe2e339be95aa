"""OCPP 1.6 meter values to samples in base units (§7.33 SampledValue, §7.31 Measurand, §7.38 UnitOfMeasure)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from ...model.readings import Sample
from ...model.sessions import SignedValue
from ..meters import DEFAULT_MEASURAND, encoding_of, number, sample
from ..signs import signed


def samples_of(meter_value: dict[str, Any]) -> tuple[Sample, ...]:
    """Return the samples of one meter value; those without a number are left out."""
    return signed(_samples(meter_value["sampledValue"]))


def signed_of(meter_value: dict[str, Any], at: datetime) -> Iterator[SignedValue]:
    """Go through the values that the meter has signed, to the letter (§7.33, ValueFormat SignedData)."""
    for sampled in meter_value["sampledValue"]:
        if sampled.get("format") == "SignedData":
            data = str(sampled["value"])
            yield SignedValue(at, data, sampled.get("context"), encoding_of(data))


def _samples(sampled_values: Iterable[dict[str, Any]]) -> Iterable[Sample]:
    for sampled in sampled_values:
        if sampled.get("format", "Raw") != "Raw":
            continue
        value = number(sampled["value"])
        if value is None:
            continue
        yield sample(
            str(sampled.get("measurand", DEFAULT_MEASURAND)),
            value,
            sampled.get("unit"),
            sampled.get("phase"),
            sampled.get("context"),
            sampled.get("location"),
        )
