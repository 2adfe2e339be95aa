"""What samples of one moment say of each phase: tags as stations write them, turned into the station's own phases.

A value may be tagged `L1`, `L1-N`, `L1-L2`, `N`, or not at all, and values of phases that are not there may be 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from ..model.kinds import EvseKind
from ..model.phases import ALL_PHASES, Phase
from ..model.readings import DEAD_V, LIVE_A, Sample

_PHASES = {"L1": Phase.L1, "L2": Phase.L2, "L3": Phase.L3}

# Loads between two phases, by the phase that the tag begins with: L1-L2, L2-L3, L3-L1.
_NEXT = {Phase.L1: Phase.L2, Phase.L2: Phase.L3, Phase.L3: Phase.L1}

# Where a phase has this little of the voltage that a load gets, loads lie between two phases: it is 58 % there.
_LINE_TO_LINE = 0.7

_NO_LOAD_W = 100.0


@dataclass(frozen=True, slots=True)
class Currents:
    """The currents of one moment. `between` are those of loads between two phases, `on` what each phase carries.

    Not `told`: the phases are a guess, on the safe side.
    """

    on: Mapping[Phase, float]
    between: Mapping[Phase, float]
    told: bool = True


def phase_of(sample: Sample) -> Phase | None:
    """Return the phase that a sample is of; of two, the first."""
    return _PHASES.get((sample.phase or "").partition("-")[0])


def total(samples: Sequence[Sample]) -> float | None:
    """Return the sample without a phase, or the sum over phases (N is none); the last of equals is the newest."""
    wholes = [sample.value for sample in samples if sample.phase is None]
    if wholes:
        return wholes[-1]
    by_phase = {
        phase: sample.value
        for sample in samples
        if (phase := phase_of(sample)) is not None
    }
    return sum(by_phase.values()) if by_phase else None


def sampled_power(samples: Sequence[Sample]) -> float | None:
    """Return import less export, in watts, where it was measured."""
    imported, exported = (
        total([s for s in samples if s.measurand == f"Power.Active.{way}"])
        for way in ("Import", "Export")
    )
    if imported is None and exported is None:
        return None
    return (imported or 0.0) - (exported or 0.0)


def voltages(samples: Iterable[Sample], kind: EvseKind) -> Mapping[Phase, float]:
    """Return voltages to neutral by phase, in volts."""
    found: dict[Phase, float] = {}
    for sample in samples:
        if sample.measurand != "Voltage" or sample.phase == "N":
            continue
        phase = phase_of(sample)
        # What is far above a phase's voltage was measured between two, whatever it is called.
        between = _is_between(sample) or sample.value > 1.5 * kind.voltage_v
        value = sample.value / sqrt(3) if between and kind.phases > 1 else sample.value
        if phase is not None:
            found[phase] = value
        elif sample.phase is None:
            found = dict.fromkeys(ALL_PHASES[: kind.phases], value) | found
    return found


def currents(
    samples: Sequence[Sample],
    kind: EvseKind,
    known_v: Mapping[Phase, float],
    power_w: float | None,
) -> Currents:
    """Return the currents among samples, below 0 out of the vehicle; `known_v` and `power_w` help to place one that names no phase."""
    of_current = _of_current(samples)
    between = {
        phase: sample.value
        for sample in of_current
        if _is_between(sample) and (phase := phase_of(sample)) is not None
    }
    if between and kind.phases > 1:
        return Currents(_on_lines(between), between)
    on = {
        phase: sample.value
        for sample in of_current
        if (phase := phase_of(sample)) is not None
    }
    if on:
        return Currents(on, {})
    whole = _last(of_current, None)
    if whole is None and kind.phases == 1:
        # Some tell the current of their single phase on N only; on three phases N says nothing of any of them.
        whole = _last(of_current, "N")
    return Currents({}, {}) if whole is None else _placed(whole, kind, known_v, power_w)


def power(
    currents_a: Mapping[Phase, float],
    between_a: Mapping[Phase, float],
    known_v: Mapping[Phase, float],
    kind: EvseKind,
) -> float:
    """Return what the currents come to, in watts; where no voltage was measured, with the one that the site has."""
    if between_a:
        return sum(
            a * (known_v[phase] * sqrt(3) if phase in known_v else kind.voltage_v)
            for phase, a in between_a.items()
        )
    live = {phase: a for phase, a in currents_a.items() if abs(a) >= LIVE_A}
    lowest_v = min((known_v.get(phase, kind.voltage_v) for phase in live), default=0.0)
    if (
        kind.phases > 1
        and len(live) in {1, 2}
        and DEAD_V < lowest_v < kind.voltage_v * _LINE_TO_LINE
    ):
        # One load between two phases: what one carries comes back on the other.
        return max(live.values(), key=abs) * lowest_v * sqrt(3)
    return sum(
        a * known_v.get(phase, kind.voltage_v) for phase, a in currents_a.items()
    )


def _of_current(samples: Sequence[Sample]) -> list[Sample]:
    """Return the currents of the direction in which more flows: of the other one it is none, or noise."""
    drawn = [s for s in samples if s.measurand == "Current.Import"]
    given = [s for s in samples if s.measurand == "Current.Export"]
    if max((abs(s.value) for s in given), default=0.0) <= max(
        (abs(s.value) for s in drawn), default=0.0
    ):
        return drawn
    return [replace(s, value=-abs(s.value)) for s in given]


def _is_between(sample: Sample) -> bool:
    return "-L" in (sample.phase or "")


def _last(samples: Iterable[Sample], phase: str | None) -> float | None:
    found = [sample.value for sample in samples if sample.phase == phase]
    return found[-1] if found else None


def _on_lines(between: Mapping[Phase, float]) -> dict[Phase, float]:
    """Return what each phase carries of loads between phases: the currents add as phasors, 60 degrees apart."""
    carried: dict[Phase, float] = {}
    for phase in ALL_PHASES:
        before = next(first for first, second in _NEXT.items() if second is phase)
        out_a, back_a = between.get(phase), between.get(before)
        if out_a is not None or back_a is not None:
            a, b = out_a or 0.0, back_a or 0.0
            carried[phase] = sqrt(a * a + b * b + a * b)
    return carried


def _placed(
    whole_a: float,
    kind: EvseKind,
    known_v: Mapping[Phase, float],
    power_w: float | None,
) -> Currents:
    """Put a current that names no phase on phases: as many as the power needs, else on all that are not dead."""
    alive = [
        phase
        for phase in ALL_PHASES[: kind.phases]
        if known_v.get(phase, kind.voltage_v) > DEAD_V
    ] or list(ALL_PHASES[: kind.phases])
    if kind.phases == 1:
        return Currents({alive[0]: whole_a}, {})
    if power_w is None or abs(power_w) < _NO_LOAD_W or abs(whole_a) < LIVE_A:
        return Currents(dict.fromkeys(alive, whole_a), {}, told=False)
    volts = known_v.get(alive[0], kind.voltage_v)
    count = round(abs(power_w / (volts * whole_a)))
    used = alive[: min(max(count, 1), len(alive))]
    return Currents(dict.fromkeys(used, whole_a), {})
