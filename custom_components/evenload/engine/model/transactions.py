"""Transactions, as OCPP has them, and sessions, as the owner sees them."""

from dataclasses import dataclass, replace
from datetime import datetime

from .energy import FLOOR_WH, ROUNDING_WH, is_plausible
from .identity import EvseKey

# No vehicle takes more at once; it bounds what is believed where a clock stands still.
LARGEST_BATTERY_WH = 1_000_000.0


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
    """One transaction of one EVSE: what was told of it, whatever the order. Its id is unique per station only.

    Energies are in Wh on the station's own register, which some stations change in mid transaction.
    """

    id: str
    key: EvseKey
    started_at: datetime
    token: str | None
    meter_start_wh: float | None
    # The highest of the readings in between.
    meter_last_wh: float | None
    last_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None
    # Recovered: the station spoke of a transaction whose start has not reached us.
    recovered: bool = False
    meter_stop_wh: float | None = None
    # The first of the readings in between.
    first_wh: float | None = None
    first_at: datetime | None = None
    # What its register showed, and when, while nobody had said on which EVSE it runs.
    unplaced: tuple[tuple[datetime, float], ...] = ()
    unplaced_export: tuple[tuple[datetime, float], ...] = ()
    # When its token was told of: the first one began it.
    token_at: datetime | None = None
    # When it began by the station's own clock, which may be ahead; None where it gave an id of its own.
    stamp: datetime | None = None
    # Told long after it began: what happened at the plug meanwhile may not have been told.
    late: bool = False
    # Whether we gave its id, and by which ids its station then called it: some use their own (1.6).
    given: bool = False
    called: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def energy_wh(self) -> float:
        """Energy into the vehicle so far, in Wh: the station's last word, where it can be true."""
        base_wh = self.base_wh
        if base_wh is None:
            return 0.0
        stop_wh = self.meter_stop_wh
        if stop_wh is not None and stop_wh >= base_wh:
            if self._can_have_risen(stop_wh - base_wh, base_wh):
                return stop_wh - base_wh
        elif stop_wh is not None and self.meter_last_wh is None:
            # The register began anew after the start was read. A little less is rounding.
            began_anew = stop_wh < base_wh - ROUNDING_WH
            return stop_wh if began_anew and self._can_have_risen(stop_wh, 0.0) else 0.0
        return max(0.0, (self.meter_last_wh or base_wh) - base_wh)

    @property
    def base_wh(self) -> float | None:
        """Where the register stood at the start, or None where it was never read."""
        base_wh, stop_wh = self._read_base_wh(), self.meter_stop_wh
        if base_wh is None or stop_wh is None:
            return base_wh
        if base_wh > stop_wh >= (self.meter_start_wh or base_wh):
            # The readings in between were rubbish: the stop agrees with the start.
            return self.meter_start_wh or 0.0
        return base_wh

    def _read_base_wh(self) -> float | None:
        """Return where the register stood at the start, by what was read.

        Some stations tell 0 at the start and their lifetime afterwards, or their lifetime and then the session's energy
        from 0: the readings are on the register that counts.
        """
        start_wh, first_wh, first_at = self.meter_start_wh, self.first_wh, self.first_at
        if start_wh is None or first_wh is None or first_at is None:
            return first_wh if start_wh is None else start_wh
        if is_plausible(first_wh - start_wh, first_at - self.started_at):
            return start_wh
        is_of_session = first_wh < start_wh - ROUNDING_WH and 0 <= first_wh <= FLOOR_WH
        return 0.0 if is_of_session else first_wh

    def _can_have_risen(self, risen_wh: float, base_wh: float) -> bool:
        if is_plausible(risen_wh, self.last_at - self.started_at):
            return True
        # Clocks stand still, but 0 may also be a register that was not read.
        return base_wh > 0 and 0 <= risen_wh <= LARGEST_BATTERY_WH


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

    @property
    def token(self) -> str | None:
        """The token that began it, or None where nobody showed one."""
        return next((one.token for one in self.transactions if one.token), None)

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
