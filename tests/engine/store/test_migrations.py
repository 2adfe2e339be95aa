"""Databases of earlier versions are brought up to today's with all that is in them."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import sqlite3

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import Billing, SessionQuery
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.engine.sessions.store.batch import Batch
from custom_components.evenload.engine.sessions.store.migrations import VERSION
from custom_components.evenload.engine.sessions.store.rows import session_of
from custom_components.evenload.engine.sessions.store.store import SessionStore

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)

# As the first version made them.
FIRST = """
CREATE TABLE sessions (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, identity VARCHAR NOT NULL, evse INTEGER NOT NULL,
  started_at FLOAT NOT NULL, ended_at FLOAT, energy_wh FLOAT NOT NULL, exported_wh FLOAT NOT NULL,
  token VARCHAR, end_reason VARCHAR, transactions TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX sessions_began ON sessions (started_at);
CREATE INDEX sessions_at ON sessions (identity, evse, started_at);
CREATE TABLE transactions (
  identity VARCHAR NOT NULL, id VARCHAR NOT NULL, session INTEGER NOT NULL REFERENCES sessions (id),
  PRIMARY KEY (identity, id)) WITHOUT ROWID;
PRAGMA user_version=1;
"""

BODY = {
    "key": {"identity": "garage", "evse": 1},
    "started_at": "2026-06-01T08:00:00+00:00",
    "ended_at": "2026-06-01T09:00:00+00:00",
    "transactions": [
        {
            "id": "17",
            "key": {"identity": "garage", "evse": 1},
            "started_at": "2026-06-01T08:00:00+00:00",
            "token": "card",
            "meter_start_wh": 1000.0,
            "meter_last_wh": None,
            "last_at": "2026-06-01T09:00:00+00:00",
            "ended_at": "2026-06-01T09:00:00+00:00",
            "meter_stop_wh": 5000.0,
        }
    ],
}


def shape(path: Path) -> dict[str, set[tuple[str, str]]]:
    """The columns of every table, with their types."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        return {
            name: {
                (column[1], column[2])
                for column in connection.execute(f"PRAGMA table_info({name})")
            }
            for (name,) in tables.fetchall()
        }


def indices(path: Path) -> set[str]:
    """What is found without looking through all."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        return {name for (name,) in rows}


async def test_the_first_version_s_sessions_are_all_there(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(FIRST)
        row = (1, "garage", 1, T0.timestamp(), T0.timestamp() + 3600, 4000.0, 0.0)
        connection.execute(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, 'card', 'Local', '[\"17\"]', ?)",
            (*row, json.dumps(BODY)),
        )
        connection.execute("INSERT INTO transactions VALUES ('garage', '17', 1)")
    store = SessionStore(path, lambda: T0)
    await store.open()
    (one,) = await store.records(SessionQuery(details=True))
    assert (one.account.energy_wh, one.token, one.transactions) == (
        4000,
        "card",
        ("17",),
    )
    assert await store.last_ended(5) == [session_of(json.dumps(BODY))]
    # Told again it is the same session, with figures that the first version had not.
    (booked,) = await store.write(Batch(await store.last_ended(5)))
    assert booked.id == one.id
    assert len(booked.account.quarters) == 4
    await store.close()
    fresh = SessionStore(tmp_path / "new.db", lambda: T0)
    await fresh.open()
    await fresh.close()
    assert shape(path) == shape(tmp_path / "new.db")
    assert indices(path) == indices(tmp_path / "new.db")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


async def test_it_is_done_once(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    key, end = EvseKey("garage", 1), T0 + timedelta(hours=1)
    transaction = Transaction("1", key, T0, None, 0.0, None, end, end, "Local")
    for _ in range(3):
        store = SessionStore(path, lambda: T0)
        await store.open()
        await store.write(Batch([Session(key, T0, (transaction,), end)]))
        assert len(await store.records(SessionQuery())) == 1
        await store.close()


async def test_drivers_of_earlier_sessions_are_named_once(tmp_path: Path) -> None:
    """The second version knew of a driver nothing but the id; whoever is known now is put on record."""
    path = tmp_path / "sessions.db"
    store = SessionStore(path, lambda: T0)
    await store.open()
    key, end = EvseKey("garage", 1), T0 + timedelta(hours=1)
    transaction = Transaction("1", key, T0, "card", 0.0, None, end, end, "Local")
    batch = Batch([Session(key, T0, (transaction,), end)])
    batch.drivers = {("garage", "card"): "anna"}
    await store.write(batch)
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "ALTER TABLE sessions DROP COLUMN driver_name;"
            "ALTER TABLE sessions DROP COLUMN counted;"
            "PRAGMA user_version=2;"
        )
    store = SessionStore(path, lambda: T0)
    await store.open()
    [one] = await store.records(SessionQuery())
    assert (one.driver, one.billing) == ("anna", None)
    for name, counted in (("Anna", False), ("Anna B.", True)):
        await store.name({"anna": Billing(name, counted)})
        [one] = await store.records(SessionQuery())
        assert one.billing == Billing("Anna", counted=False)
    await store.close()
    fresh = SessionStore(tmp_path / "new.db", lambda: T0)
    await fresh.open()
    await fresh.close()
    assert shape(path) == shape(tmp_path / "new.db")
