"""The tables. Moments are seconds since 1970 in UTC, quarter hours are counted since then, energies are in Wh."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

METADATA = MetaData()


def _key(name: str, kind: type[TypeEngine[Any]]) -> Column[Any]:
    """Return a part of what a row is found by."""
    return Column(name, kind, primary_key=True)


def _always(name: str, kind: type[TypeEngine[Any]], **more: Any) -> Column[Any]:
    """Return what every row has."""
    return Column(name, kind, nullable=False, **more)


def _energy(name: str) -> Column[Any]:
    """Return an energy that is 0 where nothing flowed."""
    return _always(name, Float, default=0.0)


def _by_key(name: str, *columns: Column[Any]) -> Table:
    """Return a table of stations whose rows are kept in the order of their keys."""
    return Table(
        name, METADATA, _key("identity", String), *columns, sqlite_with_rowid=False
    )


# One row for each session, with what it came to; `body` is all that the ledger knows of it, as JSON.
SESSIONS = Table(
    "sessions",
    METADATA,
    _key("id", Integer),
    _always("identity", String),
    _always("evse", Integer),
    _always("started_at", Float),
    Column("ended_at", Float),
    _energy("energy_wh"),
    _energy("exported_wh"),
    Column("own_wh", Float),
    Column("cost", Float),
    _energy("unpriced_wh"),
    Column("currency", String),
    Column("source", String),
    Column("token", String),
    Column("driver", String),
    Column("end_reason", String),
    Column("meter_start_wh", Float),
    Column("meter_stop_wh", Float),
    _always("transactions", Text, default="[]"),
    Column("pauses", Text),
    Column("quarters", Text),
    _always("body", Text),
    # Of the driver as it was when the session ended.
    Column("driver_name", String),
    Column("counted", Boolean),
    Index("sessions_began", "started_at"),
    Index("sessions_at", "identity", "evse", "started_at"),
    Index("sessions_of_driver", "driver", "started_at"),
    Index("sessions_of_token", "token", "started_at"),
    # Few go on, and few ended lately: what is new concerns those.
    Index("sessions_ended", "ended_at"),
    # Ids are in bills: none is used again.
    sqlite_autoincrement=True,
)

# Which session a station's transaction is in. A session that has none any more is gone: another one holds them.
TRANSACTIONS = _by_key(
    "transactions",
    _key("id", String),
    Column("session", Integer, ForeignKey("sessions.id"), nullable=False, index=True),
)

# The first and the last reading of each kind in a quarter hour (of power: in a minute). The order in which they came is
# of no consequence.
READINGS = _by_key(
    "readings",
    *(_key(name, Integer) for name in ("evse", "kind", "slot")),
    *(_always(name, Float) for name in ("first_at", "first", "last_at", "last")),
)

# Times in which nothing was to flow at an EVSE.
PAUSES = _by_key(
    "pauses",
    _key("evse", Integer),
    _key("started_at", Float),
    Column("ended_at", Float),
    _always("reason", String),
)

# What held in a quarter hour for everybody.
TARIFFS = Table(
    "tariffs",
    METADATA,
    _key("slot", Integer),
    *(
        Column(name, Float)
        for name in ("import_price", "export_price", "own_share", "fed_share")
    ),
    Column("currency", String),
)

# Meter values that were signed, to the letter.
SIGNED = Table(
    "signed",
    METADATA,
    _key("id", Integer),
    _always("identity", String),
    _always("transaction_id", String),
    _always("at", Float),
    *(Column(name, String) for name in ("context", "encoding", "method")),
    Column("public_key", Text),
    _always("data", Text),
    UniqueConstraint("identity", "transaction_id", "at", "data"),
)

# What is remembered of the database itself.
FACTS = Table("facts", METADATA, _key("name", String), _always("value", String))
