"""From plugging in to unplugging: the sessions of one EVSE, made of what is known of its plug and its transactions.

A pure function of what was told, so that neither order nor repetition matters. The rules:

- A vehicle comes with a status that shows it, or with a transaction; it goes with the status that shows none, or with
  a transaction that ended because the plug was pulled.
- A status that shows none in the middle of a transaction, which then went on, was wrong (some stations tell it while
  they charge), or its clock was.
- Transactions between which nobody left are one session, unless the later one was told long afterwards: then neither
  was the leaving told, and the next transaction is taken for the next vehicle.
- A transaction with another token than the one that began the session is somebody else's, on the same plug or not: it
  begins a session of its own, and the earlier one ended with its last transaction.
- A transaction without any energy, at an EVSE where nobody was seen, is no vehicle: it ends with itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..model.identity import EvseKey
from ..model.orders import WHOLE_STATION
from ..model.transactions import Session, Transaction
from .plugs import Plug

# Ends that we had to assume. The station's own word replaces them when it comes.
UNTOLD = "Untold"
SUPERSEDED = "Superseded"
_PROVISIONAL = frozenset({UNTOLD, SUPERSEDED})

# The end of many transactions that were put together.
SETTLED = "Settled"

# So many transactions are kept of one session, and so many ids of those that were put together: what a station tells of
# them again is known.
TRANSACTIONS_KEPT = 64
NAMES_KEPT = 256

# OCPP's words for an end by pulling the plug (1.6 and 2.x agree).
UNPLUGGED = "EVDisconnected"

# So far may the clock of a status and that of a meter be apart.
CLOCKS_APART = timedelta(minutes=5)


def as_told(transaction: Transaction) -> Transaction:
    """Return a transaction without an end that we assumed."""
    if transaction.end_reason not in _PROVISIONAL:
        return transaction
    return replace(transaction, ended_at=None, end_reason=None)


def visits(
    key: EvseKey, transactions: Iterable[Transaction], plugs: Iterable[Plug]
) -> list[Session]:
    """Return the sessions of an EVSE in the order of time; only the last one may be open."""
    ordered = sorted(transactions, key=lambda known: (known.started_at, known.id))
    if key.evse == WHOLE_STATION:
        # Nobody has said yet where they were: each may be of another EVSE.
        return [
            _Visit(key, one.started_at, [one]).until(one.last_at) for one in ordered
        ]
    sessions: list[Session] = []
    visit: _Visit | None = None
    for _, _, step in sorted(_steps(ordered, plugs), key=lambda step: step[:2]):
        match step:
            case Plug(at, plugged=True):
                visit = visit or _Visit(key, at)
                visit.seen = True
            case Plug(at, plugged=False) if visit is not None:
                sessions.append(visit.until(at))
                visit = None
            case Transaction() if visit is not None and visit.has_left_before(step):
                sessions.append(visit.until(visit.transactions[-1].last_at))
                visit = _Visit(key, step.started_at, [step])
            case Transaction() if visit is not None and visit.is_of_another(step):
                sessions.append(visit.until(visit.transactions[-1].last_at))
                visit = _Visit(key, step.started_at, [step], seen=visit.seen)
            case Transaction():
                visit = visit or _Visit(key, step.started_at)
                visit.transactions.append(step)
            case _Left() if visit is not None and visit.transactions[-1:] == [
                step.transaction
            ]:
                sessions.append(visit.until(step.transaction.last_at))
                visit = None
    if visit is not None:
        sessions.append(visit.so_far())
    return sessions


@dataclass(frozen=True, slots=True)
class _Left:
    """The plug was pulled, and that ended a transaction."""

    transaction: Transaction


type _Step = tuple[datetime, int, Plug | Transaction | _Left]


def _steps(ordered: list[Transaction], plugs: Iterable[Plug]) -> Iterator[_Step]:
    """Return what happened with its time and, within the same second, its rank."""
    for plug in plugs:
        if plug.plugged or not _goes_on(ordered, plug.at):
            yield plug.at, 1, plug
    for transaction in ordered:
        yield transaction.started_at, 2, transaction
        if transaction.end_reason == UNPLUGGED and transaction.ended_at is not None:
            at_once = transaction.ended_at <= transaction.started_at
            yield transaction.last_at, 3 if at_once else 0, _Left(transaction)


def _goes_on(ordered: list[Transaction], at: datetime) -> bool:
    """Whether a transaction that ran at a time went on; the last that began, as one EVSE has one at a time."""
    ran = [one for one in ordered if one.started_at <= at]
    if not ran:
        return False
    return ran[-1].last_at > at + CLOCKS_APART


@dataclass(slots=True)
class _Visit:
    """A session while it is made."""

    key: EvseKey
    started_at: datetime
    transactions: list[Transaction] = field(default_factory=list)
    # Whether a status showed a vehicle.
    seen: bool = False

    def has_left_before(self, transaction: Transaction) -> bool:
        """Whether another vehicle began this transaction."""
        if not self.transactions or not transaction.late:
            return False
        before = self.transactions[-1]
        return before.ended_at is not None and before.last_at <= transaction.started_at

    def is_of_another(self, transaction: Transaction) -> bool:
        """Whether somebody else began this transaction; cards are the same however they are written (1.6 §7.28)."""
        tokens = [
            one.token.casefold()
            for one in (*self.transactions, transaction)
            if one.token
        ]
        return bool(transaction.token) and tokens[0] != tokens[-1]

    def so_far(self) -> Session:
        """Return the session with its vehicle still there."""
        if self.transactions and not self.seen:
            is_empty = not any(
                one.is_open or one.energy_wh for one in self.transactions
            )
            if is_empty:
                return self.until(self.transactions[-1].last_at)
        return self._session(self.transactions[-1:])

    def until(self, at: datetime) -> Session:
        """Return the session with its vehicle gone."""
        last = [_assumed(one, UNTOLD) for one in self.transactions[-1:]]
        return self._session(last).ending(at)

    def _session(self, last: list[Transaction]) -> Session:
        earlier = [_assumed(one, SUPERSEDED) for one in self.transactions[:-1]]
        return Session(self.key, self.started_at, (*earlier, *last))


def _assumed(transaction: Transaction, reason: str) -> Transaction:
    """Return a transaction with an end: one EVSE has one transaction, and none without a vehicle."""
    if not transaction.is_open:
        return transaction
    return replace(transaction, ended_at=transaction.last_at, end_reason=reason)


def untold(session: Session, at: datetime) -> Session:
    """Return a session whose end was not told, ended."""
    transactions = tuple(_assumed(one, UNTOLD) for one in session.transactions)
    return replace(session, transactions=transactions).ending(at)


def corrected(session: Session, transaction: Transaction) -> Session:
    """Return a session of long ago with one of its transactions corrected."""
    return untold(session.holding(transaction), session.ended_at or transaction.last_at)


def bounded(session: Session) -> Session:
    """Return a session with no more transactions than are kept of one; the older ones are one then, with their energy."""
    if len(session.transactions) <= TRANSACTIONS_KEPT:
        return session
    half = TRANSACTIONS_KEPT // 2
    older, newer = session.transactions[:-half], session.transactions[-half:]
    return replace(session, transactions=(_together(older), *newer))


def _together(older: Sequence[Transaction]) -> Transaction:
    """Return transactions as one, which nothing that is told later changes."""
    first = older[0]
    last_at = max(one.last_at for one in older)
    names = [name for one in older for name in (one.id, *one.called)]
    return Transaction(
        first.id,
        first.key,
        first.started_at,
        first.token,
        # From anything but 0, which may be a register that was not read.
        1.0,
        None,
        last_at,
        ended_at=last_at,
        end_reason=SETTLED,
        meter_stop_wh=1.0 + sum(one.energy_wh for one in older),
        token_at=first.token_at,
        late=first.late,
        called=tuple(names[1:][-NAMES_KEPT:]),
    )
