"""OCPP 1.6 meter values to samples in base units (§7.33 SampledValue, §7.31 Measurand, §7.38 UnitOfMeasure)."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
import math
from typing import Any

from ...model.readings import Context, Location, Sample
from ..frames import CallFault, Fault

DEFAULT_MEASURAND = "Energy.Active.Import.Register"

# Unit as sent -> base unit and factor. Fahrenheit and Kelvin need an offset and are handled apart.
_UNITS = {
    "wh": ("Wh", 1.0),
    "kwh": ("Wh", 1000.0),
    "varh": ("varh", 1.0),
    "kvarh": ("varh", 1000.0),
    "w": ("W", 1.0),
    "kw": ("W", 1000.0),
    "va": ("VA", 1.0),
    "kva": ("VA", 1000.0),
    "var": ("var", 1.0),
    "kvar": ("var", 1000.0),
    "a": ("A", 1.0),
    "v": ("V", 1.0),
    "percent": ("%", 1.0),
    "hertz": ("Hz", 1.0),
    "celsius": ("°C", 1.0),
    "celcius": ("°C", 1.0),
}

# The unit of a sample that names none (§7.33 gives only Wh for energy; the others are each measurand's own).
_DEFAULT_UNITS = {
    "Energy": "Wh",
    "Power": "W",
    "Current": "A",
    "Voltage": "V",
    "SoC": "Percent",
    "Frequency": "Hertz",
}


def moment(text: str) -> datetime:
    """Read a timestamp; one without a zone is UTC.

    Raises:
        CallFault: it is not a timestamp.

    """
    try:
        at = datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except ValueError, OverflowError:
        raise CallFault(Fault.TYPE, f"{text[:40]!r} is not a timestamp") from None


def moment_or_now(text: str | None) -> datetime:
    """Read a timestamp that may be left out: one that cannot be read is as good as none."""
    if text:
        with suppress(CallFault):
            return moment(text)
    return datetime.now(UTC)


def samples_of(meter_value: dict[str, Any]) -> tuple[Sample, ...]:
    """Return the samples of one meter value; those without a number are left out."""
    return tuple(_samples(meter_value["sampledValue"]))


def _samples(sampled_values: Iterable[dict[str, Any]]) -> Iterable[Sample]:
    for sampled in sampled_values:
        if sampled.get("format", "Raw") != "Raw":
            continue
        measurand = str(sampled.get("measurand", DEFAULT_MEASURAND))
        number = _number(sampled["value"])
        if number is None:
            continue
        value, unit = _in_base_unit(number, sampled.get("unit"), measurand)
        yield Sample(
            measurand=measurand,
            value=value,
            unit=unit,
            phase=sampled.get("phase"),
            context=Context(sampled.get("context", Context.SAMPLE_PERIODIC)),
            location=Location(sampled.get("location", Location.OUTLET)),
        )


def _number(text: str) -> float | None:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _in_base_unit(value: float, unit: str | None, measurand: str) -> tuple[float, str]:
    if measurand == "Power.Factor":
        return value, ""
    if measurand == "Frequency":
        # 1.6 has no hertz in its list of units, so stations send whatever passes.
        return value, "Hz"
    name = unit or _DEFAULT_UNITS.get(measurand.partition(".")[0], "")
    match name.lower():
        case "fahrenheit":
            return (value - 32.0) / 1.8, "°C"
        case "k":
            return value - 273.15, "°C"
        case known:
            base, factor = _UNITS.get(known, (name, 1.0))
            return value * factor, base
