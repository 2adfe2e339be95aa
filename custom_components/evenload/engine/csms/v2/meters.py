"""2.x meter values to samples in base units (2.0.1 part 2, MeterValueType, SampledValueType, UnitOfMeasureType)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ...model.readings import Context, Location, Sample
from ...model.sessions import SignedValue
from ..frames import CallFault
from ..meters import DEFAULT_MEASURAND, moment, moment_or_now, number, sample
from ..signs import signed

# What 2.1 calls otherwise than its forerunners.
_SYNONYMS = {
    "Current.Import.Offered": "Current.Offered",
    "Power.Import.Offered": "Power.Offered",
    "Display.PresentSOC": "SoC",
}

# 2.1: measured before the station, and so not what its EVSE draws.
_ELSEWHERE = frozenset({"Upstream"})

_NO_UNIT: dict[str, Any] = {}

# No unit needs more, and a larger power of ten would be garbage.
_HIGHEST_MULTIPLIER = 12


def readable(
    meter_values: Iterable[dict[str, Any]],
    otherwise: datetime | None = None,
) -> list[tuple[datetime, tuple[Sample, ...]]]:
    """Return moments and their samples. A bad timestamp does not cost the other moments; only bad ones are a fault.

    With a time that holds `otherwise`, they are those of that time: the register at an end is not to be lost.

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
            if otherwise is None:
                continue
            at = otherwise
        found.append((at, signed(_samples(meter_value["sampledValue"]))))
    if fault is not None and not found:
        raise fault
    return found


def signed_of(meter_values: Iterable[dict[str, Any]]) -> tuple[SignedValue, ...]:
    """Return the values that the meter has signed, to the letter (SignedMeterValueType); their numbers stand beside."""
    return tuple(
        SignedValue(
            moment_or_now(meter_value["timestamp"]),
            str(signed["signedMeterData"]),
            sampled.get("context"),
            signed.get("encodingMethod") or None,
            signed.get("signingMethod") or None,
            signed.get("publicKey") or None,
        )
        for meter_value in meter_values
        for sampled in meter_value["sampledValue"]
        if (signed := sampled.get("signedMeterValue")) is not None
    )


def _samples(sampled_values: Iterable[dict[str, Any]]) -> Iterable[Sample]:
    """Read samples. A signed one carries its number beside the signature."""
    for sampled in sampled_values:
        unit = sampled.get("unitOfMeasure", _NO_UNIT)
        multiplier = int(unit.get("multiplier", 0))
        value = number(sampled["value"])
        location = sampled.get("location")
        if (
            value is None
            or abs(multiplier) > _HIGHEST_MULTIPLIER
            or location in _ELSEWHERE
        ):
            continue
        measurand = str(sampled.get("measurand", DEFAULT_MEASURAND))
        yield sample(
            _SYNONYMS.get(measurand, measurand),
            value * 10.0**multiplier if multiplier else value,
            unit.get("unit"),
            sampled.get("phase"),
            sampled.get("context"),
            location,
        )


def register_wh(
    moments: Iterable[tuple[datetime, tuple[Sample, ...]]], context: Context
) -> float | None:
    """Return the energy register at the beginning or end of a transaction, in Wh; None where there is none.

    It is the one with this context, or else the outermost one; where only phases are told, their sum.
    """
    registers = [
        (at, sample)
        for at, samples in moments
        for sample in samples
        if sample.measurand == DEFAULT_MEASURAND and sample.location is Location.OUTLET
    ]
    meant = [one for one in registers if one[1].context is context] or registers
    if not meant:
        return None
    times = [at for at, _ in meant]
    outermost = min(times) if context is Context.TRANSACTION_BEGIN else max(times)
    values = [sample for at, sample in meant if at == outermost]
    totals = [sample.value for sample in values if sample.phase is None]
    return (
        totals[-1] if totals else sum({one.phase: one.value for one in values}.values())
    )
