"""Finding the transaction that a message means, where it names none or names it in its own way."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..model.events import TransactionEnded
from ..model.transactions import Session, Transaction, TransactionStart
from .visits import as_told

# A station that tells its start again may have set its clock meanwhile.
CLOCK_SET = timedelta(minutes=5)


def told_before(
    sessions: Iterable[Session], start: TransactionStart
) -> Transaction | None:
    """Return the transaction that this start has begun already (1.6: there is no id yet)."""
    for session in sessions:
        for transaction in session.transactions:
            if (
                transaction.meter_start_wh == start.meter_start_wh
                and transaction.token == start.token
                and transaction.id.isdecimal()
                and _is_same_time(transaction, start.at)
            ):
                return transaction
    return None


def _is_same_time(transaction: Transaction, at: datetime) -> bool:
    """Whether a start has this time, by the station's clock or, where that was ahead, by ours."""
    if at in (transaction.stamp, transaction.started_at):
        return True
    allowed = CLOCK_SET if as_told(transaction).is_open else timedelta(0)
    return abs(transaction.started_at - at) <= allowed


def at_time(sessions: Iterable[Session], at: datetime) -> Transaction | None:
    """Return the transaction that ran at a time."""
    ran = [
        transaction
        for session in sessions
        for transaction in session.transactions
        if transaction.started_at <= at
        and (transaction.is_open or at <= transaction.last_at)
    ]
    return max(ran, key=lambda one: one.started_at, default=None)


def meant(sessions: Iterable[Session], end: TransactionEnded) -> Transaction | None:
    """Return the transaction that an end without a known id means, which it may have ended before (1.6).

    A station that has no answer to its start yet has no id, and some use their own. If it has one, that is an id of
    another's, unless the only transaction that runs has never been called by the id that we gave.
    """
    given = [
        transaction
        for session in sessions
        for transaction in map(as_told, session.transactions)
        if transaction.given and transaction.started_at <= end.at
    ]
    told = (end.at, end.meter_stop_wh)
    over = [one for one in given if (one.ended_at, one.meter_stop_wh) == told]
    running = [
        transaction
        for transaction in given
        if transaction.is_open and _can_end(transaction, end)
    ]
    same = [one for one in running if one.token == end.token]
    # Two may end in the same second, at the same reading: then each has its own card.
    over.sort(key=lambda one: one.token != end.token)
    if over and (over[0].token == end.token or not same):
        return over[0]
    if end.transaction_id is not None:
        alone = running if end.token is None else same
        if len(running) != 1 or len(alone) != 1 or alone[0].called:
            return None
        return alone[0]
    return min(same or running, key=lambda one: _risen_wh(one, end), default=None)


def _can_end(transaction: Transaction, end: TransactionEnded) -> bool:
    return end.meter_stop_wh is None or _risen_wh(transaction, end) >= 0


def _risen_wh(transaction: Transaction, end: TransactionEnded) -> float:
    if end.meter_stop_wh is None:
        return 0.0
    return end.meter_stop_wh - (transaction.meter_start_wh or 0.0)
