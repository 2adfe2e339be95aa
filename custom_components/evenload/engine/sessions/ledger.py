"""The book of transactions and sessions: each recorded once, at the times it happened (promise 8).

A session runs from plugging in to unplugging and holds the transactions in between. What a station tells twice, late,
out of order or with a wrong id ends up as one transaction with the right times: `facts` puts together what is told of
each, and `visits` makes the sessions of all that is known, anew whenever something is told.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..model.events import TransactionEnded, TransactionUpdated
from ..model.identity import EvseKey
from ..model.orders import WHOLE_STATION
from ..model.readings import believed
from ..model.stations import EvseStatus
from ..model.transactions import Session, Transaction, TransactionStart
from . import facts
from .archive import Archive
from .plugs import Plug, Plugs
from .search import at_time, meant, told_before
from .shelf import Shelf
from .visits import SETTLED, as_told

# OCPP 1.6 carries the ids that we give in 32 bits.
HIGHEST_ID = 2**31 - 1

# A transaction that began this long ago and is told now was queued while the station was offline.
REPLAYED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the ledger keeps over a restart, apart from sessions that have ended."""

    next_id: int
    open_sessions: tuple[Session, ...] = ()
    plugs: tuple[tuple[EvseKey, Plugs], ...] = ()


@dataclass(slots=True)
class Ledger:
    """Sessions of all stations. Methods return the session that changed, or None when nothing did."""

    next_id: int
    shelf: Shelf = field(default_factory=Shelf)

    @property
    def open(self) -> Mapping[EvseKey, Session]:
        """The session of every EVSE where a vehicle is."""
        return self.shelf.open

    @property
    def ended(self) -> Archive:
        """The sessions that are over."""
        return self.shelf.ended

    def pages(self) -> Pages:
        """Return what must survive a restart."""
        shelf = self.shelf
        return Pages(
            self.next_id, tuple(shelf.open.values()), tuple(shelf.plugs.items())
        )

    def restore(self, pages: Pages, ended: Iterable[Session]) -> None:
        """Take up where an earlier life left off."""
        self.next_id = max(self.next_id, pages.next_id)
        self.shelf = Shelf.of(pages.open_sessions, ended, pages.plugs)

    def begin(
        self,
        start: TransactionStart,
        now: datetime,
        at: datetime | None = None,
    ) -> tuple[Transaction, Session | None]:
        """Record a transaction's start; told again, it is the same transaction. `at`: when it was, where the station's clock was set back."""
        at = at or believed(start.at, now)
        late = start.offline or now - at >= REPLAYED_AFTER
        known = self._begun(start)
        is_news = known is None or known.recovered or known.key.evse == WHOLE_STATION
        if known is None:
            known = replace(
                facts.unknown(start.transaction_id or self._take_id(), start.key, at),
                given=start.transaction_id is None,
            )
        if known.end_reason == SETTLED:
            return known, None
        told = facts.started(as_told(known), start, at, late=late)
        session = None
        if told != as_told(known):
            session = self.shelf.record(told)
        found = self.shelf.find(start.key.identity, told.id)
        return told if found is None else found[1], session if is_news else None

    def end(self, event: TransactionEnded) -> Session | None:
        """Record a transaction's end. Told again it changes nothing; of an unknown transaction it makes a record."""
        event = self.naming(event)
        if event.transaction_id is None:
            return None
        found = self.shelf.find(event.identity, event.transaction_id)
        key = EvseKey(event.identity, event.evse or WHOLE_STATION)
        known = facts.unknown(event.transaction_id, key, event.at)
        if found is not None:
            known = as_told(found[1])
        if known.end_reason == SETTLED:
            return None
        told = facts.ended(known, event)
        return None if told == known else self.shelf.record(told)

    def naming(self, event: TransactionEnded) -> TransactionEnded:
        """Return an end with the id of the transaction that it means, where the station has none or another (1.6)."""
        identity, sent = event.identity, event.transaction_id
        if sent is not None and (found := self.shelf.find(identity, sent)) is not None:
            return replace(event, transaction_id=found[1].id)
        known = meant(self.shelf.of_station(identity), event)
        return event if known is None else replace(event, transaction_id=known.id)

    def update(self, event: TransactionUpdated) -> Session | None:
        """Record that a transaction ran; one that nobody knew of is recovered."""
        found = self.shelf.find(event.identity, event.transaction_id)
        key = EvseKey(event.identity, event.evse or WHOLE_STATION)
        known = facts.unknown(event.transaction_id, key, event.at)
        if found is not None:
            known = as_told(found[1])
        if known.end_reason == SETTLED:
            return None
        told = facts.updated(known, event.at, event.evse, event.token)
        return None if found is not None and told == known else self.shelf.record(told)

    def meter(
        self, key: EvseKey, transaction_id: str | None, register_wh: float, at: datetime
    ) -> Session | None:
        """Record a register reading of a transaction; one that nobody knew of is recovered.

        A reading that no outlet can have reached is left out: a transaction's end says what is right.
        """
        known = self._metered(key, transaction_id, at)
        if known is None or known.end_reason == SETTLED:
            return None
        told = facts.metered(as_told(known), register_wh, at)
        if (
            known.given
            and transaction_id is not None
            and transaction_id not in told.called
        ):
            told = replace(told, called=(*told.called, transaction_id))
        if told == known:
            return None
        return self.shelf.record(told, known)

    def export(
        self, key: EvseKey, transaction_id: str, register_wh: float, at: datetime
    ) -> None:
        """Keep a reading of what a transaction fed back for the register of its EVSE, which nobody has named yet."""
        known = self._metered(key, transaction_id, at)
        if known is None or known.end_reason == SETTLED:
            return
        told = facts.exported(as_told(known), register_wh, at)
        if told != as_told(known):
            self.shelf.record(told, known)

    def status(self, key: EvseKey, status: EvseStatus, at: datetime) -> Session | None:
        """Record plugging in and unplugging, as far as a status shows it."""
        if status is EvseStatus.FINISHING or not (
            status.is_plugged_in or status is EvseStatus.AVAILABLE
        ):
            # The session that is finishing has been told of already, or will be with its transaction.
            return None
        return self.shelf.plug(key, Plug(at, status.is_plugged_in))

    def leave(self, identity: str, at: datetime) -> None:
        """End the sessions of a station that is no longer part of the site."""
        self.shelf.clear(identity, at)

    def shown(self, key: EvseKey) -> Session | None:
        """Return the session of the vehicle that is at an EVSE, or was there last."""
        return self.shelf.shown(key)

    def key_of(self, identity: str, transaction_id: str) -> EvseKey | None:
        """Return the EVSE of a transaction, or None where that is not known."""
        found = self.shelf.find(identity, transaction_id)
        return None if found is None or not found[0].key.evse else found[0].key

    def transaction(self, identity: str, transaction_id: str) -> Transaction | None:
        """Return a transaction by its id."""
        found = self.shelf.find(identity, transaction_id)
        return None if found is None else found[1]

    def since(self, key: EvseKey, transaction_id: str | None) -> datetime | None:
        """Return when a transaction began, or the session that goes on at an EVSE."""
        known = transaction_id and self.transaction(key.identity, transaction_id)
        if known:
            return known.started_at
        session = self.open.get(key)
        return None if session is None else session.started_at

    def transaction_at(self, key: EvseKey, at: datetime) -> Transaction | None:
        """Return the transaction that ran on an EVSE at a moment."""
        return at_time(self.shelf.newest_first(key), at)

    def transaction_of(self, key: EvseKey) -> Transaction | None:
        """Return the transaction that runs on an EVSE."""
        session = self.open.get(key)
        last = () if session is None else session.transactions[-1:]
        return last[0] if last and last[0].is_open else None

    def _take_id(self) -> str:
        taken, known = max(1, self.next_id), set(self._ids())
        while str(taken) in known:
            # A station has used it without having it from us.
            taken = taken + 1 if taken < HIGHEST_ID else 1
        self.next_id = taken + 1 if taken < HIGHEST_ID else 1
        return str(taken)

    def _ids(self) -> Iterator[str]:
        for session in (*self.open.values(), *self.ended):
            for transaction in session.transactions:
                yield from (transaction.id, *transaction.called)

    def _begun(self, start: TransactionStart) -> Transaction | None:
        if start.transaction_id is None:
            return told_before(self.shelf.newest_first(start.key), start)
        found = self.shelf.find(start.key.identity, start.transaction_id)
        return None if found is None else found[1]

    def _metered(
        self, key: EvseKey, transaction_id: str | None, at: datetime
    ) -> Transaction | None:
        found = None
        if transaction_id is not None:
            found = self.shelf.find(key.identity, transaction_id)
        if found is not None and (
            key == found[0].key or WHOLE_STATION in (key.evse, found[0].key.evse)
        ):
            return found[1]
        ran = at_time(self.shelf.newest_first(key), at)
        if transaction_id is None or found is not None or (ran and ran.given):
            return ran
        return facts.unknown(transaction_id, key, at)
