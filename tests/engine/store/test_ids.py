"""Ids are in bills: whatever becomes of the file, none is used again."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.engine.sessions.store.batch import Batch
from custom_components.evenload.engine.sessions.store.store import SessionStore

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
KEY = EvseKey("garage", 1)


def sessions(first: int, most: int) -> Batch:
    """So many sessions, one each hour."""
    found = []
    for number in range(first, first + most):
        at = T0 + timedelta(hours=number)
        transaction = Transaction(str(number), KEY, at, None, 0.0, None, at, at)
        found.append(Session(KEY, at, (transaction,), at))
    return Batch(found)


def overwritten(path: Path) -> None:
    path.write_bytes(b"This is no database at all." * 400)


def cut_off(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def of_no_session(path: Path) -> None:
    """The rows of sessions cannot be read, all else can."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'sessions'"
        [page] = connection.execute(query).fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


@pytest.mark.parametrize("damage", [overwritten, cut_off, of_no_session])
async def test_no_id_is_used_again_after_damage(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "sessions.db"
    given: set[int] = set()
    for life in range(3):
        store = SessionStore(path, lambda life=life: T0 + timedelta(minutes=5 * life))
        await store.open()
        booked = await store.write(sessions(1000 * life, 100))
        ids = {one.id for one in booked}
        assert len(ids) == 100
        assert min(ids) > max(given, default=0)
        given |= ids
        await store.close()
        damage(path)
