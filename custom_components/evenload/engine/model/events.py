"""What a station told us, in one vocabulary for all versions of OCPP."""

from dataclasses import dataclass
from datetime import datetime

from .capabilities import Capabilities
from .readings import Sample
from .security import Protection
from .stations import EvseStatus, OcppVersion, StationError, StationInfo


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
    samples: tuple[Sample, ...] = ()
    evse: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetersSampled(Event):
    """An EVSE (or, with `evse` 0, the station's main meter) reported samples of one moment."""

    evse: int
    samples: tuple[Sample, ...]
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPresented(Event):
    """A card or app was shown to the station."""

    token: str
    accepted: bool
    evse: int | None = None


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
