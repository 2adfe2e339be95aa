"""What an EVSE puts on the lines of the grid: currents as phasors, since not all of them are in step."""

from cmath import exp
from dataclasses import dataclass
from math import pi, sqrt

from .phases import ALL_PHASES, Phase

# A load between two lines leads the voltage of the first one by 30 degrees, and lags that of the second as much.
_LEADS = exp(1j * pi / 6)
_LAGS = exp(-1j * pi / 6)

# From the voltage of one line to that of the line before it.
_THIRD = exp(2j * pi / 3)


@dataclass(frozen=True, slots=True)
class Load:
    """What one ampere of an EVSE's limit comes to: phasors on L1, L2, L3 and watts in all.

    Each phasor is relative to the voltage of its own line, so that a load between a line and neutral is 1. All that
    lie on one line are at most 60 degrees apart: what one gives up never makes the sum greater.
    """

    on: tuple[complex, complex, complex]
    watts: float

    def __getitem__(self, phase: Phase) -> complex:
        """Return the phasor on one line."""
        return self.on[ALL_PHASES.index(phase)]

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The lines that it uses."""
        return tuple(
            phase for phase, on in zip(ALL_PHASES, self.on, strict=True) if on != 0
        )


def to_neutral(phases: tuple[Phase, ...], voltage_v: float) -> Load:
    """Return a load between each of these lines and neutral: single phase, and three phases in wye."""
    return Load(_on(dict.fromkeys(phases, complex(1.0))), voltage_v * len(set(phases)))


def between_legs(voltage_v: float) -> Load:
    """Return a load between the two legs of a split-phase grid, whose voltages to neutral are opposite.

    What flows in by one leg comes back by the other, in step with both voltages.
    """
    return to_neutral(ALL_PHASES[:2], voltage_v)


def between_lines(first: Phase, second: Phase, voltage_v: float) -> Load:
    """Return a load between two lines of a three-phase grid; `voltage_v` is a line's voltage to neutral.

    Source: for lines A and B with voltages 120 degrees apart, V_A - V_B is √3 V, 30 degrees ahead of V_A.
    """
    leading = (ALL_PHASES.index(second) - ALL_PHASES.index(first)) % 3 == 1
    ahead, behind = (first, second) if leading else (second, first)
    return Load(_on({ahead: _LEADS, behind: _LAGS}), sqrt(3) * voltage_v)


def _on(by_phase: dict[Phase, complex]) -> tuple[complex, complex, complex]:
    l1, l2, l3 = (by_phase.get(phase, 0j) for phase in ALL_PHASES)
    return l1, l2, l3


@dataclass(frozen=True, slots=True)
class DeltaWye:
    """A transformer with its delta towards the grid; `ratio` is the grid's line-to-line voltage by ours to neutral.

    Each line of the grid feeds two windings: I'_k = (I_k - I_(k-1)) / ratio. On such a line loads may be 120 degrees
    apart, so the lines behind it need a limit of their own for sums to be monotone.
    """

    ratio: float

    def above(self, load: Load) -> Load:
        """Return what a load behind the transformer puts on the lines before it, a common turn of 30 degrees aside."""
        one, two, three = (
            (load.on[k] - load.on[k - 1] * _THIRD) / self.ratio for k in range(3)
        )
        return Load((one, two, three), load.watts)
