"""Sessions that have ended, found by their EVSE and by the ids of their transactions."""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ..model.identity import EvseKey
from ..model.transactions import Session, Transaction

# Sessions that have ended are kept in memory and in one file; the oldest leave first.
SESSIONS_KEPT = 2000


class Archive(Sequence[Session]):
    """All of them in the order of their ends."""

    def __init__(self, sessions: Iterable[Session] = ()) -> None:
        """Begin with what was kept."""
        self._of: dict[EvseKey, list[Session]] = {}
        self._where: dict[tuple[str, str], EvseKey] = {}
        self._count = 0
        # Rises whenever something is put in or taken out.
        self.version = 0
        self._in_order: tuple[Session, ...] | None = ()
        for session in sessions:
            self._add(session)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def __iter__(self) -> Iterator[Session]:
        """Go through them, the oldest first."""
        return iter(self._sorted())

    def __getitem__(self, index: int) -> Session:  # type: ignore[override]  # slices are nobody's need
        """Return one by its place."""
        return self._sorted()[index]

    def of(self, key: EvseKey) -> Sequence[Session]:
        """Return those of one EVSE, the oldest first."""
        return self._of.get(key, ())

    def evses(self, identity: str) -> Iterator[EvseKey]:
        """Go through the EVSEs of a station."""
        return (key for key in self._of if key.identity == identity)

    def holding(self, identity: str, transaction_id: str) -> Session | None:
        """Return the session of a transaction."""
        key = self._where.get((identity, transaction_id))
        for session in () if key is None else reversed(self._of[key]):
            if named(session, transaction_id) is not None:
                return session
        return None

    def replace(
        self, key: EvseKey, before: Sequence[Session], after: Sequence[Session]
    ) -> None:
        """Put sessions of one EVSE in the place of others of it."""
        for session in before:
            if session not in after:
                self._remove(session)
        for session in after:
            if session not in before:
                self._add(session)
        while self._count > SESSIONS_KEPT:
            self._remove(self._sorted()[0])

    def _add(self, session: Session) -> None:
        insort(self._of.setdefault(session.key, []), session, key=_end)
        for transaction in session.transactions:
            for name in (transaction.id, *transaction.called):
                self._where.setdefault((session.key.identity, name), session.key)
        self._count += 1
        self.version += 1
        self._in_order = None

    def _remove(self, session: Session) -> None:
        self._of[session.key].remove(session)
        for transaction in session.transactions:
            for name in (transaction.id, *transaction.called):
                self._where.pop((session.key.identity, name), None)
        self._count -= 1
        self.version += 1
        self._in_order = None

    def _sorted(self) -> tuple[Session, ...]:
        if self._in_order is None:
            self._in_order = tuple(
                sorted((one for of in self._of.values() for one in of), key=_end)
            )
        return self._in_order


def _end(session: Session) -> datetime:
    return session.ended_at or session.started_at


def named(session: Session, transaction_id: str) -> Transaction | None:
    """Return the transaction of a session that has this id, or was called by it."""
    for transaction in session.transactions:
        if transaction_id == transaction.id or transaction_id in transaction.called:
            return transaction
    return None
