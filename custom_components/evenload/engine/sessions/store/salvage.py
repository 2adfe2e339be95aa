"""What can still be read of a damaged database."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.dialects.sqlite import insert

from .damaged import opened, rows_of, sessions_of, transactions_in
from .tables import PAUSES, READINGS, SESSIONS, SIGNED, TARIFFS, TRANSACTIONS

# Sessions come before them: some of these point to them.
_TABLES = (TRANSACTIONS, READINGS, PAUSES, TARIFFS, SIGNED)

# So many sessions may have been in a part of the file, or of its log, that is lost: more than the log has pages.
_UNTOLD = 10_000


def salvaged(path: Path, engine: Engine) -> int:
    """Copy what can be read of a damaged file into a new database; returns the number of sessions."""
    with suppress(sqlite3.Error, OSError), closing(opened(path)) as damaged:
        found = {SESSIONS: sessions_of(path, damaged)}
        found |= {table: rows_of(damaged, table) for table in _TABLES}
        found[TRANSACTIONS] = _held(found[SESSIONS], found[TRANSACTIONS])
        with engine.begin() as connection:
            for table, rows in found.items():
                _insert(connection, table, rows)
        return len(found[SESSIONS])
    return 0


def _held(
    sessions: Collection[Mapping[str, Any]], known: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the transactions of these sessions: which are theirs, they say themselves as well."""
    numbers = {session["id"] for session in sessions}
    held = {
        (row["identity"], row["id"]): row for row in known if row["session"] in numbers
    }
    for session in sessions:
        for identity, name in transactions_in(session):
            row = {"identity": identity, "id": name, "session": session["id"]}
            held.setdefault((identity, name), row)
    return list(held.values())


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows; those that name different columns, one sort after the other."""
    sorts: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        sorts.setdefault(tuple(row), []).append(row)
    for same in sorts.values():
        connection.execute(insert(table).on_conflict_do_nothing(), same)


def go_on_counting(path: Path, engine: Engine, now: datetime) -> None:
    """Have ids go on above all that a damaged file can have given: they are in bills."""
    # Nobody ends a session each second: neither since 1970, nor since the file was damaged before.
    given = int(now.timestamp())
    with suppress(sqlite3.Error), closing(opened(path)) as damaged:
        query = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        for (told,) in damaged.execute(query, (SESSIONS.name,)):
            if isinstance(told, int) and 0 < told < 2 * given:
                given = told + _UNTOLD
    with engine.begin() as connection:
        row = {"name": SESSIONS.name}
        known = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        given = max(given, connection.execute(known, row).scalar() or 0)
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), row)
        insertion = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)")
        connection.execute(insertion, row | {"seq": given})
