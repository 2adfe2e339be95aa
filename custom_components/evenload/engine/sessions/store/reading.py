"""What is asked of the store."""

from collections.abc import Iterable, Iterator
from datetime import datetime
import logging
from typing import Any

from mashumaro.exceptions import InvalidFieldValue, MissingField
from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from ...model.identity import EvseKey
from ...model.sessions import Pause, SessionQuery, SessionRecord, SignedValue, Totals
from ...model.tokens import plain
from ...model.transactions import Session
from ..curves import slot_of
from .rows import DETAILS, RECORD, moment, quarters_of, record_of, session_of
from .tables import PAUSES, SESSIONS, SIGNED, TRANSACTIONS

_LOGGER = logging.getLogger(__name__)

# Rows are taken from the disk so many at a time.
_AT_A_TIME = 500

_CARDS = SESSIONS.alias()

_COLUMNS = tuple(SESSIONS.c[name] for name in RECORD)


def records(connection: Connection, query: SessionQuery) -> Iterator[SessionRecord]:
    """Go through the sessions that a query means."""
    columns = _COLUMNS if query.details else _COLUMNS[:-DETAILS]
    statement: Select[Any] = (
        select(*columns)
        .where(*_conditions(query))
        .order_by(SESSIONS.c.started_at.desc(), SESSIONS.c.id.desc())
        .limit(query.limit)
        .offset(query.offset)
    )
    rows = connection.execution_options(yield_per=_AT_A_TIME).execute(statement)
    for part in rows.partitions():
        signed = _signed(connection, [row[0] for row in part]) if query.details else {}
        for row in part:
            yield record_of(row, signed.get(row[0], ()))


def totals(connection: Connection, query: SessionQuery) -> dict[str | None, Totals]:
    """Return what the sessions that a query means came to, by driver; None: nobody's."""
    is_free = SESSIONS.c.counted.is_(False)
    statement = (
        select(
            SESSIONS.c.driver,
            SESSIONS.c.currency,
            func.count(),
            func.sum(SESSIONS.c.energy_wh),
            func.sum(SESSIONS.c.exported_wh),
            func.sum(case((is_free, 0.0), else_=SESSIONS.c.cost)),
            func.sum(case((is_free, 0.0), else_=SESSIONS.c.unpriced_wh)),
        )
        .where(*_conditions(query))
        .group_by(SESSIONS.c.driver, SESSIONS.c.currency)
    )
    found: dict[str | None, Totals] = {}
    for row in connection.execute(statement):
        driver, currency, count, energy_wh, exported_wh, cost, unpriced_wh = row
        known = found.get(driver, Totals(0, 0.0, 0.0))
        costs = dict(known.cost)
        if cost is not None:
            costs[currency or ""] = costs.get(currency or "", 0.0) + cost
        found[driver] = Totals(
            known.sessions + count,
            known.energy_wh + energy_wh,
            known.exported_wh + exported_wh,
            costs,
            known.unpriced_wh + unpriced_wh,
        )
    return found


def unpriced(connection: Connection, since: datetime) -> set[int]:
    """Return the quarter hours in which something flowed that has no cost, of sessions that began since then."""
    rows = connection.scalars(
        select(SESSIONS.c.quarters).where(
            SESSIONS.c.started_at >= since.timestamp(), SESSIONS.c.unpriced_wh > 0
        )
    )
    return {
        slot_of(quarter.start.timestamp())
        for text in rows
        for quarter in quarters_of(text)
        if quarter.cost is None
    }


def last_ended(connection: Connection, most: int) -> list[Session]:
    """Return the sessions that ended last, the oldest first."""
    rows = connection.scalars(
        select(SESSIONS.c.body)
        .where(SESSIONS.c.ended_at.is_not(None))
        .order_by(SESSIONS.c.started_at.desc())
        .limit(most)
    )
    found = readable(rows)
    return sorted(found, key=lambda one: one.ended_at or one.started_at)


def still_open(connection: Connection) -> list[Session]:
    """Return the sessions that had not ended when they were last written."""
    rows = connection.scalars(
        select(SESSIONS.c.body).where(SESSIONS.c.ended_at.is_(None))
    )
    return readable(rows)


def open_pauses(connection: Connection) -> list[tuple[EvseKey, Pause]]:
    """Return the pauses that had not ended when they were last written."""
    rows = connection.execute(select(PAUSES).where(PAUSES.c.ended_at.is_(None)))
    return [
        (
            EvseKey(row.identity, row.evse),
            Pause(moment(row.started_at), None, row.reason),
        )
        for row in rows
    ]


def readable(bodies: Iterable[str]) -> list[Session]:
    """Return the sessions that can be read: one that cannot costs no other."""
    found = []
    for body in bodies:
        try:
            found.append(session_of(body))
        except MissingField, InvalidFieldValue, ValueError, TypeError, KeyError:
            _LOGGER.error("A session on record cannot be read, and is left as it is")
    return found


def _conditions(query: SessionQuery) -> Iterator[ColumnElement[bool]]:
    if query.start is not None:
        yield SESSIONS.c.started_at >= query.start.timestamp()
    if query.end is not None:
        yield SESSIONS.c.started_at < query.end.timestamp()
    for column, wanted in (
        (SESSIONS.c.identity, query.identities),
        (SESSIONS.c.driver, query.drivers),
        (SESSIONS.c.id, query.ids),
    ):
        if wanted:
            yield column.in_(list(wanted))
    if query.tokens:
        # However they are written: there are few cards, and many sessions of each.
        cards = select(_CARDS.c.token).where(
            func.plain(_CARDS.c.token).in_([plain(one) for one in query.tokens])
        )
        yield SESSIONS.c.token.in_(cards.distinct())
    if query.evse is not None:
        yield SESSIONS.c.evse == query.evse
    if query.only_ended:
        yield SESSIONS.c.ended_at.is_not(None)


def _signed(connection: Connection, ids: Iterable[int]) -> dict[int, list[SignedValue]]:
    rows = connection.execution_options(yield_per=None).execute(
        select(TRANSACTIONS.c.session, SIGNED)
        .join_from(
            SIGNED,
            TRANSACTIONS,
            (SIGNED.c.identity == TRANSACTIONS.c.identity)
            & (SIGNED.c.transaction_id == TRANSACTIONS.c.id),
        )
        .where(TRANSACTIONS.c.session.in_(list(ids)))
        .order_by(SIGNED.c.at, SIGNED.c.id)
    )
    found: dict[int, list[SignedValue]] = {}
    for row in rows:
        found.setdefault(row.session, []).append(
            SignedValue(
                moment(row.at),
                row.data,
                row.context,
                row.encoding,
                row.method,
                row.public_key,
            )
        )
    return found
