"""A file of sessions that cannot be opened at first: it is tried again, and what was told meanwhile is on record as if nothing had been."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import json
from pathlib import Path

import pytest

from custom_components.evenload.engine.model.errors import StoreUnusable
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.sessions import SessionQuery, SessionRecord
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.vault import Part
from tests.engine.sessions.days import T0, Message
from tests.engine.store.booked import BookedHouse

ALL = SessionQuery(details=True)
MINUTE = timedelta(minutes=1)


async def try_again(house: BookedHouse) -> None:
    """Let a quarter of an hour pass."""
    keeper = house.site._bookkeeper
    assert keeper is not None
    keeper._look_again()
    await asyncio.gather(*keeper._tasks)


async def tell(house: BookedHouse, minutes: float, message: Message) -> None:
    """Tell it as it happens."""
    await house.tell(T0 + minutes * MINUTE + timedelta(seconds=1), message)


async def visit(
    house: BookedHouse, number: int, minutes: tuple[int, ...], wh: tuple[int, ...]
) -> None:
    """A vehicle comes, and takes what its meter says at these minutes."""
    first, *between, last = (
        (minute, 1000.0 * number + taken)
        for minute, taken in zip(minutes, wh, strict=True)
    )

    def at(minute: int, kind: str, told_wh: float) -> Message:
        card, reason = "card", "Local" if kind == "end" else None
        token = None if kind == "meter" else card
        moment = T0 + minute * MINUTE
        return Message(moment, 1, kind, number, told_wh, reason=reason, token=token)

    await tell(house, first[0], at(first[0], "start", first[1]))
    for minute, told_wh in between:
        await tell(house, minute, at(minute, "meter", told_wh))
    await tell(house, last[0], at(last[0], "end", last[1]))
    gone = Message(
        T0 + (last[0] + 1) * MINUTE, 1, "status", status=EvseStatus.AVAILABLE
    )
    await tell(house, last[0] + 1, gone)


async def begun(tmp_path: Path) -> tuple[BookedHouse, Path]:
    """Return a house that could not open its file, and what is in the way of that."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    house = BookedHouse(1, path=blocked / "sessions.db")
    await house.site.load()
    return house, blocked


async def day(house: BookedHouse, mended: Callable[[], None]) -> list[SessionRecord]:
    """Two vehicles come, one after the other; only then can the file be opened. A third one comes afterwards."""
    # Much in the first quarter of an hour, and little in the second, in which all of it is the roof's.
    for seconds in range(15 * 60, 29 * 60, 30):
        house.site._note_flows(T0 + timedelta(seconds=seconds), -500.0, 400.0)
    await visit(house, 1, (0, 5, 14, 20, 29), (0, 900, 2400, 2500, 2600))
    await try_again(house)
    await visit(house, 2, (60, 70, 95), (0, 100, 3000))
    mended()
    await try_again(house)
    await visit(house, 3, (120, 131, 140), (0, 500, 700))
    return await house.site.list_sessions(ALL)


def as_told(records: list[SessionRecord]) -> list[tuple[object, ...]]:
    """What is on record, without the numbers that sessions were given."""
    return [(one.started_at, one.ended_at, one.token, one.account) for one in records]


async def test_what_was_told_before_it_could_be_opened_is_on_record_to_the_quarter_hour(
    tmp_path: Path,
) -> None:
    house, blocked = await begun(tmp_path)
    told: list[Notice] = []
    house.site.on_notice(told.append)
    assert told[-1] == Notice(NoticeKind.SESSIONS_UNUSABLE, "")
    with pytest.raises(StoreUnusable):
        await house.site.list_sessions(ALL)
    found = await day(house, blocked.unlink)
    assert told[-1] == Notice(NoticeKind.SESSIONS_UNUSABLE, "", active=False)
    other = BookedHouse(1, path=tmp_path / "sessions.db")
    await other.site.load()
    assert len(found) == 3
    assert found[-1].account.quarters[1].own_wh
    assert as_told(found) == as_told(await day(other, lambda: None))
    await other.site.close()
    # Nothing of it waits elsewhere any more, to be put over what was corrected since.
    assert json.loads(house.disk.parts[Part.SESSIONS])["ended"] == []
    await house.die()
    reborn = BookedHouse(1, house.disk, house.at, house.ids, path=house.path)
    await reborn.site.load()
    assert await reborn.site.list_sessions(ALL) == found
    await reborn.site.close()


@pytest.mark.parametrize("dies", [True, False])
async def test_what_fails_half_way_is_on_record_once_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    """It was put on record, and could not be taken from where it had waited."""
    house, blocked = await begun(tmp_path)
    await visit(house, 1, (0, 14, 29), (0, 2400, 2600))
    blocked.unlink()

    async def full(part: Part, _: object) -> None:
        raise OSError(f"no room for {part}")

    with monkeypatch.context() as patch:
        patch.setattr(house.disk, "save", full)
        await try_again(house)
    with pytest.raises(StoreUnusable):
        await house.site.list_sessions(ALL)
    if dies:
        await house.die()
        house = BookedHouse(1, house.disk, house.at, house.ids, path=house.path)
        await house.site.load()
    else:
        await try_again(house)
    (one,) = await house.site.list_sessions(ALL)
    assert one.account.energy_wh == 2600
    await house.site.close()


async def test_a_vehicle_that_charges_meanwhile_loses_nothing_to_a_kill(
    tmp_path: Path,
) -> None:
    house, blocked = await begun(tmp_path)
    start = Message(T0, 1, "start", 1, 1000.0, token="card")
    await tell(house, 0, start)
    await tell(house, 10, Message(T0 + 10 * MINUTE, 1, "meter", 1, 3000.0))
    blocked.unlink()
    await try_again(house)
    await house.die()
    reborn = BookedHouse(1, house.disk, house.at, house.ids, path=house.path)
    await reborn.site.load()
    await tell(reborn, 40, Message(T0 + 40 * MINUTE, 1, "meter", 1, 4000.0))
    (one,) = await reborn.site.list_sessions(ALL)
    assert one.account.energy_wh == 3000
    # What flowed in the first quarter of an hour was read before there was a file.
    assert one.account.quarters[0].import_wh > 2000
    await reborn.site.close()
