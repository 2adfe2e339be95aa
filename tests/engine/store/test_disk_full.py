"""A disk on which nothing more fits: what was confirmed is there, what comes meanwhile is written when there is room again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
import resource

import pytest

from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.sessions import SessionQuery
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.sessions.days import T0, Message
from tests.engine.store.booked import BookedHouse

ALL = SessionQuery(details=True)
MINUTE = timedelta(minutes=1)


@contextmanager
def no_room(path: Path) -> Iterator[None]:
    """No file grows beyond what the log of this database is now: as the system refuses it, so does a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = path.with_name(path.name + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(size, 1), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def visit(house: BookedHouse, number: int) -> None:
    """A vehicle takes 2 kWh in ten minutes."""
    begun, wh = T0 + number * 60 * MINUTE, 2000.0 * number
    card, nth = "card", 100 + number

    def at(minutes: int) -> datetime:
        return begun + minutes * MINUTE

    for message in (
        Message(at(0), 1, "start", nth, wh, token=card),
        Message(at(5), 1, "meter", nth, wh + 900),
        Message(at(10), 1, "end", nth, wh + 2000, reason="Local", token=card),
        Message(at(11), 1, "status", status=EvseStatus.AVAILABLE),
    ):
        await house.tell(message.at + timedelta(seconds=1), message)


async def test_a_disk_that_is_full_for_a_while(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    house = BookedHouse(1, path=path)
    await house.site.load()
    told: list[Notice] = []
    house.site.on_notice(told.append)
    await visit(house, 1)
    with no_room(path):
        for number in range(2, 5):
            # The station is answered, and charges.
            await visit(house, number)
        assert told[-1] == Notice(NoticeKind.STORAGE_FAILED, "", active=True)
        # What was there can be read.
        (one,) = await house.site.list_sessions(ALL)
        assert one.account.energy_wh == 2000
    found = await house.site.list_sessions(ALL)
    assert [one.account.energy_wh for one in found] == [2000] * 4
    assert not told[-1].active
    # It was no damage, and nothing was put aside for it.
    assert house.site._bookkeeper.store.set_aside is None
    await house.site.close()


@pytest.mark.parametrize("dies", [True, False])
async def test_a_restart_while_the_disk_of_the_sessions_is_full(
    tmp_path: Path, dies: bool
) -> None:
    """What could not be put on record went with the state, where there was room."""
    path = tmp_path / "sessions.db"
    house = BookedHouse(1, path=path)
    await house.site.load()
    await visit(house, 1)
    with no_room(path):
        await visit(house, 2)
        await house.site._memory.save()
        end: Callable[[], object] = house.die if dies else house.site.close
        await end()
    reborn = BookedHouse(1, house.disk, house.at, house.ids, path=path)
    await reborn.site.load()
    found = await reborn.site.list_sessions(ALL)
    assert [one.account.energy_wh for one in found] == [2000, 2000]
    await reborn.site.close()
