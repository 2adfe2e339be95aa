"""What an EVSE could use, what it may draw, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .identity import EvseKey
from .limits import MINIMUM_CURRENT_A, Current
from .loads import Load, to_neutral
from .phases import ALL_PHASES, Phase, PhaseCurrents

_THREE_PHASES = to_neutral(ALL_PHASES, 230.0)


class Reason(StrEnum):
    """The constraint that binds an allotment, as the owner is told it."""

    OWN_MAXIMUM = "own_maximum"
    GROUP_LIMIT = "group_limit"
    MAIN_FUSE = "main_fuse"
    # A cap from outside: the grid operator's signal.
    GRID_OPERATOR = "grid_operator"
    # The CSMS above the station.
    UPSTREAM = "upstream"
    METER_LOST = "meter_lost"
    # There is room, but not for long enough yet.
    RAISING_SLOWLY = "raising_slowly"
    VEHICLE_TAKES_NO_MORE = "vehicle_takes_no_more"
    # Nobody is plugged in, and others can use what was kept for whoever comes.
    NOT_PLUGGED_IN = "not_plugged_in"
    # Its station keeps for good what it is told, and so gets no more than what is right for good.
    NO_LEASES = "no_leases"
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
    # It feeds back, and its minimum is kept for the moment in which it stops.
    DISCHARGING = "discharging"
    # It could feed back, and has nothing to do at the moment.
    V2G_IDLE = "v2g_idle"
    # It charges with what the house leaves of its sun, or with what it was dispatched.
    FOLLOWING_HOUSE = "following_house"
    DISPATCHED = "dispatched"
    # Its mode lets no more through: its plan has it charge later or slower, it goes by the sun, a kWh costs too much, it
    # has what it was to have, or its owner switched charging off.
    PLANNED = "planned"
    WAITING_FOR_SUN = "waiting_for_sun"
    FOLLOWING_SUN = "following_sun"
    PRICE_TOO_HIGH = "price_too_high"
    GOAL_REACHED = "goal_reached"
    CHARGING_OFF = "charging_off"


@dataclass(frozen=True, slots=True)
class Demand:
    """What one EVSE could use now; currents in amperes on each grid phase, those of a DC EVSE too.

    `phases` are the grid phases that it is wired to, whatever its vehicle was seen to use: it may change its mind.
    `load` is what an ampere of it puts on the grid as its vehicle uses it, and `single` the same on one phase, where
    the station can switch to that.
    """

    key: EvseKey
    maximum_a: float
    minimum_a: float = MINIMUM_CURRENT_A
    phases: tuple[Phase, ...] = ALL_PHASES
    plugged_in_at: datetime | None = None
    paused: bool = False
    charging: bool = False
    load: Load = _THREE_PHASES
    single: Load | None = None
    # It charges on one phase now, because it was told to: going back is a pause and wears contactors.
    is_single: bool = False
    # Why it can use no more than its maximum, and until when that is expected to be so.
    most: Reason = Reason.OWN_MAXIMUM
    until: datetime | None = None
    # A vehicle is there and has not said that it is done.
    wants: bool = True
    # What it may draw whatever is decided, because it cannot be told: offline, deaf, out of control.
    fixed_a: float | None = None
    # What it may have while nobody else can use it, should somebody plug in: its fallback.
    standing_a: float = 0.0
    # It draws its minimum whatever it is told, so that has to stay there for it.
    keeps: bool = False
    # Between those who weigh the same, all get the same; under `priority` twice the weight gets twice as much.
    weight: float = 1.0
    # First in every queue, until unplugged.
    boosted: bool = False
    departs_at: datetime | None = None
    needs_wh: float | None = None
    served_wh: float = 0.0
    # Since when it has been allowed to charge, or has not: a turn lasts for a while.
    is_served: bool = False
    since: datetime | None = None
    # How often this session was paused to make room for others: some vehicles do not wake up again.
    pauses: int = 0


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
    # The vehicle is to use one phase, so that it need not be paused.
    single: bool = False
    # The place in the queue of those that wait (1 is next), and when its turn comes at the latest, or its plan begins, where
    # that is known.
    position: int | None = None
    turn_at: datetime | None = None

    def on_grid(self, phases: tuple[Phase, ...]) -> PhaseCurrents:
        """Return what it may draw on each grid phase, in amperes."""
        return PhaseCurrents.even(self.current.a, phases)
