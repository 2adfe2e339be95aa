"""The file of sessions: what is written is there, found quickly, copied whole, forgotten in time, and survives what it can."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
import sqlite3
from threading import Event

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import (
    Pause,
    SessionQuery,
    SessionRecord,
    SignedValue,
    Tariff,
)
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.engine.sessions.accounts import Kind
from custom_components.evenload.engine.sessions.curves import slot_of
from custom_components.evenload.engine.sessions.store.batch import Batch
from custom_components.evenload.engine.sessions.store.store import SessionStore, TooNew

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
KEY = EvseKey("garage", 1)
ALL = SessionQuery(details=True)


def session(number: int = 1, hours: float = 1.0, at: datetime = T0) -> Session:
    """A session of 4 kWh."""
    end = at + timedelta(hours=hours)
    transaction = Transaction(
        *(str(number), KEY, at, "card", 1000.0, None, end, end, "Local"),
        meter_stop_wh=5000.0,
    )
    return Session(KEY, at, (transaction,), end)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SessionStore]:
    store = SessionStore(path, lambda: T0 + timedelta(days=1))
    await store.open()
    yield store
    await store.close()


async def reopened(path: Path) -> SessionStore:
    """The same file in another life."""
    store = SessionStore(path, lambda: T0)
    await store.open()
    return store


async def test_what_is_written_is_there_in_another_life(
    store: SessionStore, path: Path
) -> None:
    batch = Batch([session()], drivers={("garage", "card"): "anna"})
    batch.read(KEY, Kind.IMPORTED, 2000.0, T0 + timedelta(minutes=15))
    batch.tariffs = {slot_of(T0.timestamp()) + n: Tariff(0.25) for n in range(4)}
    signed = SignedValue(T0, "OCMF|{}|{}", "Transaction.Begin", "OCMF", None, "KEY")
    batch.sign("garage", "1", signed)
    pause = Pause(T0 + timedelta(minutes=5), T0 + timedelta(minutes=9), "main_fuse")
    batch.pauses[KEY, pause.started_at] = pause
    (booked,) = await store.write(batch)
    await store.close()
    other = await reopened(path)
    (one,) = await other.records(ALL)
    assert (one.id, one.driver, one.token) == (booked.id, "anna", "card")
    assert one.account.cost == pytest.approx(1.0)
    assert one.account.quarters[0].import_wh == pytest.approx(1000)
    assert (one.signed, one.pauses) == ((signed,), (pause,))
    assert await other.last_ended(10) == [session()]
    await other.close()


async def test_a_session_keeps_its_id_whatever_becomes_of_it(
    store: SessionStore,
) -> None:
    (first,) = await store.write(Batch([session(1)]))
    longer = session(1).holding(session(2, at=T0 + timedelta(hours=2)).transactions[0])
    (again,) = await store.write(Batch([longer]))
    assert again.id == first.id
    # What was one turns out to be two.
    await store.write(
        Batch([session(1), session(2, at=T0 + timedelta(hours=2))]),
    )
    assert [one.transactions for one in await store.records(ALL)] == [("2",), ("1",)]
    # And one again: the other is gone.
    await store.write(Batch([longer]))
    (one,) = await store.records(ALL)
    assert (one.id, one.transactions) == (first.id, ("1", "2"))


async def test_a_driver_stays_who_it_was(store: SessionStore) -> None:
    await store.write(Batch([session()], drivers={("garage", "card"): "anna"}))
    await store.write(Batch([session()], drivers={("garage", "card"): "ben"}))
    (one,) = await store.records(ALL)
    assert one.driver == "anna"
    totals = await store.totals(SessionQuery(drivers=frozenset({"anna"})))
    assert totals["anna"].energy_wh == pytest.approx(4000)


async def test_a_price_that_comes_later_is_counted(store: SessionStore) -> None:
    await store.write(Batch([session()]))
    slots = [slot_of(T0.timestamp()) + n for n in range(4)]
    prices = {slot: Tariff(0.5, currency="EUR") for slot in slots}
    (booked,) = await store.write(Batch(tariffs=prices))
    assert booked.account.cost == pytest.approx(2.0)
    # The first price that was known held.
    await store.write(Batch(tariffs={slot: Tariff(9.0) for slot in slots}))
    (one,) = await store.records(ALL)
    assert one.account.cost == pytest.approx(2.0)


async def test_a_copy_made_while_the_file_rests_is_whole(
    store: SessionStore, path: Path, tmp_path: Path
) -> None:
    await store.write(Batch([session(1)]))
    await store.rest(rest=True)
    main = path.read_bytes()
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    for number in range(2, 40):
        at = T0 + timedelta(days=number)
        await store.write(Batch([session(number, at=at)]))
    # Nothing waited, and the main file is as it was.
    assert path.read_bytes() == main
    log = path.with_name("sessions.db-wal").read_bytes()
    # Even the log may be cut off anywhere.
    copy.with_name("copy.db-wal").write_bytes(log[: len(log) * 2 // 3])
    await store.rest(rest=False)
    restored = await reopened(copy)
    found = {one.transactions[0] for one in await restored.records(ALL)}
    assert found == {str(number) for number in range(1, len(found) + 1)}
    assert 1 < len(found) < 39
    await restored.close()
    assert len(await store.records(ALL)) == 39


async def test_old_sessions_are_forgotten(store: SessionStore) -> None:
    old = session(1, at=T0 - timedelta(days=100))
    batch = Batch([old, session(2)])
    batch.sign("garage", "1", SignedValue(T0, "OCMF|old"))
    batch.read(KEY, Kind.IMPORTED, 1.0, T0 - timedelta(days=100))
    await store.write(batch)
    assert await store.prune(None) == 0
    assert await store.prune(T0 - timedelta(days=30)) == 1
    (one,) = await store.records(ALL)
    assert one.transactions == ("2",)


async def test_what_was_read_for_an_old_session_is_not_missed(
    store: SessionStore,
) -> None:
    """Its figures stay, also when it is corrected after its readings and prices were forgotten."""
    old = session(1, at=T0 - timedelta(days=100))
    slot = slot_of(old.started_at.timestamp())
    await store.write(Batch([old], tariffs={slot + n: Tariff(0.25) for n in range(4)}))
    await store.prune(None)
    await store.write(Batch([old]))
    (one,) = await store.records(ALL)
    assert one.account.cost == pytest.approx(1.0)


async def test_a_damaged_file_gives_what_can_be_read_of_it(path: Path) -> None:
    store = await reopened(path)
    days = [T0 + timedelta(days=number) for number in range(400)]
    every = [session(number, at=at) for number, at in enumerate(days, 1)]
    await store.write(Batch(every))
    await store.close()
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(data)
    store = await reopened(path)
    assert store.set_aside is not None
    found = await store.records(ALL)
    assert len(found) == store.salvaged
    assert 200 < len(found) < 400
    # And it goes on.
    await store.write(Batch([session(1000, at=T0 + timedelta(days=1000))]))
    assert len(await store.records(ALL)) == len(found) + 1
    await store.close()


async def test_a_full_disk_costs_nothing_that_was_there(
    store: SessionStore, path: Path
) -> None:
    await store.write(Batch([session(1)]))
    engine = store._database.engine
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    engine.dispose()
    store._database.extra_pragmas = (f"max_page_count={pages}",)
    many = Batch([session(n, at=T0 + timedelta(days=n)) for n in range(2, 200)])
    with pytest.raises(OSError, match="full"):
        await store.write(many)
    assert len(await store.records(ALL)) == 1
    store._database.extra_pragmas = ()
    engine.dispose()
    await store.write(many)
    assert len(await store.records(ALL)) == 199


async def test_a_later_version_s_file_is_not_touched(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(TooNew):
        await reopened(path)


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        await reopened(tmp_path / "file" / "sessions.db")


async def test_who_reads_waits_for_nobody_who_writes(store: SessionStore) -> None:
    batches = [Batch([session(n, at=T0 + timedelta(days=n))]) for n in range(1, 30)]
    writes = [store.write(batch) for batch in batches]
    reads = [store.records(ALL) for _ in range(10)]
    await asyncio.gather(*writes, *reads)
    assert len(await store.records(ALL)) == 29


async def test_the_file_is_let_go_of_when_who_reads_has_ended(
    store: SessionStore, path: Path
) -> None:
    await store.write(Batch([session()]))
    begun, go_on = Event(), Event()

    def slowly(records: Iterable[SessionRecord]) -> int:
        begun.set()
        assert go_on.wait(10)
        return len([*records])

    reading = asyncio.create_task(store.each(ALL, slowly))
    await asyncio.to_thread(begun.wait, 10)
    # Who asked is gone; the thread is not.
    reading.cancel()
    closing_ = asyncio.create_task(store.close())
    _, waits = await asyncio.wait({closing_}, timeout=0.05)
    assert waits
    go_on.set()
    await closing_
    # Whose last connection is closed has no log beside it.
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    with pytest.raises(OSError, match="closed"):
        await store.records(ALL)
