"""Puts one session on record, in the row that its transactions have, with what it comes to by now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from ...model.identity import EvseKey
from ...model.sessions import Billing, Booked, Pause, Tariff
from ...model.transactions import Session
from ..accounts import Kind, Readings, account_of
from ..curves import Point, slot_of
from .batch import MINUTE_S, Batch
from .rows import billing_of, moment, pauses_text, session_row
from .tables import PAUSES, READINGS, SESSIONS, TARIFFS, TRANSACTIONS

# What cannot be worked out again without what was read.
_FIGURES = frozenset(
    {
        *("own_wh", "cost", "unpriced_wh", "currency", "source"),
        *("exported_wh", "quarters", "pauses"),
    }
)

# What is asked of a row that is there already.
_KNOWN = ("id", "token", "driver", "ended_at", "driver_name", "counted")

# Where a register stood when a session began may only be known from a reading of the day before.
BEFORE_S = 86_400


def book(connection: Connection, session: Session, batch: Batch) -> Booked | None:
    """Write a session, or rewrite it; None where it has no transaction, and so nothing to put on record."""
    if not session.transactions:
        return None
    start = session.started_at.timestamp()
    end = max(one.last_at.timestamp() for one in session.transactions)
    readings = _readings(connection, session.key, start, end)
    tariffs = _tariffs(connection, start, end)
    account = account_of(session, readings, tariffs)
    pauses = _pauses(connection, session)
    row = session_row(session, account) | {"pauses": pauses_text(pauses)}
    names = [name for one in session.transactions for name in (one.id, *one.called)]
    identity = session.key.identity
    known = _known(connection, identity, names)
    driver = _driver(session, known, batch.drivers)
    billing = _billing(driver, known, batch.billing)
    if known is not None and not tariffs and not any(readings.of_kinds):
        # It is so old that all but its figures was forgotten.
        row = {name: row[name] for name in row.keys() - _FIGURES}
    row |= {
        "driver": driver,
        "driver_name": billing and billing.name,
        "counted": billing and billing.counted,
    }
    if known is None:
        inserted = connection.execute(insert(SESSIONS).values(**row))
        row_id = int((inserted.inserted_primary_key or (0,))[0])
    else:
        row_id = known["id"]
        connection.execute(
            update(SESSIONS).where(SESSIONS.c.id == row_id).values(**row)
        )
    if known is not None:
        _let_go(connection, identity, row_id, names)
    _hold(connection, identity, row_id, names)
    was_over = known is not None and known["ended_at"] is not None
    is_news = session.ended_at is not None and not was_over
    return Booked(row_id, session, account, driver, is_news, billing)


def _known(
    connection: Connection, identity: str, names: Sequence[str]
) -> dict[str, Any] | None:
    """Return the oldest row that holds one of these transactions."""
    held = select(TRANSACTIONS.c.session).where(
        TRANSACTIONS.c.identity == identity, TRANSACTIONS.c.id.in_(names)
    )
    query = (
        select(*(SESSIONS.c[name] for name in _KNOWN))
        .where(SESSIONS.c.id.in_(held))
        .order_by(SESSIONS.c.id)
        .limit(1)
    )
    return _mapping(connection.execute(query).mappings().first())


def _mapping(row: RowMapping | None) -> dict[str, Any] | None:
    return None if row is None else {str(name): value for name, value in row.items()}


def _driver(
    session: Session,
    known: Mapping[str, Any] | None,
    drivers: Mapping[tuple[str, str | None], str],
) -> str | None:
    """Return who a session is of: whoever had its token when it was first put on record."""
    if known is not None and known["driver"] and known["token"] == session.token:
        return str(known["driver"])
    return drivers.get((session.key.identity, session.token))


def _billing(
    driver: str | None,
    known: Mapping[str, Any] | None,
    current: Mapping[str, Billing],
) -> Billing | None:
    """Return what holds of a driver: at the end of a session it is put on record, and stays."""
    if driver is None:
        return None
    told = None
    if known is not None and known["driver"] == driver:
        told = billing_of(known["driver_name"], known["counted"])
        if told is not None and known["ended_at"] is not None:
            return told
    return current.get(driver, told)


def _let_go(
    connection: Connection, identity: str, row_id: int, names: Sequence[str]
) -> None:
    """Take these transactions from the sessions that had them; one that has none any more goes."""
    mine, named = TRANSACTIONS.c.session == row_id, _named(identity, names)
    losing = connection.scalars(
        select(TRANSACTIONS.c.session).where(named, ~mine).distinct()
    ).all()
    connection.execute(delete(TRANSACTIONS).where(or_(mine, named)))
    for other in losing:
        left = select(TRANSACTIONS.c.id).where(TRANSACTIONS.c.session == other)
        if connection.execute(left.limit(1)).first() is None:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.id == other))


def _hold(
    connection: Connection, identity: str, row_id: int, names: Sequence[str]
) -> None:
    rows = [{"identity": identity, "id": name, "session": row_id} for name in names]
    connection.execute(insert(TRANSACTIONS).on_conflict_do_nothing(), rows)


def _named(identity: str, names: Sequence[str]) -> Any:
    """Return the condition that a transaction is one of these."""
    return (TRANSACTIONS.c.identity == identity) & TRANSACTIONS.c.id.in_(names)


def _readings(
    connection: Connection, key: EvseKey, start: float, end: float
) -> Readings:
    found: dict[Kind, list[Point]] = {kind: [] for kind in Kind}
    columns = READINGS.c
    for kind, points in found.items():
        slots = slot_of(start - BEFORE_S), slot_of(end)
        if kind is Kind.POWER:
            slots = int(start // MINUTE_S), int(end // MINUTE_S)
        rows = connection.execute(
            select(columns.first_at, columns.first, columns.last_at, columns.last)
            .where(
                columns.identity == key.identity,
                columns.evse == key.evse,
                columns.kind == int(kind),
                columns.slot.between(*slots),
            )
            .order_by(columns.slot)
        )
        for first_at, first, last_at, last in rows:
            points.append((first_at, first))
            if last_at > first_at:
                points.append((last_at, last))
    return Readings(found[Kind.IMPORTED], found[Kind.EXPORTED], found[Kind.POWER])


def _tariffs(connection: Connection, start: float, end: float) -> dict[int, Tariff]:
    rows = connection.execute(
        select(TARIFFS).where(
            TARIFFS.c.slot >= slot_of(start), TARIFFS.c.slot <= slot_of(end)
        )
    )
    return {
        row.slot: Tariff(
            row.import_price,
            row.export_price,
            row.own_share,
            row.fed_share,
            row.currency,
        )
        for row in rows
    }


def _pauses(connection: Connection, session: Session) -> list[Pause]:
    end = session.ended_at
    rows = connection.execute(
        select(PAUSES)
        .where(
            PAUSES.c.identity == session.key.identity,
            PAUSES.c.evse == session.key.evse,
            PAUSES.c.started_at < (1e18 if end is None else end.timestamp()),
            or_(
                PAUSES.c.ended_at.is_(None),
                PAUSES.c.ended_at > session.started_at.timestamp(),
            ),
        )
        .order_by(PAUSES.c.started_at)
    )
    return [
        Pause(
            max(moment(row.started_at), session.started_at),
            _sooner(None if row.ended_at is None else moment(row.ended_at), end),
            row.reason,
        )
        for row in rows
    ]


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
