"""What can be odd about a station, each as a typed field whose default is the standard's behaviour."""

from dataclasses import dataclass
from enum import StrEnum

from ...model.capabilities import PauseMethod, ProfileKind
from ...model.limits import RateUnit
from ...model.notices import NoticeKind
from ...model.stations import OcppVersion


@dataclass(frozen=True, slots=True)
class PhaseKey:
    """A setting of the maker's own that switches between one and three phases."""

    key: str
    single: str
    three: str


class Occasion(StrEnum):
    """What has to be seen of a station before its owner is given advice."""

    LIMITS_REFUSED = "limits_refused"
    LIMITS_IGNORED = "limits_ignored"
    NEW_VERSION = "new_version"


@dataclass(frozen=True, slots=True)
class Advice:
    """What the owner can set in the station, and what it helps against."""

    notice: NoticeKind
    occasion: Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """How to deal with one station. What is None is learnt from the station itself."""

    # Wait this long before a transaction's start is answered: a faster answer makes it drop the connection.
    start_answer_delay_s: float = 0.0
    # Ask it which values it samples. To tell that restarts some: they are told which they shall sample, unasked.
    lists_measurands: bool = True
    # Ask it so often how things stand: it does not send meter values by itself. 0 never asks.
    poll_s: float = 0.0
    # Ask it to send BootNotification; some begin a loop of reconnections.
    triggers_boot: bool = True
    # It forgets its settings when it restarts.
    set_up_every_boot: bool = False
    # Take the station in or out of service EVSE by EVSE.
    availability_per_evse: bool = False
    # Units that it obeys, whatever it says.
    units: tuple[RateUnit, ...] | None = None
    # Kinds of profiles that it obeys, the best first.
    kinds: tuple[ProfileKind, ...] | None = None
    highest_stack_level: int | None = None
    # False: it accepts a limit for the whole station and does not obey it.
    station_limit: bool | None = None
    # It obeys the limit after a pause only when it is told twice.
    repeats_after_pause: bool = False
    pause: PauseMethod | None = None
    # Below this it charges on one phase.
    three_phase_minimum_w: float | None = None
    phase_switching: bool | None = None
    phase_key: PhaseKey | None = None
    # Versions of OCPP that it offers and does not master.
    avoids: tuple[OcppVersion, ...] = ()
    advice: tuple[Advice, ...] = ()
