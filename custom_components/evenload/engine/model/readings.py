"""What a station's meter says: samples as they come, and the latest of each merged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from .phases import ALL_PHASES, Phase, PhaseCurrents

# A phase with more than this carries something; with less voltage it is dead, whatever its meter says.
LIVE_A = 1.0
DEAD_V = 50.0

# A vehicle that was seen to use a phase is taken to use it for so long: many let one go for moments.
LIVE_FOR = timedelta(seconds=60)

# No station keeps samples for so long: what is older was measured by a clock that lost the time.
LONGEST_QUEUE = timedelta(days=30)

# Before this was written nothing can have been told to it: a clock that shows less (1970, 2000) was never set.
CLOCKS_KNOWN = datetime(2026, 1, 1, tzinfo=UTC)


class Context(StrEnum):
    """Why a sample was taken, as OCPP writes it."""

    INTERRUPTION_BEGIN = "Interruption.Begin"
    INTERRUPTION_END = "Interruption.End"
    SAMPLE_CLOCK = "Sample.Clock"
    SAMPLE_PERIODIC = "Sample.Periodic"
    TRANSACTION_BEGIN = "Transaction.Begin"
    TRANSACTION_END = "Transaction.End"
    TRIGGER = "Trigger"
    OTHER = "Other"


class Location(StrEnum):
    """Where a sample was taken, as OCPP writes it."""

    OUTLET = "Outlet"
    INLET = "Inlet"
    CABLE = "Cable"
    VEHICLE = "EV"
    BODY = "Body"


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a meter report, in the base unit of its measurand (A, V, W, Wh, var, varh, Hz, %, °C).

    `phase` is the station's own tag (`L1`, `L1-N`, `N`, `L1-L2`), not yet a grid phase; None is the total.
    """

    measurand: str
    value: float
    unit: str
    phase: str | None = None
    context: Context = Context.SAMPLE_PERIODIC
    location: Location = Location.OUTLET


# What was measured, and when.
type Moments = tuple[tuple[datetime, tuple[Sample, ...]], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The latest known value of everything one EVSE measures. None is not known; phases are the station's own.

    Currents and voltages by phase are alternating; what a DC EVSE gives its vehicle stands apart.
    """

    at: datetime | None = None
    power_w: float | None = None
    current_a: Mapping[Phase, float] = field(default_factory=dict)
    voltage_v: Mapping[Phase, float] = field(default_factory=dict)
    # When each phase was last seen to carry current. A current that came without a phase shows none.
    live_at: Mapping[Phase, datetime] = field(default_factory=dict)
    dc_current_a: float | None = None
    dc_voltage_v: float | None = None
    energy_import_wh: float | None = None
    energy_export_wh: float | None = None
    offered_a: float | None = None
    offered_w: float | None = None
    soc_percent: float | None = None
    temperature_c: float | None = None
    frequency_hz: float | None = None
    power_factor: float | None = None

    @property
    def currents(self) -> PhaseCurrents:
        """The currents on the station's own phases, unknown ones as 0, in amperes."""
        return PhaseCurrents(*(self.current_a.get(phase, 0.0) for phase in ALL_PHASES))

    @property
    def live_phases(self) -> tuple[Phase, ...]:
        """The station's own phases that the vehicle was seen to use of late."""
        if self.at is None:
            return ()
        return tuple(
            phase
            for phase in ALL_PHASES
            if phase in self.live_at and self.at - self.live_at[phase] <= LIVE_FOR
        )

    def phases_in_use(self) -> int | None:
        """Return how many phases carry current, or None when none was seen to."""
        return len(self.live_phases) or None


def is_late(at: datetime, latest: datetime) -> bool:
    """Whether something was measured before the latest that is known, and told after it.

    What is a month older is not late: the station's clock was set back, and waiting for it would freeze the reading.
    """
    return timedelta(0) < latest - at < LONGEST_QUEUE


def believed(
    at: datetime, now: datetime, set_back: timedelta = timedelta(0)
) -> datetime:
    """Return when something happened that is told now: not in the future, and by our clock where the station's is lost.

    `set_back`: by how much the station's clock was, for good.
    """
    return min(at + set_back, now) if CLOCKS_KNOWN <= at <= now else now
