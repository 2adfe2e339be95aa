"""An EVSE as OCPP 1.6 sees it: a connector above 0, with its transaction, availability and reservation."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.evse import Evse
from simulator.ocppj.frames import Payload
from simulator.pilot import Activity, activity


@dataclass
class Transaction:
    """A running transaction; the central system's id for it comes later, or after a long time offline."""

    local_id: str
    id_tag: str
    started_at: datetime
    meter_start_wh: int
    transaction_id: int | None = None
    refused: bool = False
    readings: list[Payload] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reservation:
    """A connector kept for somebody (§5.13)."""

    reservation_id: int
    id_tag: str
    parent_id_tag: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Permission:
    """A tag was accepted and a vehicle may be plugged in until the time is over."""

    id_tag: str
    until_s: float
    reservation_id: int | None = None
    profile: Any = None


@dataclass
class Outlet:
    """One connector above 0."""

    evse: Evse
    operative: bool = True
    becomes_inoperative: bool = False
    transaction: Transaction | None = None
    permission: Permission | None = None
    reservation: Reservation | None = None
    finishing: bool = False

    @property
    def connector_id(self) -> int:
        """Its number in OCPP 1.6."""
        return self.evse.evse_id

    @property
    def activity(self) -> Activity:
        """What it reports as its status."""
        return activity(
            self.evse.pilot,
            in_transaction=self.transaction is not None,
            offers=self.evse.offers,
            operative=self.operative,
            faulted=self.evse.error is not None,
            reserved=self.reservation is not None,
            preparing=self.permission is not None,
            finishing=self.finishing,
        )

    def forget(self) -> None:
        """Lose what does not survive a reboot."""
        self.transaction = self.permission = None
        self.finishing = False
