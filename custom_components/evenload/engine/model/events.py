"""What a station told us, in one vocabulary for all versions of OCPP."""

from dataclasses import dataclass
from datetime import datetime

from .access import TokenKind
from .capabilities import Capabilities
from .clocks import Clock
from .limits import RateUnit
from .needs import ChargingNeeds, StoredProfile
from .readings import Moments, Sample
from .security import Protection
from .sessions import SignedValue
from .stations import EvseStatus, OcppVersion, StationError, StationInfo
from .v2x_ability import OperationMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at a station; `at` is when it happened, not when we heard of it."""

    identity: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Event):
    """The station's websocket is open."""

    version: OcppVersion
    address: str
    protection: Protection = Protection.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected(Event):
    """The station's websocket is gone. `replaced`: because the station opened another."""

    reason: str
    replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Booted(Event):
    """The station said what it is."""

    info: StationInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Event):
    """The station is alive and had nothing else to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt(Event):
    """More is known of what the station can do."""

    capabilities: Capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMeasured(Event):
    """The times in the station's messages show how its clock goes."""

    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReported(Event):
    """An EVSE, or the whole station (`evse` 0), changed its status."""

    evse: int
    status: EvseStatus
    error: StationError = StationError()


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityChanged(Event):
    """An EVSE, or the whole station (`evse` 0), was taken in or out of service by us."""

    evse: int
    operative: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionStarted(Event):
    """A transaction began; `transaction_id` is the one that it has at the station."""

    evse: int
    transaction_id: str
    token: str | None
    meter_start_wh: float | None
    reservation_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionUpdated(Event):
    """A transaction runs: told without meter values, by the way of something else. A token may be told here first.

    `evse` is None where the station named none, as it may after the first message of a transaction (2.x).
    """

    transaction_id: str
    evse: int | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionEnded(Event):
    """A transaction ended. None is what the station did not tell: 1.6 names no EVSE, and may not know the id yet.

    `meter_stop_wh` is None where it gave no usable register.
    """

    transaction_id: str | None
    meter_stop_wh: float | None
    reason: str | None = None
    token: str | None = None
    # What was measured, and when.
    moments: Moments = ()
    evse: int | None = None
    signed: tuple[SignedValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetersSampled(Event):
    """An EVSE (or, with `evse` 0, the station's main meter) reported samples of one moment."""

    evse: int
    samples: tuple[Sample, ...]
    transaction_id: str | None = None
    signed: tuple[SignedValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPresented(Event):
    """A card or app was shown to the station."""

    token: str
    accepted: bool
    evse: int | None = None
    kind: TokenKind = TokenKind.ISO14443


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareReported(Event):
    """How a firmware update is going, in OCPP's words."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticsReported(Event):
    """How an upload of logs is going, in OCPP's words."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityReported(Event):
    """The station noticed something that concerns its security."""

    type: str
    info: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReceived(Event):
    """A message of the maker's own."""

    vendor: str
    message: str | None
    data: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRequested(Event):
    """The station asks to have a certificate signed."""

    csr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsReported(Event):
    """A vehicle said what it needs."""

    evse: int
    needs: ChargingNeeds


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignLimitReported(Event):
    """Somebody else limits the station (`evse` 0) or an EVSE, or no longer does (`active` False).

    `source` is OCPP's word: EMS, SO, CSO or Other. `limit` is the lowest that was told, in `unit`.
    """

    evse: int
    source: str
    active: bool = True
    is_grid_critical: bool = False
    limit: float | None = None
    unit: RateUnit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilesReported(Event):
    """A station told which charging profiles lie in it; `complete` False: more will follow."""

    profiles: tuple[StoredProfile, ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleNamed(Event):
    """A vehicle said what it is called over ISO 15118 (EVCCID)."""

    evse: int
    transaction_id: str
    vehicle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationModeReported(Event):
    """Who decides now how much flows at an EVSE."""

    evse: int
    transaction_id: str
    mode: OperationMode


@dataclass(frozen=True, slots=True, kw_only=True)
class GridControlReported(Event):
    """A control of the grid operator's began or ended to count in a station (2.1 block R); others may count no more for it."""

    control_id: str
    started: bool
    superseded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationEnded(Event):
    """A reservation expired, or the station took it back; `reason` is OCPP's word."""

    reservation_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentReported(Event):
    """A part of the station (`evse` 0: of the whole) reports a value of its own accord, or that a problem is over (`cleared`)."""

    evse: int
    component: str
    variable: str
    value: str
    code: str | None = None
    info: str | None = None
    cleared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GridAlarmReported(Event):
    """The grid made the station act on its own (2.1 block R); words are OCPP's."""

    control: str
    fault: str | None
    ended: bool
