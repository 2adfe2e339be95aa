"""Merges meter samples into the latest reading of an EVSE. Names of measurands are OCPP's, the same in all versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import sqrt

from ..model.phases import Phase
from ..model.readings import Context, Location, Reading, Sample, is_late

# Samples of the past are no reading of the present.
_PAST = frozenset(
    {Context.TRANSACTION_BEGIN, Context.INTERRUPTION_BEGIN, Context.INTERRUPTION_END}
)

_PHASES = {"L1": Phase.L1, "L2": Phase.L2, "L3": Phase.L3}

_EXPORTED = "Energy.Active.Export.Register"

# Measurands that are one number, whatever the phases.
_SINGLE = {
    "Current.Offered": "offered_a",
    "Power.Offered": "offered_w",
    "SoC": "soc_percent",
    "Temperature": "temperature_c",
    "Frequency": "frequency_hz",
    "Power.Factor": "power_factor",
}


def merge(
    reading: Reading,
    samples: Sequence[Sample],
    at: datetime,
    wired: int,
    voltage_v: float,
) -> Reading:
    """Return the reading with newer samples in it; what was not sampled stays, what is older changes nothing.

    `wired` is the number of phases of the EVSE, `voltage_v` what a phase has when the station does not measure it.
    """
    if reading.at is not None and is_late(at, reading.at):
        return reading
    reading = _with_export(reading, samples)
    current = [
        sample for sample in samples if sample.context not in _PAST and _counts(sample)
    ]
    changes: dict[str, object] = {}
    for sample in current:
        if sample.measurand in _SINGLE and sample.phase is None:
            changes[_SINGLE[sample.measurand]] = sample.value
    sampled = _currents(current, wired)
    currents = {**reading.current_a, **sampled}
    sampled_voltages = _voltages(current, wired)
    voltages = {**reading.voltage_v, **sampled_voltages}
    if sampled:
        changes["current_a"] = currents
    if sampled_voltages:
        changes["voltage_v"] = voltages
    power_w = _power(current)
    if power_w is None and sampled:
        # Of all phases: some stations report each in a message of its own.
        power_w = sum(
            a * voltages.get(phase, voltage_v) for phase, a in currents.items()
        )
    if power_w is not None:
        changes["power_w"] = power_w
    return replace(reading, at=at, **changes) if changes else reading  # type: ignore[arg-type]  # names are Reading's own


def _with_export(reading: Reading, samples: Sequence[Sample]) -> Reading:
    """Return the reading with the energy that was fed back; a register that blinks to less is not believed.

    It is no present value, and does not make the reading fresh.
    """
    exported_wh = register_wh(samples, _EXPORTED)
    known_wh = reading.energy_export_wh
    if exported_wh is None or (known_wh is not None and exported_wh <= known_wh):
        return reading
    return replace(reading, energy_export_wh=exported_wh)


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
    return _total(present)


def _counts(sample: Sample) -> bool:
    """The outlet is what the vehicle gets; only a temperature is measured elsewhere to any use of ours."""
    return sample.location is Location.OUTLET or sample.measurand in {
        "Temperature",
        "SoC",
    }


def _phase(sample: Sample) -> Phase | None:
    return _PHASES.get((sample.phase or "").partition("-")[0])


def _is_line_to_line(sample: Sample) -> bool:
    return "-L" in (sample.phase or "")


def _per_phase(
    samples: Iterable[Sample], measurand: str, wired: int
) -> Mapping[Phase, float]:
    """Return values by phase. A value without a phase counts on every wired phase: that is the safe side."""
    found: dict[Phase, float] = {}
    whole: float | None = None
    for sample in samples:
        if sample.measurand != measurand:
            continue
        if (phase := _phase(sample)) is not None:
            found[phase] = sample.value
        elif sample.phase is None:
            whole = sample.value
    if not found and whole is not None:
        return dict.fromkeys(tuple(Phase)[:wired], whole)
    return found


def _currents(samples: Sequence[Sample], wired: int) -> Mapping[Phase, float]:
    """Return currents by phase. What flows back on N is no phase, but where one phase is wired it is that phase's.

    Injet tells the current of its single phase on N only; on three phases N says nothing of any of them.
    """
    found = _per_phase(samples, "Current.Import", wired)
    if not found and wired == 1:
        on_neutral = [
            replace(sample, phase=None) for sample in samples if sample.phase == "N"
        ]
        return _per_phase(on_neutral, "Current.Import", wired)
    return found


def _voltages(samples: Iterable[Sample], wired: int) -> Mapping[Phase, float]:
    to_neutral = [
        replace(sample, value=sample.value / sqrt(3))
        if _is_line_to_line(sample)
        else sample
        for sample in samples
    ]
    return _per_phase(to_neutral, "Voltage", wired)


def _power(samples: Iterable[Sample]) -> float | None:
    """Return import less export, in watts."""
    imported = _total(
        [sample for sample in samples if sample.measurand == "Power.Active.Import"]
    )
    exported = _total(
        [sample for sample in samples if sample.measurand == "Power.Active.Export"]
    )
    if imported is None and exported is None:
        return None
    return (imported or 0.0) - (exported or 0.0)


def _total(samples: Sequence[Sample]) -> float | None:
    """Return the sample without a phase, or the sum over phases (N is none); the last of equals is the newest."""
    wholes = [sample.value for sample in samples if sample.phase is None]
    if wholes:
        return wholes[-1]
    by_phase = {
        phase: sample.value
        for sample in samples
        if (phase := _phase(sample)) is not None
    }
    return sum(by_phase.values()) if by_phase else None
