"""Transactions, as OCPP has them, and sessions, as the owner sees them."""

from dataclasses import dataclass, replace
from datetime import datetime

from .identity import EvseKey


@dataclass(frozen=True, slots=True)
class TransactionStart:
    """What a station says when a transaction begins. Two equal starts are one transaction told twice."""

    key: EvseKey
    at: datetime
    token: str | None
    meter_start_wh: float | None
    # The station's own id (2.x); None where we give one (1.6).
    transaction_id: str | None = None
    # The station says that it could not tell when it happened.
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction of one EVSE; energies in Wh on the station's own register. Its id is unique per station only."""

    id: str
    key: EvseKey
    started_at: datetime
    token: str | None
    meter_start_wh: float
    meter_last_wh: float
    last_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None
    # Recovered: the station spoke of a transaction whose start never reached us.
    recovered: bool = False

    @property
    def energy_wh(self) -> float:
        """Energy into the vehicle so far, in Wh."""
        return max(0.0, self.meter_last_wh - self.meter_start_wh)

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    def with_register(self, register_wh: float, at: datetime) -> Transaction:
        """Return it with a higher register value; the time never goes back, whatever the station's clock does."""
        if register_wh < self.meter_last_wh:
            return self
        last_at = max(at, self.last_at)
        if (register_wh, last_at) == (self.meter_last_wh, self.last_at):
            return self
        return replace(self, meter_last_wh=register_wh, last_at=last_at)


@dataclass(frozen=True, slots=True)
class Session:
    """From plugging in to unplugging: what the owner sees of one or more transactions."""

    key: EvseKey
    started_at: datetime
    transactions: tuple[Transaction, ...] = ()
    ended_at: datetime | None = None

    @property
    def energy_wh(self) -> float:
        """Energy into the vehicle so far, in Wh."""
        return sum(transaction.energy_wh for transaction in self.transactions)

    @property
    def is_open(self) -> bool:
        """Whether the vehicle is still plugged in."""
        return self.ended_at is None

    @property
    def is_running(self) -> bool:
        """Whether one of its transactions has not ended."""
        return any(transaction.is_open for transaction in self.transactions)

    def duration_s(self, now: datetime) -> float:
        """Return how long it has lasted, in seconds."""
        return max(0.0, ((self.ended_at or now) - self.started_at).total_seconds())

    def holding(self, transaction: Transaction) -> Session:
        """Return it with this transaction added, or replaced where the id is known."""
        others = tuple(
            known for known in self.transactions if known.id != transaction.id
        )
        start = min(self.started_at, transaction.started_at)
        ordered = sorted(
            (*others, transaction), key=lambda known: (known.started_at, known.id)
        )
        return replace(self, started_at=start, transactions=tuple(ordered))

    def ending(self, at: datetime) -> Session:
        """Return it with its end, which is not before anything that happened in it."""
        happened = (transaction.last_at for transaction in self.transactions)
        return replace(self, ended_at=max(at, self.started_at, *happened))
