"""What one EVSE claims while allotments are made: its lines, the most and the least it can use, what it has so far."""

from dataclasses import dataclass
from math import floor

from ..model.allotments import Demand
from ..model.loads import Load
from .circuits import Circuits, Line, Lines, add, blocking, first_full

# Going back to three phases takes a pause and wears contactors: only with so much more than the minimum, in amperes.
BACK_TO_THREE_A = 1.0


@dataclass(frozen=True, slots=True)
class Use:
    """One way to charge: on all phases of the vehicle, or on one. `by` is the line that sets the most, if one does."""

    lines: Lines
    most_a: float
    by: Line | None = None


@dataclass(slots=True, eq=False)
class Claim:
    """An EVSE that takes part in the sharing."""

    demand: Demand
    least_a: float
    use: Use
    other: Use | None
    # How long a turn lasts where it is.
    turn_s: float
    current_a: float = 0.0
    # It uses one phase, though its vehicle could use more.
    single: bool = False
    # The line that keeps it from more.
    full: Line | None = None

    @property
    def is_able(self) -> bool:
        """Whether it could charge at all."""
        return self.use.most_a >= self.least_a or (
            self.other is not None and self.other.most_a >= self.least_a
        )

    @property
    def watts(self) -> float:
        """What an ampere of it comes to."""
        demand = self.demand
        load = demand.single if self.single and demand.single else demand.load
        return load.watts

    def take(self, current_a: float) -> None:
        """Let so much more flow."""
        self.current_a += current_a
        add(self.use.lines, current_a)

    def release(self) -> None:
        """Give back all."""
        add(self.use.lines, -self.current_a)
        self.current_a = 0.0

    def switch(self) -> None:
        """Take the other way to charge; only while it has nothing."""
        if self.other is not None:
            self.use, self.other = self.other, self.use
            self.single = not self.single

    def start(self) -> bool:
        """Take the minimum if it fits, on one phase if need be; else remember what is in the way."""
        if self.use.most_a >= self.least_a:
            extra_a = 0.0
            if self.demand.is_single and self.other and not self.single:
                extra_a = min(BACK_TO_THREE_A, self.use.most_a - self.least_a)
            self.full = blocking(self.use.lines, self.least_a + extra_a)
            if self.full is None:
                self.take(self.least_a)
                return True
        return self._start_otherwise()

    def _start_otherwise(self) -> bool:
        other = self.other
        if (
            other is None
            or other.most_a < self.least_a
            or blocking(other.lines, self.least_a) is not None
        ):
            return False
        self.switch()
        self.full = None
        self.take(self.least_a)
        return True

    def raise_to_most(self) -> None:
        """Take all that is left, in tenths of an ampere."""
        left_a, by = first_full(self.use.lines)
        own_a = self.use.most_a - self.current_a
        self.full = self.use.by if own_a <= left_a else by
        if (more_a := tenths(min(left_a, own_a))) > 0:
            self.take(more_a)


# Half a millionth of an ampere, in tenths: `floor_tenths` forgives as much, and single precision needs it.
_ROUNDING = 5e-6


def tenths(value: float) -> float:
    """Round down to a tenth; what misses it only by binary rounding counts as that tenth.

    It does what `floor_tenths` does, in a tenth of the time.
    """
    return floor(value * 10.0 + _ROUNDING) / 10.0


def claim_of(
    demand: Demand,
    circuits: Circuits,
    node: str,
    *,
    alone: bool,
    turn_s: float,
) -> Claim:
    """Return the claim of an EVSE; one that is alone in its station has the station's limit as its own most."""
    use = _use(demand.load, demand, circuits, node, alone=alone)
    single = (
        None
        if demand.single is None or demand.single == demand.load
        else _use(demand.single, demand, circuits, node, alone=alone)
    )
    return Claim(demand, -tenths(-demand.minimum_a), use, single, turn_s)


def _use(
    load: Load, demand: Demand, circuits: Circuits, node: str, *, alone: bool
) -> Use:
    above = circuits.above(node, load)
    if not alone:
        return Use(circuits.of(node, load) + above, tenths(demand.maximum_a))
    most_a, by = circuits.narrowest(node, load, demand.maximum_a)
    return Use(above, max(0.0, tenths(most_a)), by)
