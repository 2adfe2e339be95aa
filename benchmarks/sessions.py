"""A hundred thousand sessions: how long it takes to write them, to find a month of them, to export them; and the memory.

usage: scripts/bench sessions [SESSIONS]     how many (default 100000)
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
import resource
import sys
import tempfile
from time import perf_counter

from pytest_homeassistant_custom_component.common import MockConfigEntry

from benchmarks.figures import figure, machine
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import SessionQuery, Tariff
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.engine.sessions.accounts import Kind
from custom_components.evenload.engine.sessions.curves import slot_of
from custom_components.evenload.engine.sessions.store.batch import Batch
from custom_components.evenload.engine.sessions.store.store import SessionStore
from custom_components.evenload.session_tables import write_csv

SESSIONS = 100_000
AT_A_TIME = 500
STATIONS = 50
GOAL_MS = 200.0

END = datetime(2026, 11, 1, tzinfo=UTC)
# Fifty stations with three or four sessions a day each.
APART = timedelta(minutes=8)


def session(number: int, at: datetime, random: Random) -> Session:
    """A session of some hours at one of the stations."""
    key = EvseKey(f"station{number % STATIONS}", 1)
    end = at + timedelta(minutes=random.randint(20, 360))
    wh = random.randint(500, 60_000)
    transaction = Transaction(
        *(str(number), key, at, f"card{number % 200}", 1000.0, None, end, end, "Local"),
        meter_stop_wh=1000.0 + wh,
    )
    return Session(key, at, (transaction,), end)


def batches(count: int) -> Iterable[Batch]:
    """Go through all of them, with the readings and prices of their quarter hours."""
    random = Random(2026)  # no secret
    begun = END - count * APART
    for first in range(0, count, AT_A_TIME):
        batch = Batch()
        for number in range(first, min(first + AT_A_TIME, count)):
            one = session(number, begun + number * APART, random)
            batch.sessions.append(one)
            batch.drivers[one.key.identity, one.token] = f"driver{number % 200}"
            middle = one.started_at + timedelta(minutes=15)
            batch.read(one.key, Kind.IMPORTED, 1000.0, middle)
            slot = slot_of(one.started_at.timestamp())
            for late in range(25):
                batch.tariffs[slot + late] = Tariff(0.3, currency="EUR")
        yield batch


async def timed[T](do: Callable[[], Awaitable[T]], times: int = 1) -> tuple[float, T]:
    """Return how many seconds something took, at best, and what came of it."""
    best, found = float("inf"), None
    for _ in range(times):
        began = perf_counter()
        found = await do()
        best = min(best, perf_counter() - began)
    assert found is not None
    return best, found


async def measure(count: int, folder: Path) -> None:
    """Write, ask and export, and print a line for each."""
    store = SessionStore(folder / "sessions.db", lambda: END)
    await store.open()
    before_mb = _memory_mb()
    began = perf_counter()
    for batch in batches(count):
        await store.write(batch)
    insert_s = perf_counter() - began
    size_mb = (folder / "sessions.db").stat().st_size / 1e6
    month = SessionQuery(start=END - timedelta(days=30), end=END)
    month_s, found = await timed(lambda: store.records(month), 3)
    one = SessionQuery(
        start=month.start, end=END, drivers=frozenset({"driver7"}), details=True
    )
    driver_s, of_driver = await timed(lambda: store.records(one), 3)
    totals_s, totals = await timed(lambda: store.totals(month), 3)
    list_s, _ = await timed(lambda: store.records(SessionQuery(limit=100)), 3)
    next_s, _ = await timed(
        lambda: store.write(Batch([session(count, END, Random(1))]))
    )
    asked_mb = _memory_mb()
    entry = MockConfigEntry(domain="evenload")
    path = folder / "all.csv"
    export_s, _ = await timed(
        lambda: store.each(SessionQuery(), write_csv(entry, path))
    )
    export_mb = path.stat().st_size / 1e6
    memory_mb = _memory_mb()
    again = SessionStore(folder / "sessions.db", lambda: END)
    await store.close()
    open_s, _ = await timed(lambda: _opened(again))
    await again.close()
    print(machine())
    print(
        f"insert {count} sessions        {insert_s:8.1f} s   {insert_s / count * 1e3:.2f} ms each"
    )
    print(f"one more, on the disk          {next_s * 1e3:8.1f} ms")
    print(f"the last 100                   {list_s * 1e3:8.1f} ms")
    print(f"a month ({len(found)} sessions)         {month_s * 1e3:8.1f} ms")
    print(
        f"a driver's month, with details {driver_s * 1e3:8.1f} ms   {len(of_driver)} sessions"
    )
    print(
        f"a month's totals by driver     {totals_s * 1e3:8.1f} ms   {len(totals)} drivers"
    )
    print(f"export of all as CSV           {export_s:8.1f} s   {export_mb:.0f} MB")
    print(f"open, with a check of the file {open_s * 1e3:8.1f} ms   {size_mb:.0f} MB")
    print(
        f"memory: {before_mb:.0f} MB before, {asked_mb:.0f} MB after, {memory_mb:.0f} MB after the export"
    )
    for name, seconds in (
        ("sessions_month", month_s),
        ("sessions_totals", totals_s),
        ("sessions_driver", driver_s),
    ):
        print(figure(name, seconds * 1e3, "ms", GOAL_MS))


async def _opened(store: SessionStore) -> bool:
    await store.open()
    return True


def _memory_mb() -> float:
    """Return the most memory that was used so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    """Measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(count, Path(name)))


if __name__ == "__main__":
    main()
