"""The store of sessions as the rest of the engine sees it: nothing of it blocks the event loop."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from ...model.identity import EvseKey
from ...model.sessions import (
    Billing,
    Booked,
    Pause,
    SessionQuery,
    SessionRecord,
    Totals,
)
from ...model.transactions import Session
from . import reading
from .batch import Batch
from .database import Database, TooNew, is_damaged
from .pruning import prune
from .writing import name_drivers, write

__all__ = ["SessionStore", "TooNew"]


class SessionStore:
    """Sessions on the disk. One thread writes, in the order in which it is asked; others read meanwhile."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Name the file; nothing is opened yet."""
        self._database = Database(path, now)
        self._now = now
        self._is_closed = False
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="evenload sessions")
        # What is being read just now.
        self._reading: set[asyncio.Future[Any]] = set()

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    @property
    def set_aside(self) -> Path | None:
        """Where a damaged file was put in this life, if one was."""
        return self._database.set_aside

    @property
    def salvaged(self) -> int:
        """How many sessions could be read out of it."""
        return self._database.salvaged

    async def open(self) -> None:
        """Open the file; where that fails it may be tried again. Raises `OSError` or `TooNew`."""
        await self._on_writer(self._database.open)

    async def close(self) -> None:
        """Let go of the file when all is written and read; what is closed stays so."""
        if self._is_closed:
            return
        self._is_closed = True
        # A connection that is lent would stay open.
        await asyncio.gather(*self._reading, return_exceptions=True)
        await self._on_writer(self._database.close)
        # The thread has nothing more to do, and is gone when this returns.
        await asyncio.get_running_loop().run_in_executor(None, self._writer.shutdown)

    async def write(self, batch: Batch) -> list[Booked]:
        """Write a batch; on return it is on the disk. Raises `OSError`, and then nothing of it is."""
        return await self._on_writer(lambda: self._write(batch))

    async def last_ended(self, most: int) -> list[Session]:
        """Return the sessions that ended last, the oldest first. Raises `OSError`."""
        return await self._on_reader(lambda: self._last_ended(most))

    async def still_open(self) -> list[Session]:
        """Return the sessions that had not ended when they were last written. Raises `OSError`."""
        return await self._on_reader(self._still_open)

    async def open_pauses(self) -> list[tuple[EvseKey, Pause]]:
        """Return the pauses that had not ended when they were last written. Raises `OSError`."""
        return await self._on_reader(self._open_pauses)

    async def records(self, query: SessionQuery) -> list[SessionRecord]:
        """Return the sessions that a query means, the newest first. Raises `OSError`."""
        return await self._on_reader(lambda: self._records(query))

    async def totals(self, query: SessionQuery) -> dict[str | None, Totals]:
        """Return what the sessions that a query means came to, by driver. Raises `OSError`."""
        return await self._on_reader(lambda: self._totals(query))

    async def unpriced(self, since: datetime) -> set[int]:
        """Return the quarter hours of sessions since then that have no cost. Raises `OSError`."""
        return await self._on_reader(lambda: self._unpriced(since))

    async def each[T](
        self, query: SessionQuery, do: Callable[[Iterable[SessionRecord]], T]
    ) -> T:
        """Hand the sessions that a query means to a function, one after the other, on a thread. Raises `OSError`."""
        return await self._on_reader(lambda: self._each(query, do))

    async def prune(self, before: datetime | None) -> int:
        """Forget the sessions that ended before a moment, and readings that no session needs any more.

        Returns how many sessions went; None keeps them all. Raises `OSError`.
        """
        return await self._on_writer(lambda: self._prune(before))

    async def name(self, drivers: Mapping[str, Billing]) -> None:
        """Put on record what holds of drivers, in sessions of a time when that was not done. Raises `OSError`."""
        await self._on_writer(lambda: self._name(drivers))

    async def rest(self, *, rest: bool) -> None:
        """Leave the file as it is while it is copied. Raises `OSError`."""
        await self._on_writer(lambda: self._database.rest(rest=rest))

    async def _on_writer[T](self, do: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, _translated, do)

    async def _on_reader[T](self, do: Callable[[], T]) -> T:
        if self._is_closed:
            raise OSError("sessions: the file is closed")
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(None, _translated, do)
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)
        # Who does not care for the answer any more does not end the thread.
        return await asyncio.shield(reading)

    def _write(self, batch: Batch) -> list[Booked]:
        try:
            with self._database.engine.begin() as connection:
                return write(connection, batch)
        except DatabaseError as error:
            if not is_damaged(error):
                raise
        # What was confirmed before is in the damaged file, or lost with it; what comes now need not be.
        self._database.replace()
        with self._database.engine.begin() as connection:
            return write(connection, batch)

    def _last_ended(self, most: int) -> list[Session]:
        with self._database.engine.connect() as connection:
            return reading.last_ended(connection, most)

    def _still_open(self) -> list[Session]:
        with self._database.engine.connect() as connection:
            return reading.still_open(connection)

    def _open_pauses(self) -> list[tuple[EvseKey, Pause]]:
        with self._database.engine.connect() as connection:
            return reading.open_pauses(connection)

    def _records(self, query: SessionQuery) -> list[SessionRecord]:
        return self._each(query, list)

    def _unpriced(self, since: datetime) -> set[int]:
        with self._database.engine.connect() as connection:
            return reading.unpriced(connection, since)

    def _totals(self, query: SessionQuery) -> dict[str | None, Totals]:
        with self._database.engine.connect() as connection:
            return reading.totals(connection, query)

    def _each[T](
        self, query: SessionQuery, do: Callable[[Iterable[SessionRecord]], T]
    ) -> T:
        with self._database.engine.connect() as connection:
            return do(reading.records(connection, query))

    def _name(self, drivers: Mapping[str, Billing]) -> None:
        with self._database.engine.begin() as connection:
            name_drivers(connection, drivers)

    def _prune(self, before: datetime | None) -> int:
        with self._database.engine.begin() as connection:
            return prune(connection, before, self._now())


def _translated[T](do: Callable[[], T]) -> T:
    """Do something with the database. Raises `OSError` where that cannot be done."""
    try:
        return do()
    except SQLAlchemyError as error:
        raise OSError(f"sessions: {error}") from error
