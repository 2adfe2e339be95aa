"""What is forgotten: sessions as old as the owner says, and readings that no message of a station can concern any more."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from ...model.readings import LONGEST_QUEUE
from ..accounts import Kind
from ..curves import slot_of
from .batch import MINUTE_S
from .tables import PAUSES, READINGS, SESSIONS, SIGNED, TARIFFS, TRANSACTIONS

# Readings and prices outlive what a station may still tell, by as long as one session may take.
READINGS_KEPT = LONGEST_QUEUE + timedelta(days=15)


def prune(connection: Connection, before: datetime | None, now: datetime) -> int:
    """Forget what is older; returns how many sessions went. None keeps all sessions."""
    _forget_readings(connection, now - READINGS_KEPT)
    if before is None:
        return 0
    old = select(SESSIONS.c.id).where(
        SESSIONS.c.ended_at.is_not(None), SESSIONS.c.ended_at < before.timestamp()
    )
    gone = (
        select(TRANSACTIONS.c.id)
        .where(
            TRANSACTIONS.c.session.in_(old),
            TRANSACTIONS.c.identity == SIGNED.c.identity,
            TRANSACTIONS.c.id == SIGNED.c.transaction_id,
        )
        .exists()
    )
    connection.execute(delete(SIGNED).where(gone))
    connection.execute(delete(TRANSACTIONS).where(TRANSACTIONS.c.session.in_(old)))
    return connection.execute(
        delete(SESSIONS).where(
            SESSIONS.c.ended_at.is_not(None), SESSIONS.c.ended_at < before.timestamp()
        )
    ).rowcount


def _forget_readings(connection: Connection, before: datetime) -> None:
    """Forget readings, but not of a session that still goes on."""
    moment = before.timestamp()
    began = connection.execute(
        select(SESSIONS.c.started_at)
        .where(SESSIONS.c.ended_at.is_(None))
        .order_by(SESSIONS.c.started_at)
        .limit(1)
    ).scalar()
    if began is not None:
        moment = min(moment, began)
    for kind in Kind:
        slot = int(moment // MINUTE_S) if kind is Kind.POWER else slot_of(moment)
        connection.execute(
            delete(READINGS).where(READINGS.c.kind == int(kind), READINGS.c.slot < slot)
        )
    connection.execute(delete(TARIFFS).where(TARIFFS.c.slot < slot_of(moment)))
    connection.execute(delete(PAUSES).where(PAUSES.c.started_at < moment))
