"""Grid phases and the currents on them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

# Two readings that differ by less than this are the same current; a tenth of what OCPP can express.
ROUNDING_A = 0.01


class Phase(StrEnum):
    """A phase of the grid connection."""

    L1 = "l1"
    L2 = "l2"
    L3 = "l3"


class CurrentType(StrEnum):
    """What an EVSE gives its vehicle."""

    AC = "ac"
    DC = "dc"


ALL_PHASES = (Phase.L1, Phase.L2, Phase.L3)


@dataclass(frozen=True, slots=True)
class PhaseCurrents:
    """Current on the three grid phases, in amperes; positive is into the vehicle or from the grid."""

    l1: float = 0.0
    l2: float = 0.0
    l3: float = 0.0

    @classmethod
    def even(
        cls, current_a: float, phases: tuple[Phase, ...] = ALL_PHASES
    ) -> PhaseCurrents:
        """Return the same current on each of the phases named, and none on the others."""
        return cls(**{phase.value: current_a for phase in phases})

    def __iter__(self) -> Iterator[float]:
        """Iterate over L1, L2, L3."""
        return iter((self.l1, self.l2, self.l3))

    def __add__(self, other: PhaseCurrents) -> PhaseCurrents:
        """Add phase by phase."""
        return PhaseCurrents(self.l1 + other.l1, self.l2 + other.l2, self.l3 + other.l3)

    def __sub__(self, other: PhaseCurrents) -> PhaseCurrents:
        """Subtract phase by phase."""
        return PhaseCurrents(self.l1 - other.l1, self.l2 - other.l2, self.l3 - other.l3)

    def __getitem__(self, phase: Phase) -> float:
        """Return the current on one phase, in amperes."""
        return float(getattr(self, phase.value))

    def on(self, phase: Phase, current_a: float) -> PhaseCurrents:
        """Return these currents with one phase replaced."""
        match phase:
            case Phase.L1:
                return replace(self, l1=current_a)
            case Phase.L2:
                return replace(self, l2=current_a)
            case Phase.L3:
                return replace(self, l3=current_a)

    @property
    def highest_a(self) -> float:
        """The current on the fullest phase, in amperes."""
        return max(self)

    def fits(self, limit: PhaseCurrents) -> bool:
        """Whether no phase is above its limit."""
        return all(a <= b + ROUNDING_A for a, b in zip(self, limit, strict=True))
