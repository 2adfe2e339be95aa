"""The three phases of the grid, and how a box is wired to them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Phase(StrEnum):
    """A phase conductor of the grid connection."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


L1, L2, L3 = Phase

# Which grid phase each terminal of a box is connected to, in the order of its own L1, L2, L3.
type Wiring = tuple[Phase, ...]

DEFAULT_WIRING: Wiring = (L1, L2, L3)


@dataclass(frozen=True, slots=True)
class PerPhase:
    """One quantity on each grid phase; the name of what holds it says the unit."""

    l1: float = 0.0
    l2: float = 0.0
    l3: float = 0.0

    @classmethod
    def even(cls, value: float) -> Self:
        """The same on each phase."""
        return cls(value, value, value)

    @classmethod
    def on(cls, phases: Wiring, values: tuple[float, ...]) -> Self:
        """Values given in a box's own order, put on the grid phases that it is wired to."""
        by_phase = dict.fromkeys(Phase, 0.0)
        for phase, value in zip(phases, values, strict=False):
            by_phase[phase] += value
        return cls(*by_phase.values())

    def __iter__(self) -> Iterator[float]:
        """The three values in order."""
        return iter((self.l1, self.l2, self.l3))

    def __getitem__(self, phase: Phase) -> float:
        """The value on a phase."""
        return {L1: self.l1, L2: self.l2, L3: self.l3}[phase]

    def __add__(self, other: Self) -> Self:
        """Phase by phase."""
        return self.combine(other, lambda a, b: a + b)

    def __sub__(self, other: Self) -> Self:
        """Phase by phase."""
        return self.combine(other, lambda a, b: a - b)

    def __mul__(self, factor: float) -> Self:
        """Each phase so many times."""
        return self.map(lambda value: value * factor)

    @property
    def total(self) -> float:
        """The sum over the phases."""
        return self.l1 + self.l2 + self.l3

    def map(self, change: Callable[[float], float]) -> Self:
        """Each phase changed on its own."""
        return type(self)(change(self.l1), change(self.l2), change(self.l3))

    def combine(self, other: Self, merge: Callable[[float, float], float]) -> Self:
        """Phase by phase with another."""
        return type(self)(
            merge(self.l1, other.l1), merge(self.l2, other.l2), merge(self.l3, other.l3)
        )
