"""An EVSE as OCPP 2.x sees it, with its connectors, transaction, availability and reservation."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.evse import Evse
from simulator.ocppj.frames import Payload
from simulator.profiles import Profile

type Token = dict[str, Any]


@dataclass
class Transaction:
    """A running transaction; its id is the station's own (E01.FR.08)."""

    transaction_id: str
    started_at: datetime
    seq_no: int = 0
    token: Token | None = None
    group: Token | None = None
    remote_start_id: int | None = None
    reservation_id: int | None = None
    told_state: str | None = None
    told_mode: str = "ChargingOnly"
    stopped_by: Token | None = None
    """Who ended it at the station, until it is told."""
    tells_token: bool = False
    """Whether its next event is to say who charges."""
    delivers_since: datetime | None = None
    charging_s: float = 0.0
    readings: list[Payload] = field(default_factory=list)
    refused: bool = False
    urgent: bool = False
    """Whether a priority profile holds instead of its own (K21)."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """An EVSE kept for somebody (H01)."""

    reservation_id: int
    token: Token
    group: Token | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Permission:
    """Somebody was accepted, and may charge as long as it lasts (C01, F01-F03)."""

    token: Token
    group: Token | None = None
    until_s: float = 0.0
    remote_start_id: int | None = None
    reservation_id: int | None = None
    profile: Profile | None = None
    allowed: tuple[str, ...] = ()
    """The energy transfers that its user is allowed besides charging (Q01)."""


@dataclass
class Outlet:
    """One EVSE, of whose connectors one can be used at a time."""

    evse: Evse
    operative: bool = True
    becomes_inoperative: bool = False
    resets: bool = False
    transaction: Transaction | None = None
    permission: Permission | None = None
    reservation: Reservation | None = None
    needs_replug: bool = False
    service: str = ""
    """The energy transfer that the vehicle has chosen, where there is more than one (EnergyTransferModeEnumType)."""
    allowed: tuple[str, ...] = ()

    @property
    def evse_id(self) -> int:
        """Its number."""
        return self.evse.evse_id

    @property
    def connected(self) -> bool:
        """Whether there is a vehicle on the cable."""
        return self.evse.vehicle is not None

    @property
    def may_deliver(self) -> bool:
        """Whether the power path may be closed: somebody is authorised, a vehicle is there, nothing is broken."""
        return (
            self.permission is not None
            and self.connected
            and not self.evse.error
            and not self.needs_replug
            and not (self.transaction is not None and self.transaction.refused)
        )

    @property
    def status(self) -> str:
        """The status of the connector that is used, or of all (ConnectorStatusEnumType)."""
        if self.evse.error:
            return "Faulted"
        if self.transaction:
            return "Occupied"
        if not self.operative:
            return "Unavailable"
        if self.connected or self.permission:
            return "Occupied"
        return "Reserved" if self.reservation else "Available"

    def status_of(self, connector_id: int) -> str:
        """The status of a connector: while another of its EVSE is used, it cannot be."""
        elsewhere = connector_id != self.evse.connector_id
        if self.status == "Occupied" and self.connected and elsewhere:
            return "Unavailable"
        return self.status

    @property
    def connector_ids(self) -> range:
        """The numbers of its connectors."""
        return range(1, len(self.evse.connectors) + 1)

    @property
    def charging_state(self) -> str:
        """What goes on between vehicle and EVSE (ChargingStateEnumType)."""
        if not self.connected:
            return "Idle"
        if self.permission is None:
            return "EVConnected"
        if not self.evse.offers:
            return "SuspendedEVSE"
        vehicle = self.evse.vehicle
        return "Charging" if vehicle and vehicle.current_a else "SuspendedEV"

    def forget(self) -> None:
        """Lose what does not survive a reboot."""
        self.transaction = self.permission = None
        self.needs_replug = self.resets = False
        self.service, self.allowed = "", ()
