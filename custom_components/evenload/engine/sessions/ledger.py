"""The book of transactions and sessions: each recorded once, at the times it happened (promise 8).

A session runs from plugging in to unplugging and holds the transactions in between. What a station tells twice, late,
out of order or with a wrong id ends up as one transaction with the right times.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from ..model.events import TransactionEnded
from ..model.identity import EvseKey
from ..model.orders import WHOLE_STATION
from ..model.stations import EvseStatus
from ..model.transactions import Session, Transaction, TransactionStart
from .registers import is_plausible
from .search import find, ids, told_before

# Sessions that have ended are kept in memory and in one file; the oldest leave first.
SESSIONS_KEPT = 2000

# Ends that we had to assume. The station's own word replaces them when it comes.
UNTOLD = "Untold"
SUPERSEDED = "Superseded"
_PROVISIONAL = frozenset({UNTOLD, SUPERSEDED})

# OCPP's word for an end by pulling the plug.
UNPLUGGED = "EVDisconnected"

# OCPP 1.6 carries the ids that we give in 32 bits.
HIGHEST_ID = 2**31 - 1

# A transaction that began this long ago and is told now was queued while the station was offline.
REPLAYED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the ledger keeps over a restart, apart from sessions that have ended."""

    next_id: int
    open_sessions: tuple[Session, ...] = ()
    vacant: tuple[tuple[EvseKey, datetime], ...] = ()


@dataclass(slots=True)
class Ledger:
    """Sessions of all stations. Methods return the session that changed, or None when nothing did."""

    next_id: int
    open: dict[EvseKey, Session] = field(default_factory=dict)
    ended: deque[Session] = field(default_factory=lambda: deque(maxlen=SESSIONS_KEPT))
    # Where no vehicle is, and since when: a transaction told afterwards has no unplugging to wait for.
    vacant: dict[EvseKey, datetime] = field(default_factory=dict)

    def pages(self) -> Pages:
        """Return what must survive a restart."""
        return Pages(
            self.next_id, tuple(self.open.values()), tuple(self.vacant.items())
        )

    def restore(self, pages: Pages, ended: Iterable[Session]) -> None:
        """Take up where an earlier life left off."""
        self.next_id = max(self.next_id, pages.next_id)
        self.ended.extend(ended)
        # Ended sessions are written first: one that is open as well ended just before the lights went out.
        over = {(s.key.identity, t.id) for s in self.ended for t in s.transactions}
        self.open = {
            session.key: session
            for session in pages.open_sessions
            if not any(
                (session.key.identity, t.id) in over for t in session.transactions
            )
        }
        self.vacant = dict(pages.vacant)

    def begin(
        self, start: TransactionStart, now: datetime
    ) -> tuple[Transaction, Session | None]:
        """Record a transaction's start; told again, it is the same transaction."""
        if (known := told_before(self._newest_first(), start)) is not None:
            return known, None
        transaction = Transaction(
            id=start.transaction_id or self._take_id(),
            key=start.key,
            started_at=start.at,
            token=start.token,
            meter_start_wh=start.meter_start_wh or 0.0,
            meter_last_wh=start.meter_start_wh or 0.0,
            last_at=start.at,
        )
        self._leave_behind(start, now)
        if (since := self.vacant.get(start.key)) is not None and start.at > since:
            # Some stations begin without having said that a vehicle came.
            del self.vacant[start.key]
        session = self.open.get(start.key) or Session(start.key, start.at)
        for running in session.transactions:
            if running.is_open:
                # One EVSE has one transaction: the end of this one was lost, or is still to be told.
                session = session.holding(
                    replace(running, ended_at=running.last_at, end_reason=SUPERSEDED)
                )
        self.open[start.key] = session.holding(transaction)
        return transaction, self.open[start.key]

    def end(self, event: TransactionEnded) -> Session | None:
        """Record a transaction's end. Told again it changes nothing; of an unknown transaction it makes a record."""
        if event.transaction_id is None:
            return None
        found = self._find(event.identity, event.transaction_id)
        if found is None:
            return self._end_unknown(event, event.transaction_id)
        session, transaction = found
        if not transaction.is_open and transaction.end_reason not in _PROVISIONAL:
            return None
        stop_wh = event.meter_stop_wh
        if stop_wh is not None and stop_wh >= transaction.meter_start_wh:
            transaction = replace(transaction, meter_last_wh=stop_wh)
        ended = replace(
            transaction,
            ended_at=max(event.at, transaction.started_at),
            last_at=max(event.at, transaction.started_at),
            end_reason=event.reason,
        )
        changed = session.holding(ended)
        unplugged = event.reason == UNPLUGGED and ended == changed.transactions[-1]
        if changed.ended_at is not None:
            at = ended.last_at if unplugged else changed.ended_at
            changed = changed.ending(at)
        changed = self._put_back(session, changed)
        is_history = session.key in self.vacant and not changed.is_running
        if changed.is_open and (unplugged or is_history):
            return self._close(changed, ended.last_at)
        return changed

    def meter(
        self, key: EvseKey, transaction_id: str | None, register_wh: float, at: datetime
    ) -> Session | None:
        """Record a register reading of a transaction; one that nobody knew of is recovered.

        A reading that no outlet can have reached is left out: a transaction's end says what is right.
        """
        found = (
            None if transaction_id is None else self._find(key.identity, transaction_id)
        )
        is_elsewhere = found is not None and found[0].key != key
        if found is None or is_elsewhere:
            found = self._running(key)
        if found is None:
            if transaction_id is None or is_elsewhere:
                return None
            return self._recover(key, transaction_id, register_wh, at)
        session, transaction = found
        risen_wh = register_wh - transaction.meter_last_wh
        if not is_plausible(risen_wh, at - transaction.last_at):
            return None
        metered = transaction.with_register(register_wh, at)
        if metered is transaction:
            return None
        if not transaction.is_open:
            if transaction.end_reason not in _PROVISIONAL:
                return None
            # We had to assume when it ended, and it went on for longer.
            metered = replace(metered, ended_at=metered.last_at)
        changed = session.holding(metered)
        if changed.ended_at is not None:
            changed = changed.ending(changed.ended_at)
        return self._put_back(session, changed)

    def status(self, key: EvseKey, status: EvseStatus, at: datetime) -> Session | None:
        """Record plugging in and unplugging, as far as a status shows it."""
        session = self.open.get(key)
        if status is EvseStatus.AVAILABLE:
            self.vacant[key] = max(at, self.vacant.get(key, at))
        elif status.is_plugged_in and (since := self.vacant.pop(key, None)):
            if session is not None and session.started_at + REPLAYED_AFTER < since:
                # It was told after its vehicle had left, and nobody has said yet how it ended.
                self._close(session, session.started_at)
                session = None
        if status.is_plugged_in and session is None:
            if status is EvseStatus.FINISHING:
                # The session it finishes has been told of already, or will be with its transaction.
                return None
            self.open[key] = Session(key, at)
            return self.open[key]
        if status is EvseStatus.AVAILABLE and session is not None:
            return self._close(session, at)
        return None

    def leave(self, identity: str, at: datetime) -> None:
        """End the sessions of a station that is no longer part of the site."""
        for key in [key for key in self.open if key.identity == identity]:
            self._close(self.open[key], at)
        for key in [key for key in self.vacant if key.identity == identity]:
            del self.vacant[key]

    def key_of(self, identity: str, transaction_id: str) -> EvseKey | None:
        """Return the EVSE of a transaction, or None where that is not known."""
        found = self._find(identity, transaction_id)
        return None if found is None else found[0].key

    def transaction_of(self, key: EvseKey) -> Transaction | None:
        """Return the transaction that runs on an EVSE."""
        found = self._running(key)
        return None if found is None else found[1]

    def _take_id(self) -> str:
        taken, known = max(1, self.next_id), ids(self._newest_first())
        while str(taken) in known:
            # A station has used it without having it from us.
            taken = taken + 1 if taken < HIGHEST_ID else 1
        self.next_id = taken + 1 if taken < HIGHEST_ID else 1
        return str(taken)

    def _leave_behind(self, start: TransactionStart, now: datetime) -> None:
        """End the session of an earlier vehicle, when a transaction told late shows that it must have left."""
        session = self.open.get(start.key)
        if (
            session is None
            or not session.transactions
            or now - start.at < REPLAYED_AFTER
        ):
            return
        last = session.transactions[-1]
        if last.ended_at is not None and last.ended_at <= start.at:
            self._close(session, last.ended_at)

    def _newest_first(self) -> Iterator[Session]:
        return chain(self.open.values(), reversed(self.ended))

    def _find(
        self, identity: str, transaction_id: str
    ) -> tuple[Session, Transaction] | None:
        return find(self._newest_first(), identity, transaction_id)

    def _running(self, key: EvseKey) -> tuple[Session, Transaction] | None:
        session = self.open.get(key)
        if session is None:
            return None
        running = [
            transaction for transaction in session.transactions if transaction.is_open
        ]
        return (session, running[-1]) if running else None

    def _recover(
        self, key: EvseKey, transaction_id: str, register_wh: float, at: datetime
    ) -> Session:
        transaction = Transaction(
            transaction_id, key, at, None, register_wh, register_wh, at, recovered=True
        )
        session = self.open.get(key) or Session(key, at)
        self.open[key] = session.holding(transaction)
        return self.open[key]

    def _end_unknown(
        self, event: TransactionEnded, transaction_id: str
    ) -> Session | None:
        """Record that there was a transaction, on the station as a whole: its EVSE and its start are not known."""
        if event.meter_stop_wh is None:
            return None
        key = EvseKey(event.identity, WHOLE_STATION)
        at, wh = event.at, event.meter_stop_wh
        transaction = Transaction(
            transaction_id,
            key,
            at,
            event.token,
            wh,
            wh,
            at,
            at,
            event.reason,
            True,
        )
        session = Session(key, event.at, (transaction,), event.at)
        self.ended.append(session)
        return session

    def _put_back(self, before: Session, after: Session) -> Session:
        if self.open.get(before.key) is before:
            self.open[before.key] = after
        else:
            self.ended = deque(
                (after if known is before else known for known in self.ended),
                maxlen=SESSIONS_KEPT,
            )
        return after

    def _close(self, session: Session, at: datetime) -> Session:
        """Unplugged: a transaction that is still open is ended for now; its own end may yet be told."""
        for transaction in session.transactions:
            if transaction.is_open:
                ended = replace(
                    transaction, ended_at=transaction.last_at, end_reason=UNTOLD
                )
                session = session.holding(ended)
        closed = session.ending(at)
        del self.open[session.key]
        if closed.transactions:
            self.ended.append(closed)
        return closed
