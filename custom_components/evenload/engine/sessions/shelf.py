"""Where sessions stand: the open ones and the ended ones of every EVSE, made anew when something is told of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

from ..model.identity import EvseKey
from ..model.transactions import Session, Transaction
from .archive import Archive, named
from .plugs import Plug, Plugs
from .visits import as_told, bounded, corrected, untold, visits

# So many of an EVSE's last sessions are made anew when something is told; what is older is settled.
UNSETTLED = 32

# Of more transactions than this no more sessions than one are made anew.
TRANSACTIONS_UNSETTLED = 128


@dataclass(slots=True)
class Shelf:
    """All sessions, and what was seen of the plugs that divide them."""

    open: dict[EvseKey, Session] = field(default_factory=dict)
    ended: Archive = field(default_factory=Archive)
    plugs: dict[EvseKey, Plugs] = field(default_factory=dict)
    # The last session of an EVSE, also where nothing but its plug made it and it is not kept.
    _last: dict[EvseKey, Session] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        open_sessions: Iterable[Session],
        ended: Iterable[Session],
        plugs: Iterable[tuple[EvseKey, Plugs]],
    ) -> Shelf:
        """Return it as it was kept."""
        archive = Archive(ended)
        # Ended sessions are written first: one that is open as well ended just before the lights went out.
        still_open = {
            session.key: session
            for session in open_sessions
            if not any(
                archive.holding(session.key.identity, transaction.id)
                for transaction in session.transactions
            )
        }
        return cls(still_open, archive, dict(plugs))

    def shown(self, key: EvseKey) -> Session | None:
        """Return the session of the vehicle that is at an EVSE, or was there last."""
        if (session := self.open.get(key) or self._last.get(key)) is not None:
            return session
        return next(self.newest_first(key), None)

    def newest_first(self, key: EvseKey) -> Iterator[Session]:
        """Go through the sessions of an EVSE."""
        if key in self.open:
            yield self.open[key]
        yield from reversed(self.ended.of(key))

    def of_station(self, identity: str) -> Iterator[Session]:
        """Go through the last sessions of a station."""
        keys = {key for key in chain(self.open, self.plugs) if key.identity == identity}
        for key in sorted(keys | set(self.ended.evses(identity))):
            yield from islice(self.newest_first(key), UNSETTLED)

    def find(
        self, identity: str, transaction_id: str
    ) -> tuple[Session, Transaction] | None:
        """Return a station's transaction and the session that holds it."""
        for session in self.open.values():
            if session.key.identity == identity and (
                transaction := named(session, transaction_id)
            ):
                return session, transaction
        ended = self.ended.holding(identity, transaction_id)
        if ended is None or (transaction := named(ended, transaction_id)) is None:
            return None
        return ended, transaction

    def record(self, told: Transaction, known: Transaction | None = None) -> Session:
        """Put in a transaction as it was told now, in the place of what was known; returns the session that holds it."""
        session = self.open.get(told.key)
        if (
            session is not None
            and known is not None
            and known.is_open
            and known in session.transactions[-1:]
            and known.started_at == told.started_at
        ):
            # What runs goes on: by far the most of what is told. Nothing else changes with it.
            self.open[told.key] = session.holding(told)
            return self.open[told.key]
        before = self.find(told.key.identity, told.id)
        if before is not None and before[0].key != told.key:
            self._settle(before[0].key, gone=told.id)
        return self._put(told)

    def plug(self, key: EvseKey, plug: Plug) -> Session | None:
        """Put in what a status showed; returns the last session of the EVSE where that changed it."""
        plugs = self._plugs(key)
        self.plugs[key] = plugs.after(plug)
        session = self.open.get(key)
        if self.plugs[key] is plugs or (
            plug.plugged and session is not None and session.started_at <= plug.at
        ):
            return None
        before = self.shown(key)
        self._settle(key)
        after = self.shown(key)
        return None if after == before else after

    def clear(self, identity: str, at: datetime) -> None:
        """End the sessions of a station, and forget its plugs."""
        for key in [key for key in self.open if key.identity == identity]:
            session = untold(self.open.pop(key), at)
            self.ended.replace(key, (), [session] if session.transactions else ())
        for key in [key for key in self.plugs if key.identity == identity]:
            del self.plugs[key]
            self._last.pop(key, None)

    def _plugs(self, key: EvseKey) -> Plugs:
        """Return what was seen of a plug; of the time before the last session that was kept without it, nothing was."""
        if key not in self.plugs:
            last = next(iter(reversed(self.ended.of(key))), None)
            self.plugs[key] = Plugs((), None if last is None else last.ended_at)
        return self.plugs[key]

    def _put(self, told: Transaction) -> Session:
        key = told.key
        since = self._since(key)
        of_id = self.find(key.identity, told.id)
        started_at = told.started_at if of_id is None else of_id[0].started_at
        if since is None or min(started_at, told.started_at) >= since:
            self._settle(key, told)
        elif of_id is not None and of_id[0].ended_at is None:
            self.open[key] = bounded(of_id[0].holding(told))
        elif of_id is not None:
            self.ended.replace(key, of_id[:1], [bounded(corrected(of_id[0], told))])
        else:
            self.ended.replace(
                key, (), visits(key, [told], [Plug(told.last_at, False)])
            )
        found = self.find(key.identity, told.id)
        return Session(key, told.started_at) if found is None else found[0]

    def _since(self, key: EvseKey) -> datetime | None:
        """Return from when on the sessions of an EVSE can be made anew; None: since ever."""
        since = self._plugs(key).since
        transactions = 0
        for sessions, session in enumerate(reversed(self.ended.of(key)), 1):
            transactions += len(session.transactions)
            if sessions >= UNSETTLED or transactions >= TRANSACTIONS_UNSETTLED:
                return max(session.started_at, since or session.started_at)
        return since

    def _settle(
        self, key: EvseKey, told: Transaction | None = None, gone: str | None = None
    ) -> None:
        """Make the last sessions of an EVSE anew."""
        since = self._since(key)
        unsettled = [
            session
            for session in islice(self.newest_first(key), UNSETTLED + 1)
            if since is None or session.started_at >= since or session.is_open
        ]
        transactions = {
            transaction.id: as_told(transaction)
            for session in unsettled
            for transaction in session.transactions
            if transaction.id != gone
        }
        if told is not None:
            transactions[told.id] = told
        plugs = [
            plug for plug in self._plugs(key).told if since is None or plug.at >= since
        ]
        sessions = [
            bounded(session) for session in visits(key, transactions.values(), plugs)
        ]
        self.open.pop(key, None)
        if sessions:
            self._last[key] = sessions[-1]
            if sessions[-1].is_open:
                self.open[key] = sessions[-1]
        self.ended.replace(
            key,
            [session for session in unsettled if not session.is_open],
            [one for one in sessions if not one.is_open and one.transactions],
        )
