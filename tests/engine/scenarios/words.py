"""How a scenario is written: amounts with their unit, and what is expected, in words."""

from dataclasses import dataclass
import re

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents

_UNITS = {
    "A": ("A", 1.0),
    "V": ("V", 1.0),
    "W": ("W", 1.0),
    "kW": ("W", 1000.0),
    "Wh": ("Wh", 1.0),
    "kWh": ("Wh", 1000.0),
    "s": ("s", 1.0),
    "min": ("s", 60.0),
    "h": ("s", 3600.0),
}

# Every reason as it is written.
REASONS = {reason: reason.value.replace("_", " ") for reason in Reason}

_EXPECTED = re.compile(
    r"(?P<amperes>[\d.]+) A(?P<single> on one phase)? because (?P<reason>[a-z ]+?)"
    r"(?: (?:of|in) (?P<node>[\w-]+))?(?: on (?P<phase>L[123]))?"
    r"(?:, (?P<place>\d+)\. in the queue)?(?:, turn at (?P<turn>\d+ (?:s|min|h)))?"
)


def amount(text: str, unit: str) -> float:
    """Return a number with a unit, as in `25 A` or `15 min`, in the unit asked for."""
    number, _, written = text.partition(" ")
    base, factor = _UNITS.get(written, ("", 0.0))
    if base != unit:
        raise ValueError(f"{text!r} is not an amount in {unit}")
    return float(number) * factor


def currents(text: str) -> PhaseCurrents:
    """Return currents on the lines, as in `3 A` (each) or `2 12 2 A` (L1, L2, L3)."""
    *numbers, unit = text.split()
    if unit != "A" or len(numbers) not in (1, 3):
        raise ValueError(f"{text!r} is not a current, or one for each of three lines")
    each = [float(number) for number in numbers]
    return PhaseCurrents(*(each if len(each) == 3 else each * 3))


@dataclass(frozen=True, slots=True)
class Expected:
    """What an EVSE is to be given: only what the words name is compared."""

    words: str
    amperes: float
    single: bool
    reason: str
    node: str | None
    phase: str | None
    place: int | None
    turn_s: float | None

    def is_met(self, got: Expected) -> bool:
        """Whether it is what was got."""
        return (
            abs(self.amperes - got.amperes) < 0.05
            and (self.single, self.reason) == (got.single, got.reason)
            and self.node in (None, got.node)
            and self.phase in (None, got.phase)
            and self.place in (None, got.place)
            and self.turn_s in (None, got.turn_s)
        )


def expected(words: str) -> Expected:
    """Return what is said in words: `8 A because group limit of cars on L2`."""
    found = _EXPECTED.fullmatch(words)
    if found is None:
        raise ValueError(f"{words!r} does not read like '8 A because main fuse on L2'")
    turn = found["turn"]
    return Expected(
        words,
        float(found["amperes"]),
        found["single"] is not None,
        found["reason"],
        found["node"],
        found["phase"],
        None if found["place"] is None else int(found["place"]),
        None if turn is None else amount(turn, "s"),
    )


def said(allotment: Allotment, turn_s: float | None) -> Expected:
    """Return an allotment in the same words."""
    reason = REASONS[allotment.reason]
    phase = None
    if allotment.phase is not None:
        phase = f"L{ALL_PHASES.index(allotment.phase) + 1}"
    words = f"{allotment.current.a:g} A"
    words += " on one phase" if allotment.single else ""
    words += f" because {reason}"
    words += f" of {allotment.node}" if allotment.node else ""
    words += f" on {phase}" if phase else ""
    if allotment.position is not None:
        words += f", {allotment.position}. in the queue"
    if turn_s is not None:
        words += f", turn at {turn_s / 60:g} min"
    return Expected(
        words,
        allotment.current.a,
        allotment.single,
        reason,
        allotment.node,
        phase,
        allotment.position,
        turn_s,
    )
