"""What a station told us, in one vocabulary for all versions of OCPP."""

from dataclasses import dataclass
from datetime import datetime

from .capabilities import Capabilities
from .readings import Sample
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
    """A transaction began; `transaction_id` is the one that the station was given."""

    evse: int
    transaction_id: int
    token: str
    meter_start_wh: float
    reservation_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionEnded(Event):
    """A transaction ended. `meter_stop_wh` is None where the station gave no usable register."""

    transaction_id: int
    meter_stop_wh: float | None
    reason: str | None = None
    token: str | None = None
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetersSampled(Event):
    """An EVSE (or, with `evse` 0, the station's main meter) reported samples of one moment."""

    evse: int
    samples: tuple[Sample, ...]
    transaction_id: int | None = None


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
