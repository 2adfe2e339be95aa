"""What an EVSE could use, what it may draw, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .identity import EvseKey
from .limits import MINIMUM_CURRENT_A, Current
from .phases import ALL_PHASES, Phase, PhaseCurrents


class Reason(StrEnum):
    """The constraint that binds an allotment, as the owner is told it."""

    OWN_MAXIMUM = "own_maximum"
    GROUP_LIMIT = "group_limit"
    MAIN_FUSE = "main_fuse"
    PAUSED = "paused"
    NOT_ENOUGH = "not_enough"
    WAITING_FOR_TURN = "waiting_for_turn"
    WAITING_FOR_OTHERS = "waiting_for_others"
    # The station charges one vehicle at a time, and it is another one's.
    OTHER_EVSE = "other_evse"
    # Charging pauses while the station changes between one and three phases.
    SWITCHING_PHASES = "switching_phases"
    UNPLUG_NEEDED = "unplug_needed"
    NOT_CONTROLLABLE = "not_controllable"


@dataclass(frozen=True, slots=True)
class Demand:
    """What one EVSE could use now; currents in amperes on each grid phase, those of a DC EVSE too.

    `phases` are the grid phases that it is wired to, whatever its vehicle was seen to use: it may change its mind.
    """

    key: EvseKey
    maximum_a: float
    minimum_a: float = MINIMUM_CURRENT_A
    phases: tuple[Phase, ...] = ALL_PHASES
    plugged_in_at: datetime | None = None
    paused: bool = False
    charging: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What a station may draw in all, in amperes per phase, and what binds it."""

    current_a: float
    reason: Reason
    node: str | None = None
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class Allotment:
    """What one EVSE may draw now, and the constraint that binds it."""

    key: EvseKey
    current: Current
    reason: Reason
    # The node of the tree that binds, for the words "the main fuse is full on L2".
    node: str | None = None
    phase: Phase | None = None

    def on_grid(self, phases: tuple[Phase, ...]) -> PhaseCurrents:
        """Return what it may draw on each grid phase, in amperes."""
        return PhaseCurrents.even(self.current.a, phases)
