"""Finding a transaction among sessions, by its id or by its start told again."""

from collections.abc import Iterable
from datetime import timedelta

from ..model.transactions import Session, Transaction, TransactionStart

# A clock that is ahead is cut off at the present, so the same start has another time when it is told again.
CLOCK_AHEAD = timedelta(minutes=5)


def find(
    sessions: Iterable[Session], identity: str, transaction_id: str
) -> tuple[Session, Transaction] | None:
    """Return a station's transaction and the session that holds it."""
    for session in sessions:
        if session.key.identity != identity:
            continue
        for transaction in session.transactions:
            if transaction.id == transaction_id:
                return session, transaction
    return None


def told_before(
    sessions: Iterable[Session], start: TransactionStart
) -> Transaction | None:
    """Return the transaction that this start has begun already."""
    identity, evse, start_wh = start.key.identity, start.key.evse, start.meter_start_wh
    if start.transaction_id is not None:
        found = find(sessions, identity, start.transaction_id)
        return None if found is None else found[1]
    for session in sessions:
        if session.key.evse != evse or session.key.identity != identity:
            continue
        for transaction in session.transactions:
            if transaction.meter_start_wh != start_wh or not transaction.id.isdecimal():
                continue
            allowed = CLOCK_AHEAD if transaction.is_open else timedelta(0)
            if (
                transaction.token == start.token
                and abs(transaction.started_at - start.at) <= allowed
            ):
                return transaction
    return None


def ids(sessions: Iterable[Session]) -> set[str]:
    """Return every id that is in use."""
    return {
        transaction.id for session in sessions for transaction in session.transactions
    }
