"""Reading times, numbers and units of meter values, for all versions (1.6 §7.31 to §7.38; 2.x SampledValueType)."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
import math
import re

from ..model.readings import Context, Location, Sample
from .frames import CallFault
from .framing import Fault

DEFAULT_MEASURAND = "Energy.Active.Import.Register"

# Thousands, or three decimals; and digits in groups of thousands, or in none.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_SEPARATED = re.compile(r"[+-]?(\d*|\d{1,3}(,\d{3})+)", re.ASCII)

# Unit as sent -> base unit and factor. Fahrenheit and Kelvin need an offset and are handled apart.
_UNITS = {
    "wh": ("Wh", 1.0),
    "kwh": ("Wh", 1000.0),
    "varh": ("varh", 1.0),
    "kvarh": ("varh", 1000.0),
    "vah": ("VAh", 1.0),
    "kvah": ("VAh", 1000.0),
    "w": ("W", 1.0),
    "kw": ("W", 1000.0),
    "va": ("VA", 1.0),
    "kva": ("VA", 1000.0),
    "var": ("var", 1.0),
    "kvar": ("var", 1000.0),
    "a": ("A", 1.0),
    "v": ("V", 1.0),
    "percent": ("%", 1.0),
    "%": ("%", 1.0),
    "hertz": ("Hz", 1.0),
    "hz": ("Hz", 1.0),
    "celsius": ("°C", 1.0),
    "celcius": ("°C", 1.0),
}

# Looked up, because an enumeration's own way to find a member is slow for what comes with every sample.
_CONTEXTS = {context.value: context for context in Context}
_LOCATIONS = {location.value: location for location in Location}

# The unit of a sample that names none (1.6 and 2.x give only Wh for energy; the others are each measurand's own).
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


def now_text() -> str:
    """Return the time as OCPP writes it: UTC to the second."""
    return as_text(datetime.now(UTC))


def as_text(at: datetime) -> str:
    """Return a time as OCPP writes it: UTC to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: str | float) -> float | None:
    """Read a number; None where it is none, or may be another a thousand times as large.

    OCPP writes a point and no separators (1.6 §7.33). Some stations write as people do where they are made: the last of
    two different marks is the decimal one, a mark that comes twice separates thousands. A comma alone is a decimal one,
    but `1,234` may be either: who drew 1234 W must not be taken for 1.2 W.
    """
    try:
        read = float(_plain(value.strip()) if isinstance(value, str) else value)
    except ValueError, OverflowError:
        return None
    return read if math.isfinite(read) else None


def _plain(text: str) -> str:
    """Return a number as Python reads it. Raises `ValueError`."""
    if "_" in text:
        # To Python a separator, to nobody else.
        raise ValueError(text)
    if "," not in text:
        return text
    if _GROUPED.fullmatch(text):
        raise ValueError(text)
    whole, mark, decimals = max(text.rpartition(","), text.rpartition("."), key=_length)
    other = "." if mark == "," else ","
    if mark in whole:
        whole, mark, decimals = text, "", ""
    if not _SEPARATED.fullmatch(whole.replace(other, ",").replace(mark or ",", ",")):
        raise ValueError(text)
    return f"{whole.replace(',', '').replace('.', '')}.{decimals}"


def _length(parts: tuple[str, str, str]) -> int:
    return len(parts[0]) if parts[1] else -1


def encoding_of(data: str) -> str | None:
    """Return how a signed value is written, where that shows: OCMF says it in its first field."""
    return "OCMF" if data.startswith("OCMF|") else None


def sample(
    measurand: str,
    value: float,
    unit: str | None,
    phase: str | None,
    context: str | None,
    location: str | None,
) -> Sample:
    """Return a sample in its measurand's base unit; what is left out has OCPP's default."""
    factor, offset, base = _conversion(measurand, unit)
    return Sample(
        measurand,
        value * factor + offset,
        base,
        phase,
        Context.SAMPLE_PERIODIC if context is None else _CONTEXTS[context],
        Location.OUTLET if location is None else _LOCATIONS[location],
    )


@lru_cache(maxsize=256)
def _conversion(measurand: str, unit: str | None) -> tuple[float, float, str]:
    """Return by what a value is multiplied, what is added then, and the unit that it is in afterwards."""
    if measurand == "Power.Factor":
        return 1.0, 0.0, ""
    if measurand == "Frequency":
        # 1.6 has no hertz in its list of units, so stations send whatever passes.
        return 1.0, 0.0, "Hz"
    name = unit or _DEFAULT_UNITS.get(measurand.partition(".")[0], "")
    match name.lower():
        case "fahrenheit":
            return 1.0 / 1.8, -32.0 / 1.8, "°C"
        case "k":
            return 1.0, -273.15, "°C"
        case known:
            base, factor = _UNITS.get(known, (name, 1.0))
            return factor, 0.0, base
