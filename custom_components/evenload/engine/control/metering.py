"""Merges meter samples into the latest reading of an EVSE. Names of measurands are OCPP's, the same in all versions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from ..model.kinds import EvseKind
from ..model.phases import Phase
from ..model.readings import DEAD_V, LIVE_A, Context, Location, Reading, Sample, is_late
from .plausible import plausible
from .sampling import currents, power, sampled_power, total, voltages

# Samples of the past are no reading of the present.
_PAST = frozenset(
    {Context.TRANSACTION_BEGIN, Context.INTERRUPTION_BEGIN, Context.INTERRUPTION_END}
)

# Measurands that are one number, whatever the phases: the last one counts.
_SINGLE = {
    "SoC": "soc_percent",
    "Temperature": "temperature_c",
    "Frequency": "frequency_hz",
}


def merge(
    reading: Reading, samples: Sequence[Sample], at: datetime, kind: EvseKind
) -> Reading:
    """Return the reading with newer samples in it; what was not sampled stays, what is older or wild changes nothing."""
    if reading.at is not None and is_late(at, reading.at):
        return reading
    present = [
        sample
        for sample in plausible(samples, kind)
        if sample.context not in _PAST and _counts(sample)
    ]
    changes: dict[str, object] = {
        _SINGLE[sample.measurand]: sample.value
        for sample in present
        if sample.measurand in _SINGLE
    }
    changes |= _offers(present)
    if (factor := _power_factor(present)) is not None:
        changes["power_factor"] = factor
    changes |= (_direct if kind.is_dc else _alternating)(
        reading, present, at, kind, factor or reading.power_factor or 1.0
    )
    return replace(reading, at=at, **changes) if changes else reading  # type: ignore[arg-type]  # names are Reading's own


def _alternating(
    reading: Reading,
    samples: Sequence[Sample],
    at: datetime,
    kind: EvseKind,
    factor: float,
) -> dict[str, object]:
    """Return what changes of currents, voltages and power; a power that was not measured follows from the currents."""
    changes: dict[str, object] = {}
    sampled_v = voltages(samples, kind)
    known_v = {**reading.voltage_v, **sampled_v}
    power_w = sampled_power(samples)
    sampled = currents(samples, kind, known_v, power_w)
    if sampled_v:
        changes["voltage_v"] = known_v
    if power_w is not None and not sampled.on and _turns_round(reading, power_w):
        # What flowed the other way says nothing of what flows now.
        changes["current_a"] = {}
    if sampled.on:
        # All phases: some stations report each in a message of its own.
        known_a = {**reading.current_a, **sampled.on}
        if sampled.told:
            changes["live_at"] = _live_at(reading.live_at, sampled.on, known_v, at)
        if power_w is None:
            power_w = power(known_a, sampled.between, known_v, kind) * factor
        # A reading's currents are magnitudes: the power says in which direction they flow.
        changes["current_a"] = {phase: abs(a) for phase, a in known_a.items()}
    if power_w is not None:
        changes["power_w"] = power_w
    return changes


def _direct(
    reading: Reading,
    samples: Sequence[Sample],
    at: datetime,
    kind: EvseKind,
    factor: float,
) -> dict[str, object]:
    """Return what changes of the direct current that a vehicle gets."""
    volts = total([s for s in samples if s.measurand == "Voltage"])
    amperes = total([s for s in samples if s.measurand == "Current.Import"])
    changes: dict[str, object] = {}
    if volts is not None:
        changes["dc_voltage_v"] = volts
    power_w = sampled_power(samples)
    if amperes is not None:
        changes["dc_current_a"] = amperes
        known_v = reading.dc_voltage_v if volts is None else volts
        if power_w is None and known_v is not None:
            power_w = amperes * known_v
    if power_w is not None:
        changes["power_w"] = power_w
    return changes


def _turns_round(reading: Reading, power_w: float) -> bool:
    """Whether energy flows the other way than before."""
    return reading.power_w is not None and reading.power_w * power_w < 0


def _live_at(
    known: Mapping[Phase, datetime],
    sampled_a: Mapping[Phase, float],
    known_v: Mapping[Phase, float],
    at: datetime,
) -> dict[Phase, datetime]:
    """Return when each phase was last seen to carry current: a dead one carries none, whatever is told of it."""
    seen = {
        phase: at
        for phase, current_a in sampled_a.items()
        if abs(current_a) >= LIVE_A and known_v.get(phase, DEAD_V) >= DEAD_V
    }
    return {**known, **seen}


def _offers(samples: Sequence[Sample]) -> dict[str, object]:
    """Return what the station offers its vehicle: amperes on the fullest phase, watts in all."""
    offered_w = total([s for s in samples if s.measurand == "Power.Offered"])
    offered_a = [
        sample.value
        for sample in samples
        if sample.measurand == "Current.Offered" and sample.phase != "N"
    ]
    found: dict[str, object] = {}
    if offered_w is not None:
        found["offered_w"] = offered_w
    if offered_a:
        found["offered_a"] = max(offered_a)
    return found


def _power_factor(samples: Sequence[Sample]) -> float | None:
    """Return the power factor, the average of the phases that have one; some write it in percent."""
    told = [s for s in samples if s.measurand == "Power.Factor" and s.phase != "N"]
    wholes = [s.value for s in told if s.phase is None]
    values = wholes[-1:] or [s.value for s in told if s.value]
    if not values:
        return None
    factor = abs(sum(values) / len(values))
    factor = factor / 100 if factor > 1.0 else factor
    return factor if factor <= 1.0 else None


def register_wh(
    samples: Sequence[Sample], measurand: str = "Energy.Active.Import.Register"
) -> float | None:
    """Return the energy register among samples: the total, or the sum of the phases; None when there is none.

    The register at a transaction's beginning is of the past, and one sample may hold several contexts.
    """
    present = [
        sample
        for sample in samples
        if sample.measurand == measurand
        and sample.context is not Context.TRANSACTION_BEGIN
        and _counts(sample)
    ]
    return total(present)


def _counts(sample: Sample) -> bool:
    """The outlet is what the vehicle gets; only a temperature is measured elsewhere to any use of ours."""
    return sample.location is Location.OUTLET or sample.measurand in {
        "Temperature",
        "SoC",
    }
