"""Two drivers at one plug, one after the other: each has a session, whenever it is told, and none pays for the other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.sessions.days import T0, Message
from tests.engine.sessions.test_replay import Told
from tests.engine.store.booked import BookedHouse

MINUTE = timedelta(minutes=1)

type Row = tuple[str | None, float, datetime, datetime | None]


def said(minute: float, kind: str, number: int, wh: float, token: str = "") -> Message:
    """One message of a transaction."""
    at = T0 + minute * MINUTE
    reason = "Local" if kind == "end" else None
    return Message(at, 1, kind, number, wh, reason=reason, token=token or None)


def plug(minute: float, status: EvseStatus) -> Message:
    return Message(T0 + minute * MINUTE, 1, "status", status=status)


# The cable stays in its socket, and the status shows no parting.
DAY = (
    plug(0, EvseStatus.PREPARING),
    said(1, "start", 101, 1000, "anna"),
    said(16, "meter", 101, 3000),
    said(30, "end", 101, 4000, "anna"),
    plug(30, EvseStatus.FINISHING),
    said(35, "start", 102, 4000, "bert"),
    said(47, "meter", 102, 8000),
    said(60, "end", 102, 10_000, "bert"),
    plug(60, EvseStatus.FINISHING),
    plug(61, EvseStatus.AVAILABLE),
)

EXPECTED: list[Row] = [
    ("anna", 3000, T0, T0 + 30 * MINUTE),
    ("bert", 6000, T0 + 35 * MINUTE, T0 + 61 * MINUTE),
]


async def records(path: Path, told: list[Told], restart: int = -1) -> list[Row]:
    """Who had what, and when, in a house that was told all of it."""
    house = BookedHouse(1, path=path)
    await house.site.load()
    for number, (at, message) in enumerate(told):
        if number == restart:
            await house.restart()
        await house.tell(at, message)
    await house.close()
    rows = [
        (one.token, one.account.energy_wh, one.started_at, one.ended_at)
        for one in house.records
    ]
    return sorted(rows, key=lambda row: row[2])


@pytest.mark.parametrize(
    "told_at",
    [
        pytest.param(lambda at: at + timedelta(seconds=1), id="as it happens"),
        pytest.param(lambda _: T0 + 9 * 60 * MINUTE, id="hours later"),
        pytest.param(
            lambda at: max(at, T0 + 40 * MINUTE), id="away while the cards change"
        ),
    ],
)
@pytest.mark.parametrize("restart", [-1, 4, 6])
async def test_each_card_has_a_session(
    tmp_path: Path, told_at: Callable[[datetime], datetime], restart: int
) -> None:
    told = [(told_at(message.at), message) for message in DAY]
    assert await records(tmp_path / "sessions.db", told, restart) == EXPECTED


async def test_whoever_is_plugged_in_is_shown(tmp_path: Path) -> None:
    house = BookedHouse(1, path=tmp_path / "sessions.db")
    await house.site.load()
    for message in DAY[:7]:
        await house.tell(message.at + timedelta(seconds=1), message)
    session = house.site.stations["garage"].evses[1].session
    assert session is not None
    assert (session.token, session.energy_wh) == ("bert", 4000)
    assert session.is_open
    await house.close()


@pytest.mark.parametrize("second", ["ANNA", ""])
async def test_a_card_is_the_same_however_it_is_written(
    tmp_path: Path, second: str
) -> None:
    """1.6: an IdToken is a CiString; and a transaction without a token is of whoever is plugged in."""
    told = [
        (
            message.at,
            said(
                (message.at - T0) / MINUTE,
                message.kind,
                message.number,
                message.wh or 0,
                second,
            )
            if message.number == 102
            else message,
        )
        for message in DAY
    ]
    ((token, energy_wh, _, _),) = await records(tmp_path / "sessions.db", told)
    assert (token, energy_wh) == ("anna", 9000)
