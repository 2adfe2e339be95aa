"""The file of the database: opened, brought up to date, and replaced where it cannot be read."""

from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from functools import lru_cache
import logging
from pathlib import Path
import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from ...model.tokens import plain
from .migrations import VERSION, migrate
from .salvage import go_on_counting, salvaged
from .tables import METADATA

_LOGGER = logging.getLogger(__name__)

# Who writes waits so long for who reads, and a backup for both.
BUSY_S = 10.0

# The log is brought into the main file when it has so many pages: SQLite's own default.
_AUTOCHECKPOINT = 1000

# SQLite's words for a file that is none of its own, or was damaged.
_DAMAGED = ("malformed", "not a database", "file is encrypted", "disk image")


class TooNew(Exception):
    """A later version of Evenload has written the database."""


class Database:
    """One file, and how it is talked to. Everything here blocks: call it on a thread."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Name the file; nothing is opened yet."""
        self.path = path
        self._now = now
        self._engine: Engine | None = None
        self._autocheckpoint = _AUTOCHECKPOINT
        # Where a damaged file was put, and how many sessions could be read out of it.
        self.set_aside: Path | None = None
        self.salvaged = 0
        # What a connection is told beyond the usual.
        self.extra_pragmas: tuple[str, ...] = ()

    @property
    def engine(self) -> Engine:
        """What talks to the file."""
        assert self._engine is not None, "The database is not open"
        return self._engine

    def open(self) -> None:
        """Open the file, make or migrate its tables; a damaged one is put aside, and what can be read is taken over.

        Raises:
            OSError: the file cannot be used.
            TooNew: it is a later version's.

        """
        self.close()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._open()
        except DatabaseError as error:
            self.close()
            if not is_damaged(error):
                raise OSError(f"{self.path.name}: {error.orig}") from error
            self.replace()
        except TooNew:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def replace(self) -> None:
        """Put a damaged file aside, and begin a new one with what can be read of it. Raises `OSError`."""
        self.close()
        aside = self._aside()
        _LOGGER.error("%s is damaged; it was put aside as %s", self.path, aside.name)
        self.path.rename(aside)
        for suffix in ("-wal", "-shm"):
            beside = self.path.with_name(self.path.name + suffix)
            with suppress(FileNotFoundError):
                beside.rename(aside.with_name(aside.name + suffix))
        self.set_aside = aside
        try:
            self._open()
            self.salvaged = salvaged(aside, self.engine)
            go_on_counting(aside, self.engine, self._now())
        except DatabaseError as error:
            self.close()
            raise OSError(f"{self.path.name}: {error.orig}") from error

    def checkpoint(self) -> None:
        """Bring everything into the main file, and leave the log empty."""
        with closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def rest(self, *, rest: bool) -> None:
        """Leave the main file as it is while it is copied: what is written goes to the log alone, which only grows.

        A copy of both is then whole, whatever is written meanwhile: SQLite passes over the end of a log that was cut off.
        """
        if rest:
            self.checkpoint()
        self._autocheckpoint = 0 if rest else _AUTOCHECKPOINT
        # Connections learn of it when they are taken up again.
        self.engine.dispose()
        if not rest:
            self.checkpoint()

    def _open(self) -> None:
        self._engine = create_engine(
            f"sqlite:///{self.path}",
            poolclass=QueuePool,
            pool_size=2,
            max_overflow=2,
            # They hold tokens.
            hide_parameters=True,
            connect_args={"timeout": BUSY_S, "check_same_thread": False},
        )
        event.listen(self._engine, "connect", self._set_up)
        event.listen(self._engine, "begin", _begin)
        with self._engine.connect() as connection:
            check = connection.execute(text("PRAGMA quick_check(1)")).scalar()
            if check != "ok":
                raise DatabaseError(None, None, sqlite3.DatabaseError("malformed"))
            self._bring_up_to_date(connection)

    def _set_up(self, connection: sqlite3.Connection, _: Any) -> None:
        # Python would begin a transaction where it sees fit, and none around changes of tables.
        connection.isolation_level = None
        connection.create_function("plain", 1, _plain, deterministic=True)
        for pragma in (
            "journal_mode=WAL",
            # With FULL a commit is on the disk when it returns, also in the log.
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is forgotten is gone from the file as well, and is not taken for what was lost (`damaged`).
            "secure_delete=ON",
            f"wal_autocheckpoint={self._autocheckpoint}",
            *self.extra_pragmas,
        ):
            connection.execute(f"PRAGMA {pragma}")

    def _bring_up_to_date(self, connection: Connection) -> None:
        version = connection.execute(text("PRAGMA user_version")).scalar_one()
        if version > VERSION:
            raise TooNew(f"{self.path.name} has version {version}")
        if version == 0:
            METADATA.create_all(connection)
            connection.execute(text(f"PRAGMA user_version={VERSION}"))
        else:
            migrate(connection, version)
        connection.commit()

    def _aside(self) -> Path:
        stamp = self._now().strftime("%Y%m%d-%H%M%S")
        return self.path.with_name(f"{self.path.name}.damaged-{stamp}")


@lru_cache(4096)
def _plain(token: str | None) -> str | None:
    """Return a token as it is compared; there are few cards, and many sessions of each."""
    return None if token is None else plain(token)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def is_damaged(error: DatabaseError) -> bool:
    """Whether the file, not the disk or what was asked, is to blame."""
    words = str(error.orig).lower()
    return any(word in words for word in _DAMAGED)
