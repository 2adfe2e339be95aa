"""What is known of a charging station and its EVSEs. Frozen: a change is a new value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .allotments import Allotment
from .capabilities import Capabilities
from .clocks import Clock
from .identity import EvseKey
from .limits import Limit
from .pauses import Pauses
from .planning import ChargeGoal
from .readings import Reading
from .security import Protection
from .transactions import Session, Transaction
from .v2x import DischargeState, V2gMode


class OcppVersion(StrEnum):
    """A version of OCPP that a connection may speak."""

    V16 = "1.6"
    V201 = "2.0.1"
    V21 = "2.1"


class EvseStatus(StrEnum):
    """What an EVSE is doing, in one list for all versions of OCPP."""

    AVAILABLE = "available"
    PREPARING = "preparing"
    CHARGING = "charging"
    SUSPENDED_EV = "suspended_ev"
    SUSPENDED_EVSE = "suspended_evse"
    FINISHING = "finishing"
    RESERVED = "reserved"
    UNAVAILABLE = "unavailable"
    FAULTED = "faulted"

    @property
    def is_plugged_in(self) -> bool:
        """Whether a vehicle is connected. A faulted station cannot say, so it does not count."""
        return self in _PLUGGED_IN


_PLUGGED_IN = frozenset(
    {
        EvseStatus.PREPARING,
        EvseStatus.CHARGING,
        EvseStatus.SUSPENDED_EV,
        EvseStatus.SUSPENDED_EVSE,
        EvseStatus.FINISHING,
    }
)


@dataclass(frozen=True, slots=True)
class StationError:
    """An error that a station reports: OCPP's code, the maker's own code and its text."""

    code: str = "NoError"
    vendor_code: str | None = None
    info: str | None = None


@dataclass(frozen=True, slots=True)
class StationInfo:
    """What a station says of itself when it boots."""

    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    meter_type: str | None = None
    meter_serial: str | None = None


@dataclass(frozen=True, slots=True)
class EvseSettings:
    """What the owner set on an EVSE. The maximum of a DC EVSE is in watts; `phases` None leaves their number to us.

    Under `priority` an EVSE with twice the priority (1 to 10) gets twice as much. `boosted` goes first until unplugged.
    """

    maximum: Limit | None = None
    charging_allowed: bool = True
    phases: int | None = None
    priority: int = 5
    departs_at: datetime | None = None
    boosted: bool = False
    v2g_mode: V2gMode = V2gMode.OFF
    # What the owner lowered or raised of what the form says of discharging; None leaves it to the form.
    discharge_limit_w: float | None = None
    minimum_soc_percent: float | None = None
    # When it charges, and how far.
    goal: ChargeGoal = ChargeGoal()


@dataclass(frozen=True, slots=True)
class Evse:
    """One EVSE as it is now."""

    key: EvseKey
    status: EvseStatus | None = None
    status_at: datetime | None = None
    error: StationError = StationError()
    operative: bool = True
    reading: Reading = Reading()
    # When the reading arrived, by our clock: the station's own may be wrong.
    metered_at: datetime | None = None
    transaction: Transaction | None = None
    session: Session | None = None
    settings: EvseSettings = EvseSettings()
    allotment: Allotment | None = None
    discharge: DischargeState = field(default_factory=DischargeState)
    # Who beside its owner has it pause, and until when.
    paused_for: Pauses = ()

    @property
    def may_charge(self) -> bool:
        """Whether its owner lets it charge, and nobody has it pause for a while."""
        return self.settings.charging_allowed and not self.paused_for

    @property
    def is_charging(self) -> bool:
        """Whether energy may be flowing."""
        return self.status is EvseStatus.CHARGING

    @property
    def wants_energy(self) -> bool:
        """Whether a vehicle is plugged in and has not said that it is done."""
        return (
            self.status is not None
            and self.status.is_plugged_in
            and self.status is not EvseStatus.FINISHING
        )


@dataclass(frozen=True, slots=True)
class Station:
    """One charging station as it is now. `evses` are numbered from 1."""

    identity: str
    connected: bool = False
    version: OcppVersion | None = None
    info: StationInfo = StationInfo()
    capabilities: Capabilities = field(default_factory=Capabilities)
    evses: Mapping[int, Evse] = field(default_factory=dict)
    error: StationError = StationError()
    operative: bool = True
    booted_at: datetime | None = None
    last_seen: datetime | None = None
    firmware_status: str | None = None
    diagnostics_status: str | None = None
    # How its connection is protected, or the last one was.
    protection: Protection | None = None
    clock: Clock = field(default_factory=Clock)
    # By how much that was set back when it was last seen: beyond all zones, so that its times mean others.
    set_back_s: float = 0.0
    # How its connection to a CSMS above it is (a value of `uplink.UplinkState`); None where it has none.
    uplink: str | None = None


@dataclass(frozen=True, slots=True)
class PendingStation:
    """A station that dialled in and was not adopted yet."""

    identity: str
    address: str
    version: OcppVersion
    first_seen: datetime
    info: StationInfo | None = None
    protection: Protection = Protection.PLAIN
    # The SHA-256 of the public key of its certificate.
    pin: str | None = None
