"""When sessions are put on record: before a station is answered, each quarter hour; and what happens when they cannot be."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
import json
from pathlib import Path
import sqlite3

import pytest

from custom_components.evenload.engine.model.errors import StoreUnusable
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.sessions import Price, SessionQuery
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.vault import Part
from tests.engine.sessions.days import T0, Message
from tests.engine.sessions.test_replay import House
from tests.engine.store.booked import BookedHouse

MINUTE = timedelta(minutes=1)
ALL = SessionQuery(details=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


async def tell(house: House, minutes: float, kind: str, wh: float = 0) -> None:
    """Tell of a transaction of a 1.6 station as it happens."""
    at = T0 + minutes * MINUTE
    reason = "Local" if kind == "end" else None
    token = None if kind == "meter" else "card"
    message = Message(at, 1, kind, 101, wh, reason=reason, token=token)
    await house.tell(at + timedelta(seconds=1), message)


async def plug(house: House, minutes: float, status: EvseStatus) -> None:
    """Tell what a status shows."""
    at = T0 + minutes * MINUTE
    await house.tell(at, Message(at, 1, "status", status=status))


async def opened(path: Path, house: BookedHouse | None = None) -> BookedHouse:
    """A house with this file, or its next life without a good end of the last one."""
    disk = None if house is None else house.disk
    born = (
        BookedHouse(1, path=path) if disk is None else BookedHouse(1, disk, path=path)
    )
    if house is not None:
        born.at, born.ids = house.at, house.ids
    await born.site.load()
    return born


def rows(path: Path) -> list[tuple[float, float | None]]:
    """What is on the disk at this moment: energy and end of each session."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT energy_wh, ended_at FROM sessions").fetchall()


async def test_a_station_is_answered_when_its_session_is_on_the_disk(
    path: Path,
) -> None:
    house = await opened(path)
    await tell(house, 0, "start", 1000)
    assert rows(path) == [(0.0, None)]
    await tell(house, 10, "end", 3000)
    assert rows(path)[0][0] == 2000
    await house.site.close()


async def test_a_quarter_hour_is_on_the_disk_when_the_next_has_begun(
    path: Path,
) -> None:
    house = await opened(path)
    await tell(house, 0, "start", 1000)
    for minute in range(5, 35, 5):
        await tell(house, minute, "meter", 1000 + 100 * minute)
    await asyncio.gather(*house.site._bookkeeper._tasks)
    assert rows(path)[0][0] >= 1500
    # Without a good end: the next life knows what the disk does.
    await house.die()
    reborn = await opened(path, house)
    await tell(reborn, 40, "meter", 5000)
    (one,) = await reborn.site.list_sessions(ALL)
    assert one.account.energy_wh == 4000
    assert one.account.quarters[0].import_wh == pytest.approx(1500, abs=1)
    await reborn.site.close()


async def test_a_session_that_only_the_books_know_goes_on(path: Path) -> None:
    """Killed after the books were written and before the state was: the station tells its start again."""
    house = await opened(path)
    before = dict(house.disk.parts)
    await tell(house, 0, "start", 1000)
    house.disk.parts = before
    await house.die()
    reborn = await opened(path, house)
    await tell(reborn, 0, "start", 1000)
    await tell(reborn, 10, "end", 3000)
    (one,) = await reborn.site.list_sessions(ALL)
    assert one.transactions == (house.ids[101],)
    await reborn.site.close()


async def test_the_file_of_earlier_versions_is_taken_over(path: Path) -> None:
    old = House(1)
    await tell(old, 0, "start", 1000)
    await tell(old, 10, "end", 3000)
    await plug(old, 11, EvseStatus.AVAILABLE)
    await old.site.close()
    assert json.loads(old.disk.parts[Part.SESSIONS])["ended"]
    house = BookedHouse(1, old.disk, old.at, old.ids, path=path)
    await house.site.load()
    (one,) = await house.site.list_sessions(ALL)
    assert (one.account.energy_wh, one.transactions) == (2000, (old.ids[101],))
    assert json.loads(house.disk.parts[Part.SESSIONS]) == {"ended": []}
    # What was told before is known.
    await tell(house, 0, "start", 1000)
    assert len(await house.site.list_sessions(ALL)) == 1
    await house.site.close()


def breaking(house: BookedHouse) -> tuple[Callable[[], None], list[Notice]]:
    """A disk that is full from now on, until the returned function is called; and what the owner is told."""
    store = house.site._bookkeeper.store
    write, told = store.write, list[Notice]()
    house.site.on_notice(told.append)

    async def fail(_: object) -> list[object]:
        raise OSError("disk full")

    store.write = fail  # type: ignore[assignment,method-assign]  # for a while

    def mend() -> None:
        store.write = write  # type: ignore[method-assign]

    return mend, told


async def test_what_cannot_be_written_is_kept_with_the_state(path: Path) -> None:
    house = await opened(path)
    await tell(house, 0, "start", 1000)
    _, told = breaking(house)
    await tell(house, 10, "end", 3000)
    await plug(house, 11, EvseStatus.AVAILABLE)
    await house.site._memory.save()
    assert told[-1] == Notice(NoticeKind.STORAGE_FAILED, "", active=True)
    # Killed: the state has what the books have not.
    await house.die()
    reborn = await opened(path, house)
    (one,) = await reborn.site.list_sessions(ALL)
    assert one.account.energy_wh == 2000
    assert one.ended_at is not None
    await reborn.site.close()


async def test_what_cannot_be_written_is_written_later(path: Path) -> None:
    house = await opened(path)
    mend, told = breaking(house)
    await tell(house, 0, "start", 1000)
    await tell(house, 14, "meter", 3000)
    await tell(house, 29, "end", 4000)
    await plug(house, 30, EvseStatus.AVAILABLE)
    assert told[-1].active
    mend()
    (one,) = await house.site.list_sessions(ALL)
    assert not told[-1].active
    assert one.account.energy_wh == 3000
    assert one.account.quarters[0].import_wh > 2000
    await house.site.close()


async def test_without_a_file_the_vault_keeps_the_last_sessions(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    house = await opened(tmp_path / "file" / "sessions.db")
    told: list[Notice] = []
    house.site.on_notice(told.append)
    assert Notice(NoticeKind.SESSIONS_UNUSABLE, "") in told
    await tell(house, 0, "start", 1000)
    await tell(house, 10, "end", 3000)
    await plug(house, 11, EvseStatus.AVAILABLE)
    with pytest.raises(StoreUnusable):
        await house.site.list_sessions(ALL)
    await house.site.close()
    assert len(json.loads(house.disk.parts[Part.SESSIONS])["ended"]) == 1


class Silent:
    """Prices that are not known until somebody says so."""

    def __init__(self, speaks: bool = False) -> None:
        self.speaks = speaks

    def price_at(self, moment: datetime) -> Price | None:
        return Price(0.5, currency="EUR") if self.speaks else None


async def test_a_price_that_is_missing_for_hours_is_counted_when_it_comes(
    path: Path,
) -> None:
    house = await opened(path)
    prices = house.site._bookkeeper.pricing.prices = Silent()
    await tell(house, 0, "start", 1000)
    await tell(house, 60, "meter", 3000)
    await tell(house, 120, "end", 5000)
    await plug(house, 121, EvseStatus.AVAILABLE)
    (one,) = await house.site.list_sessions(ALL)
    assert (one.account.cost, one.account.unpriced_wh) == (None, 4000)
    prices.speaks = True
    (one,) = await house.site.list_sessions(ALL)
    assert (one.account.cost, one.account.unpriced_wh) == (pytest.approx(2.0), 0)
    await house.site.close()


async def test_a_price_that_comes_after_a_restart_is_counted(path: Path) -> None:
    """Of a part the price was known; of the rest it is said that it was not, and not that it cost nothing."""
    house = await opened(path)
    prices = house.site._bookkeeper.pricing.prices = Silent(True)
    await tell(house, 0, "start", 1000)
    await tell(house, 60, "meter", 3000)
    # What is asked for is looked up: until then, and in the quarter hour that runs.
    await house.site.list_sessions(ALL)
    prices.speaks = False
    await tell(house, 75, "meter", 4000)
    await tell(house, 120, "end", 6000)
    await plug(house, 121, EvseStatus.AVAILABLE)
    (one,) = await house.site.list_sessions(ALL)
    assert one.account.energy_wh == 5000
    assert one.account.unpriced_wh == pytest.approx(2000, abs=1)
    assert one.account.cost == pytest.approx(1.5)
    totals = await house.site.session_totals(SessionQuery())
    assert totals[None].unpriced_wh == pytest.approx(2000, abs=1)
    await house.die()
    reborn = await opened(path, house)
    reborn.site._bookkeeper.pricing.prices = Silent(True)
    (one,) = await reborn.site.list_sessions(ALL)
    assert (one.account.cost, one.account.unpriced_wh) == (pytest.approx(2.5), 0)
    await reborn.site.close()


async def test_pauses_are_on_record_with_their_reasons(path: Path) -> None:
    house = await opened(path)
    await tell(house, 0, "start", 1000)
    await plug(house, 1, EvseStatus.CHARGING)
    await plug(house, 10, EvseStatus.SUSPENDED_EV)
    await plug(house, 20, EvseStatus.CHARGING)
    await plug(house, 25, EvseStatus.SUSPENDED_EVSE)
    await house.die()
    reborn = await opened(path, house)
    await plug(reborn, 35, EvseStatus.CHARGING)
    await tell(reborn, 40, "end", 3000)
    (one,) = await reborn.site.list_sessions(ALL)
    lasted = [
        (pause.reason, (pause.ended_at or T0) - pause.started_at)
        for pause in one.pauses
    ]
    assert lasted[0] == ("vehicle", 10 * MINUTE)
    assert [length for _, length in lasted[1:]] == [10 * MINUTE]
    await reborn.site.close()


async def test_late_energy_is_told_by_the_hours_in_which_it_flowed(
    path: Path,
) -> None:
    house = await opened(path)
    found = []
    house.site.on_late_energy(found.append)
    await tell(house, -60, "start", 1000)
    await tell(house, -59, "meter", 1000)
    house.at = T0
    # The network is away for three hours.
    for minute, wh in ((60, 4000), (120, 6000)):
        at = T0 + minute * MINUTE
        message = Message(at, 1, "meter", 101, wh)
        await house.tell(T0 + 185 * MINUTE, message)
    house.site._bookkeeper.late.tell()
    (late,) = found
    assert not late.exported
    hours = {(hour - T0) / (60 * MINUTE): wh for hour, wh in late.hours.items()}
    assert sum(hours.values()) == pytest.approx(5000)
    assert hours[1] == pytest.approx(2000)
    await house.site.close()
