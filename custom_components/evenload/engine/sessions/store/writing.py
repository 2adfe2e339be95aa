"""Writes batches: what was read, each in its quarter hour, whatever the order; then every session that it concerns."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from ...model.identity import EvseKey
from ...model.sessions import Billing, Booked, Tariff
from ...model.transactions import Session
from ..accounts import Kind
from ..curves import QUARTER_S
from .batch import MINUTE_S, Batch
from .booking import book
from .reading import readable
from .tables import PAUSES, READINGS, SESSIONS, SIGNED, TARIFFS

type _Span = tuple[float, float]

# With a sign before them SQLite finds no index for columns.
_UNINDEXED: dict[str, ColumnElement[Any]] = {
    name: literal_column(f"+sessions.{name}")
    for name in ("identity", "evse", "started_at")
}


def write(connection: Connection, batch: Batch) -> list[Booked]:
    """Write a batch within the caller's transaction; returns the sessions that it concerns."""
    _write_readings(connection, batch)
    _write_pauses(connection, batch)
    _write_tariffs(connection, batch.tariffs)
    _write_signed(connection, batch)
    # Of one that was handed over twice the last counts.
    latest = {_name(session): session for session in batch.sessions}
    booked = [book(connection, one, batch) for one in latest.values()]
    found = {one.id: one for one in booked if one is not None}
    for row_id, session in _touched(connection, batch):
        if row_id not in found:
            again = book(connection, session, batch)
            if again is not None:
                found[again.id] = again
    return list(found.values())


def name_drivers(connection: Connection, drivers: Mapping[str, Billing]) -> None:
    """Write what holds of drivers to the sessions of theirs where that is not on record."""
    for driver, one in drivers.items():
        connection.execute(
            update(SESSIONS)
            .where(SESSIONS.c.driver == driver, SESSIONS.c.driver_name.is_(None))
            .values(driver_name=one.name, counted=one.counted)
        )


def _name(session: Session) -> tuple[EvseKey, str]:
    return session.key, session.transactions[0].id if session.transactions else ""


def _write_readings(connection: Connection, batch: Batch) -> None:
    statement = insert(READINGS)
    new, old = statement.excluded, READINGS.c
    earlier = or_(
        new.first_at < old.first_at,
        and_(new.first_at == old.first_at, new.first < old.first),
    )
    later = or_(
        new.last_at > old.last_at, and_(new.last_at == old.last_at, new.last > old.last)
    )
    statement = statement.on_conflict_do_update(
        index_elements=["identity", "evse", "kind", "slot"],
        set_={
            "first_at": func.min(new.first_at, old.first_at),
            "first": case((earlier, new.first), else_=old.first),
            "last_at": func.max(new.last_at, old.last_at),
            "last": case((later, new.last), else_=old.last),
        },
    )
    rows = [
        {
            "identity": key.identity,
            "evse": key.evse,
            "kind": int(kind),
            "slot": slot,
            "first_at": span.first[0],
            "first": span.first[1],
            "last_at": span.last[0],
            "last": span.last[1],
        }
        for (key, kind, slot), span in batch.readings.items()
    ]
    if rows:
        connection.execute(statement, rows)


def _write_pauses(connection: Connection, batch: Batch) -> None:
    statement = insert(PAUSES)
    _upsert(
        connection,
        PAUSES,
        {"ended_at": statement.excluded.ended_at, "reason": statement.excluded.reason},
        [
            {
                "identity": key.identity,
                "evse": key.evse,
                "started_at": pause.started_at.timestamp(),
                "ended_at": pause.ended_at and pause.ended_at.timestamp(),
                "reason": pause.reason,
            }
            for (key, _), pause in batch.pauses.items()
        ],
    )


def _write_tariffs(connection: Connection, tariffs: Mapping[int, Tariff]) -> None:
    """Write what held: of a price the first that was known, of a share the last."""
    new = insert(TARIFFS).excluded
    _upsert(
        connection,
        TARIFFS,
        {
            "import_price": func.coalesce(TARIFFS.c.import_price, new.import_price),
            "export_price": func.coalesce(TARIFFS.c.export_price, new.export_price),
            "own_share": func.coalesce(new.own_share, TARIFFS.c.own_share),
            "fed_share": func.coalesce(new.fed_share, TARIFFS.c.fed_share),
            "currency": func.coalesce(TARIFFS.c.currency, new.currency),
        },
        [
            {
                "slot": slot,
                "import_price": one.import_price,
                "export_price": one.export_price,
                "own_share": one.own_share,
                "fed_share": one.fed_share,
                "currency": one.currency,
            }
            for slot, one in tariffs.items()
        ],
    )


def _write_signed(connection: Connection, batch: Batch) -> None:
    rows = [
        {
            "identity": identity,
            "transaction_id": transaction_id,
            "at": one.at.timestamp(),
            "context": one.context,
            "encoding": one.encoding,
            "method": one.method,
            "public_key": one.public_key,
            "data": one.data,
        }
        for (identity, transaction_id), values in batch.signed.items()
        for one in values
    ]
    if rows:
        connection.execute(insert(SIGNED).on_conflict_do_nothing(), rows)


def _upsert(
    connection: Connection,
    table: Table,
    set_: dict[str, Any],
    rows: list[dict[str, Any]],
) -> None:
    if rows:
        keys = [column.name for column in table.primary_key]
        statement = insert(table).on_conflict_do_update(index_elements=keys, set_=set_)
        connection.execute(statement, rows)


def _touched(connection: Connection, batch: Batch) -> list[tuple[int, Session]]:
    """Return the sessions on record in whose time something was read, or a price became known."""
    spans: dict[EvseKey | None, _Span] = {}
    for key, kind, slot in batch.readings:
        length_s = MINUTE_S if kind is Kind.POWER else QUARTER_S
        _widen(spans, key, slot * length_s, (slot + 1) * length_s)
    for slot in batch.tariffs:
        _widen(spans, None, slot * QUARTER_S, (slot + 1) * QUARTER_S)
    for (key, _), pause in batch.pauses.items():
        _widen(spans, key, pause.started_at.timestamp(), _end(pause.ended_at))
    found: dict[int, str] = {}
    for where, span in spans.items():
        for ended in _ended_since(span[0]):
            query = _begun_until(where, span[1]).where(ended)
            found |= {row.id: row.body for row in connection.execute(query)}
    return [
        (row_id, session)
        for row_id, body in found.items()
        for session in readable([body])
    ]


def _end(at: datetime | None) -> float:
    return float("inf") if at is None else at.timestamp()


def _widen(
    spans: dict[EvseKey | None, _Span], key: EvseKey | None, start: float, end: float
) -> None:
    known = spans.get(key, (start, end))
    spans[key] = min(known[0], start), max(known[1], end)


def _ended_since(start: float) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of sessions that end after a moment: each is found by its index."""
    return SESSIONS.c.ended_at.is_(None), SESSIONS.c.ended_at >= start


def _begun_until(key: EvseKey | None, end: float) -> Select[tuple[int, str]]:
    """Return the query for sessions that began before a moment, which nearly all did: no index is to be taken for that."""
    here: Sequence[ColumnElement[bool]] = ()
    if key is not None:
        here = (_UNINDEXED["identity"] == key.identity, _UNINDEXED["evse"] == key.evse)
    return select(SESSIONS.c.id, SESSIONS.c.body).where(
        *here, _UNINDEXED["started_at"] < min(end, 1e18)
    )
