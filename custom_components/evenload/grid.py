"""The kinds of grid connection, as the form and the options write them."""

from dataclasses import dataclass
from math import sqrt

from .engine.model.phases import ALL_PHASES, Phase


@dataclass(frozen=True, slots=True)
class Grid:
    """A kind of grid connection, and how the owner's voltage becomes that of a line to neutral."""

    phases: tuple[Phase, ...]
    # How a station usually hangs on it.
    wiring: str
    minimum_v: float = 100
    maximum_v: float = 480
    # What the owner calls its voltage, divided by this, is that between a line and neutral.
    divide_by: float = 1.0
    split_phase: bool = False


GRIDS = {
    "1": Grid(ALL_PHASES[:1], "1"),
    "3": Grid(ALL_PHASES, "3"),
    # North American homes: two lines of 120 V with opposite voltages, and 240 V between them.
    "split": Grid(
        ALL_PHASES[:2], "between_l1_l2", minimum_v=100, maximum_v=130, split_phase=True
    ),
    # North American businesses (208 V between lines), and networks without neutral (230 V).
    "lines": Grid(ALL_PHASES, "between_l1_l2", minimum_v=190, divide_by=sqrt(3)),
}
