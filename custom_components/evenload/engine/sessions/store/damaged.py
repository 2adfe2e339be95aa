"""A damaged file, read row by row: what stands on pages that cannot be read costs no other row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
import json
from pathlib import Path
import sqlite3
from typing import Any

from sqlalchemy import Boolean, Column, Float, Integer, Table

from ...model.sessions import Source
from .pages import stranded
from .rows import pauses_of, quarters_of
from .tables import SESSIONS

# Of rows with a number those are tried that follow one that can be read; so many in a row in vain, and the rest is given up.
_PATIENCE = 10_000

# Rows are read so many at a time.
_AT_A_TIME = 200

# No number of ours is larger: SQLite has none beyond twice that.
_MOST = 2**62

# What has a moment beyond this year was not written by us.
_LAST_S = 4_102_444_800.0

# Which sessions there are stands in these as well; each can be read from both ends.
_INDICES = {
    "sessions_began": ("id", "sessions", "started_at"),
    "sessions_at": ("id", "sessions", "identity"),
    "sessions_of_driver": ("id", "sessions", "driver"),
    "ix_transactions_session": ("session", "transactions", "session"),
}

# What stands for texts that are lost: all that can be billed stands before them.
_TEXTS = {"transactions": "[]", "body": "{}"}

_LAYOUT = "PRAGMA table_info(sessions)"

# Who reads a text with a form of its own.
_FORMS: dict[str, Callable[[str], object]] = {
    "source": Source,
    "transactions": lambda text: [str(name) for name in json.loads(text)],
    "body": json.loads,
    "pauses": pauses_of,
    "quarters": quarters_of,
}


def opened(path: Path) -> sqlite3.Connection:
    """Open a damaged file, also one that is shorter than it says of itself. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    # Only so does SQLite read a file whose end is missing.
    connection.execute("PRAGMA writable_schema=ON")
    return connection


def rows_of(damaged: sqlite3.Connection, table: Table) -> list[dict[str, Any]]:
    """Return what can be read of a table, and can be true."""
    keys = [column.name for column in table.primary_key]
    if len(keys) > 1:
        found = {
            tuple(row[key] for key in keys): row
            for direction in ("ASC", "DESC")
            for row in _until_error(damaged, _all_of(table, keys, direction))
        }
    else:
        [key] = keys
        numbered = {row[key]: row for row in _numbered(damaged, table, key)}
        backwards = _until_error(damaged, _all_of(table, keys, "DESC"))
        numbered |= {row[key]: row for row in backwards}
        if table is SESSIONS:
            numbered |= dict(_named(damaged, _numbers(damaged) - numbered.keys()))
        found = {(number,): row for number, row in numbered.items()}
    return [sound for row in found.values() if (sound := _sound(row, table))]


def _all_of(table: Table, keys: Iterable[str], direction: str) -> str:
    order = ", ".join(f"{key} {direction}" for key in keys)
    return f"SELECT * FROM {table.name} ORDER BY {order}"  # noqa: S608  # a table of ours


def _until_error(damaged: sqlite3.Connection, query: str) -> Iterator[sqlite3.Row]:
    """Go through rows up to the first that cannot be read."""
    try:
        yield from damaged.execute(query)
    except sqlite3.Error:
        return


def _numbered(
    damaged: sqlite3.Connection, table: Table, key: str
) -> Iterator[sqlite3.Row]:
    """Go through rows in the order of their numbers, and over those that cannot be read."""
    last, in_vain = 0, 0
    every = (
        f"SELECT * FROM {table.name} WHERE {key} >= ? ORDER BY {key} LIMIT {_AT_A_TIME}"  # noqa: S608  # a table of ours
    )
    one = f"SELECT * FROM {table.name} WHERE {key} = ?"  # noqa: S608  # a table of ours
    while in_vain < _PATIENCE:
        try:
            rows = damaged.execute(every, (last + 1,)).fetchall()
        except sqlite3.Error:
            rows = [*_tried(damaged, one, last + 1)]
            in_vain = 0 if rows else in_vain + 1
            last += 1
        else:
            if not rows:
                return
            # A damaged number leads neither back nor out of bounds.
            in_vain, last = 0, max(last + 1, min(rows[-1][key], _MOST))
        yield from rows


def _tried(damaged: sqlite3.Connection, query: str, number: int) -> list[sqlite3.Row]:
    try:
        return damaged.execute(query, (number,)).fetchall()
    except sqlite3.Error:
        return []


def _numbers(damaged: sqlite3.Connection) -> set[int]:
    """Return the sessions that are named anywhere but in their rows."""
    found = set()
    for index, (what, table, order) in _INDICES.items():
        for direction in ("ASC", "DESC"):
            query = f"SELECT {what} FROM {table} INDEXED BY {index} ORDER BY {order} {direction}"  # noqa: S608  # of ours
            found |= {row[0] for row in _until_error(damaged, query)}
    return {number for number in found if isinstance(number, int)}


def _named(
    damaged: sqlite3.Connection, numbers: Iterable[int]
) -> Iterator[tuple[int, sqlite3.Row]]:
    """Read single sessions."""
    for number in sorted(numbers):
        for row in _tried(damaged, "SELECT * FROM sessions WHERE id = ?", number):
            yield number, row


def sessions_of(path: Path, damaged: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the sessions of a damaged file, also those that stand on pages to which no way leads any more."""
    every = {row["id"]: row for row in rows_of(damaged, SESSIONS)}
    held = {name for row in every.values() for name in transactions_in(row)}
    layout = [row["name"] for row in _until_error(damaged, _LAYOUT)]
    beside = [
        row
        for told in stranded(path, layout or SESSIONS.c.keys(), "id")
        if (row := _sound(_TEXTS | told, SESSIONS)) and row["id"] not in every
    ]
    # Of what was written twice the fuller one counts. One whose transactions another session holds was deleted.
    for row in sorted(beside, key=_fullness, reverse=True):
        names = set(transactions_in(row))
        if row["id"] not in every and held.isdisjoint(names):
            every[row["id"]] = row
            held |= names
    return list(every.values())


def transactions_in(session: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the transactions that a session names, by station and id."""
    for name in json.loads(session["transactions"]):
        yield session["identity"], str(name)


def _fullness(session: Mapping[str, Any]) -> tuple[int, float, int]:
    names = [*transactions_in(session)]
    return len(names), session["energy_wh"], len(session["body"])


def _sound(row: sqlite3.Row | dict[str, Any], table: Table) -> dict[str, Any] | None:
    """Return the columns of a row that this version knows; None where it is none of ours."""
    # A Row is no mapping.
    told = {name: row[name] for name in row.keys() if name in table.c}  # noqa: SIM118
    for column in table.c:
        value = told.get(column.name)
        if value is not None and _fits(value, column):
            continue
        if value is None and (column.nullable or column.name not in told):
            continue
        if not column.nullable and column.name not in _TEXTS:
            return None
        told[column.name] = _TEXTS.get(column.name)
    return told


def _fits(value: Any, column: Column[Any]) -> bool:
    """Whether a column can have this value."""
    if column.name in _FORMS:
        return isinstance(value, str) and _has_form(value, _FORMS[column.name])
    if isinstance(column.type, Float):
        least, most = (0, _LAST_S) if column.name.endswith("_at") else (-_MOST, _MOST)
        return isinstance(value, int | float) and least <= value < most
    if isinstance(column.type, Boolean | Integer):
        return isinstance(value, int) and -_MOST < value < _MOST
    return isinstance(value, str)


def _has_form(text: str, read: Callable[[str], object]) -> bool:
    try:
        read(text)
    except ValueError, TypeError, OverflowError, OSError:
        return False
    return True
