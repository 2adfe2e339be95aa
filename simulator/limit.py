"""The most that may flow, as a charging schedule says it."""

from dataclasses import dataclass
import math
from typing import Self

DEFAULT_PHASES = 3


def tenths(value: float) -> float:
    """Round down to the tenth that OCPP limits are written in; a limit is never rounded up."""
    return math.floor(value * 10 + 1e-6) / 10


@dataclass(frozen=True, slots=True)
class Limit:
    """Amperes on each of so many phases, or on the one terminal that is named."""

    current_a: float
    phases: int = DEFAULT_PHASES
    terminal: int | None = None

    @classmethod
    def of_power(
        cls, power_w: float, phases: int, voltage_v: float, terminal: int | None = None
    ) -> Self:
        """A limit in watts, as amperes per phase (OCPP 1.6 §7.12: power / (line to neutral voltage x phases))."""
        return cls(power_w / (voltage_v * phases), phases, terminal)

    def power_w(self, voltage_v: float) -> float:
        """The limit as watts in all."""
        return self.current_a * voltage_v * self.phases

    def tightest(self, other: Self | None) -> Self:
        """Whichever allows less, in current and in phases."""
        if other is None:
            return self
        return type(self)(
            min(self.current_a, other.current_a),
            min(self.phases, other.phases),
            self.terminal or other.terminal,
        )


def tightest(first: Limit | None, second: Limit | None) -> Limit | None:
    """Whichever limits there are, combined; None is no limit."""
    return second if first is None else first.tightest(second)
