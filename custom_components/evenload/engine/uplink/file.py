"""The file in which messages wait, and names are kept; all of it is called on one thread of its own."""

from dataclasses import dataclass
import json
from pathlib import Path
import sqlite3
from typing import Any

from .name_book import Named

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY, station TEXT NOT NULL, action TEXT NOT NULL, payload TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS message_station ON message (station, seq);
CREATE TABLE IF NOT EXISTS name (
    station TEXT NOT NULL, kind TEXT NOT NULL, ours TEXT NOT NULL, theirs TEXT NOT NULL,
    PRIMARY KEY (station, kind, ours)
);
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a station, as the station said it."""

    seq: int
    station: str
    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What was in the file: the last number, how many wait of each station, and (station, kind, ours, theirs) of names."""

    last_seq: int
    counts: dict[str, int]
    names: list[tuple[str, str, str, str]]


class OutboxFile:
    """One SQLite file. Its methods raise `sqlite3.Error`."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self._path = path
        self._database: sqlite3.Connection | None = None

    def open(self) -> Found:
        """Open it, and return what an earlier life left in it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._database = database = sqlite3.connect(self._path, check_same_thread=False)
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(_SCHEMA)
        (last,) = database.execute(
            "SELECT coalesce(max(seq), 0) FROM message"
        ).fetchone()
        names = database.execute("SELECT * FROM name ORDER BY rowid").fetchall()
        counted = database.execute(
            "SELECT station, count(*) FROM message GROUP BY station"
        )
        return Found(last, dict(counted.fetchall()), names)

    def close(self) -> None:
        """Let go of it."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def write(
        self,
        new: list[Message],
        gone: list[int],
        named: Named,
    ) -> None:
        """Add messages, take others out by their numbers; keep names by station, kind and our name, or (None) forget them."""
        database = self._opened
        with database:
            database.executemany(
                "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?)",
                [
                    (one.seq, one.station, one.action, json.dumps(one.payload))
                    for one in new
                ],
            )
            database.executemany(
                "DELETE FROM message WHERE seq = ?", [(seq,) for seq in gone]
            )
            database.executemany(
                "INSERT OR REPLACE INTO name VALUES (?, ?, ?, ?)",
                [(*key, theirs) for key, theirs in named.items() if theirs is not None],
            )
            database.executemany(
                "DELETE FROM name WHERE station = ? AND kind = ? AND ours = ?",
                [key for key, theirs in named.items() if theirs is None],
            )

    def read(self, station: str, after: int, most: int) -> list[Message]:
        """Return the next messages of a station after a number."""
        rows = self._opened.execute(
            "SELECT seq, action, payload FROM message WHERE station = ? AND seq > ? ORDER BY seq LIMIT ?",
            (station, after, most),
        )
        return [
            Message(seq, station, action, json.loads(payload))
            for seq, action, payload in rows
        ]

    def forget(self, station: str) -> None:
        """Take out all that is of a station."""
        with self._opened as database:
            database.execute("DELETE FROM message WHERE station = ?", (station,))
            database.execute("DELETE FROM name WHERE station = ?", (station,))

    @property
    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            # It could not be opened when it was time: the disk may take it now.
            self.open()
        if self._database is None:
            raise sqlite3.OperationalError("The file is not open")
        return self._database
