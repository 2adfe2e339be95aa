"""A file of sessions that was damaged or cut off anywhere: what still stands in it is taken over, as it was."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
import random

import pytest

from custom_components.evenload.engine.model.sessions import (
    SessionQuery,
    SessionRecord,
    SignedValue,
    Tariff,
)
from custom_components.evenload.engine.sessions.curves import slot_of
from custom_components.evenload.engine.sessions.store.batch import Batch
from custom_components.evenload.engine.sessions.store.pages import stranded
from custom_components.evenload.engine.sessions.store.store import SessionStore
from tests.engine.store.test_store import T0, session

PAGE = 4096
MANY = 400
ALL = SessionQuery(details=True)
HOURS = timedelta(hours=3)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SessionStore]:
    store = SessionStore(path, lambda: T0 + MANY * HOURS)
    await store.open()
    yield store
    await store.close()


def batch(first: int, most: int) -> Batch:
    """Sessions of 4 kWh, every fifth of them with a price and so long that its row does not fit on a page."""
    found = Batch()
    for number in range(first, first + most):
        at = T0 + number * HOURS
        is_long = not number % 5
        one = session(number, 60.0 if is_long else 1.0, at)
        found.sessions.append(one)
        found.sign("garage", str(number), SignedValue(at, f"OCMF|{number}"))
        slot = slot_of(at.timestamp())
        found.tariffs |= {slot + quarter: Tariff(0.25) for quarter in range(4)}
    return found


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[bytes, list[SessionRecord]]:
    """A file, and what is on record in it."""
    path = tmp_path_factory.mktemp("whole") / "sessions.db"

    async def made() -> list[SessionRecord]:
        async with opened(path) as store:
            for first in range(1, MANY, 50):
                await store.write(batch(first, 50))
            return await store.records(ALL)

    records = asyncio.run(made())
    return path.read_bytes(), records


def cut(data: bytearray, chance: random.Random) -> float:
    """The end is missing."""
    left = chance.uniform(0.05, 0.98)
    del data[int(len(data) * left) :]
    return left


def blank(data: bytearray, chance: random.Random) -> float:
    """The end was never written: a file system that made room, and lost power."""
    left = chance.uniform(0.05, 0.98)
    end = int(len(data) * left)
    data[end:] = bytes(len(data) - end)
    return left


def noise(data: bytearray, chance: random.Random) -> float:
    """One page in fifty holds something else."""
    pages = len(data) // PAGE
    bad = max(1, pages // 50)
    for _ in range(bad):
        at = chance.randrange(1, pages) * PAGE
        data[at : at + PAGE] = chance.randbytes(PAGE)
    return 1 - 4 * bad / pages


def beheaded(data: bytearray, _: random.Random) -> float:
    """The first page is gone, and with it what tables there are."""
    data[:PAGE] = bytes(PAGE)
    return 1.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("damage", [cut, blank, noise, beheaded])
def test_what_stands_in_it_is_taken_over_as_it_was(
    whole: tuple[bytes, list[SessionRecord]],
    tmp_path: Path,
    damage: Callable[[bytearray, random.Random], float],
    seed: int,
) -> None:
    data, records = bytearray(whole[0]), {one.id: one for one in whole[1]}
    left = damage(data, random.Random(seed))
    path = tmp_path / "sessions.db"
    path.write_bytes(data)

    async def taken_over() -> list[SessionRecord]:
        async with opened(path) as store:
            assert store.set_aside is not None
            assert store.set_aside.exists()
            found = await store.records(ALL)
            assert store.salvaged == len(found)
            # And it goes on; what is told again of one that is there makes no second of it.
            again = [one.transactions[0] for one in found[:3] if one.transactions]
            await store.write(Batch([batch(int(one), 1).sessions[0] for one in again]))
            await store.write(batch(MANY + 1, 1))
            assert len(await store.records(ALL)) == len(found) + 1
            return found

    found = asyncio.run(taken_over())
    # So much of the file is left, less its tables of contents.
    assert len(found) >= (left - 0.12) * MANY
    for one in found:
        known = records[one.id]
        assert (one.key, one.started_at, one.token) == (
            known.key,
            known.started_at,
            known.token,
        )
        assert (one.account.energy_wh, one.account.cost, one.meter_stop_wh) == (
            known.account.energy_wh,
            known.account.cost,
            known.meter_stop_wh,
        )
        assert one.transactions in {known.transactions, ()}
        assert one.account.quarters in {known.account.quarters, ()}
        assert one.signed in {known.signed, ()}


def test_what_was_forgotten_does_not_come_back(
    whole: tuple[bytes, list[SessionRecord]], tmp_path: Path
) -> None:
    path = tmp_path / "sessions.db"
    path.write_bytes(whole[0])

    async def story() -> None:
        async with opened(path) as store:
            gone = await store.prune(T0 + MANY // 2 * HOURS)
            assert gone > MANY // 4
        data = bytearray(path.read_bytes())
        beheaded(data, random.Random())
        path.write_bytes(data)
        async with opened(path) as store:
            assert store.salvaged == MANY - gone

    asyncio.run(story())


@pytest.mark.timeout(20)
def test_pages_that_lead_round_in_circles_end(tmp_path: Path) -> None:
    """A row that says of itself that it has 4 TB, and goes on on a page that goes on on itself."""
    row = bytes([0x81, *[0x80] * 5, 0]) + b"\x01"
    head = b"\x0d\x00\x00\x00\x01\x00\x10\x00\x00\x10"
    third = (3).to_bytes(4)
    # Of such a row 489 bytes stand on its own page (SQLite's Database File Format, 1.6), and then where it goes on.
    leaf = (head.ljust(16) + row).ljust(16 + len(row) + 489) + third
    path = tmp_path / "damaged.db"
    path.write_bytes(bytes(PAGE) + leaf.ljust(PAGE) + third.ljust(PAGE))
    assert [*stranded(path, ("id", "token"), "id")] == []
