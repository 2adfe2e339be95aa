"""A station whose clock is set back a day and stays so: the session that goes on then ends when it ended, and no other stays open."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from custom_components.evenload.engine.csms.clock import StationClock
from custom_components.evenload.engine.model.clocks import Clock
from custom_components.evenload.engine.model.events import ClockMeasured
from custom_components.evenload.engine.model.sessions import SessionQuery
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.sessions.days import T0, Message
from tests.engine.sessions.test_replay import IDENTITY
from tests.engine.store.booked import BookedHouse

MINUTE = timedelta(minutes=1)
LATE = timedelta(seconds=1)
DAY = timedelta(days=1)
ALL = SessionQuery(details=True)

type Told = tuple[datetime, datetime | None, float]


def visit(begins: int, number: int, wh: float) -> list[Message]:
    """Minutes 0 to 61 of a vehicle that takes 6 kWh in an hour."""

    def at(minute: int) -> datetime:
        return T0 + (begins + minute) * MINUTE

    return [
        Message(at(0), 1, "status", status=EvseStatus.PREPARING),
        Message(at(1), 1, "start", number, wh, token="card"),
        *(Message(at(m), 1, "meter", number, wh + 100 * m) for m in range(2, 60)),
        Message(at(60), 1, "end", number, wh + 6000, reason="Local", token="card"),
        Message(at(61), 1, "status", status=EvseStatus.AVAILABLE),
    ]


class Living:
    """A station that tells as it happens, by its own clock, and a connection that measures that."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.house = BookedHouse(1, path=path)
        self.begin(Clock())

    def begin(self, known: Clock) -> None:
        """Dial in."""
        self.clock = StationClock(known, self.measured, lambda: self.house.at)
        self.clock.told()

    def measured(self, clock: Clock) -> None:
        event = ClockMeasured(identity=IDENTITY, at=self.house.at, clock=clock)
        self.house.site._desk.hear(event)

    async def tell(self, message: Message, behind: timedelta) -> None:
        self.house.at = message.at + LATE
        told = replace(message, at=message.at - behind)
        if message.kind in {"status", "meter"}:
            # As the adapters do (`csms.v16.inbound`).
            self.clock.shown(told.at)
        await self.house.tell(message.at + LATE, told)

    async def told(self) -> list[Told]:
        found = await self.house.site.list_sessions(ALL)
        return [(one.started_at, one.ended_at, one.account.energy_wh) for one in found]


def at(minute: int) -> datetime:
    return T0 + minute * MINUTE


def is_about(told: Told, start: datetime, end: datetime) -> bool:
    """Whether a session lasted from then to then; what a message takes counts as the clock's."""
    return (
        abs(told[0] - start) <= 2 * LATE
        and told[1] is not None
        and abs(told[1] - end) <= 2 * LATE
    )


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("set_back", [30, 59, 70])
async def test_every_session_ends(
    tmp_path: Path, set_back: int, restarts: bool
) -> None:
    """In the middle of charging, before its last message, and while nobody is there."""
    living = Living(tmp_path / "sessions.db")
    await living.house.site.load()
    for message in [*visit(0, 101, 1000.0), *visit(90, 102, 7000.0)]:
        is_later = message.at >= at(set_back)
        if restarts and message.at == at(120):
            await living.house.restart()
            living.begin(Clock())
        await living.tell(message, DAY if is_later else timedelta(0))
    first, second = await living.told()
    assert [round(one[2]) for one in (first, second)] == [6000, 6000]
    assert is_about(first, at(0), at(61))
    # Nothing says that it was not yesterday, but that the clock is told to be wrong.
    assert is_about(second, at(90) - DAY, at(151) - DAY)
    set_back_s = living.house.site.stations[IDENTITY].set_back_s
    assert set_back_s == pytest.approx(86_400, abs=2)
    await living.house.site.close()


async def test_a_clock_that_is_right_again_is_believed(tmp_path: Path) -> None:
    living = Living(tmp_path / "sessions.db")
    await living.house.site.load()
    for message in visit(0, 101, 1000.0):
        await living.tell(message, DAY if message.at >= at(30) else timedelta(0))
    for message in visit(90, 102, 7000.0):
        await living.tell(message, timedelta(0))
    second, first = await living.told()
    assert is_about(first, at(0), at(61))
    assert is_about(second, at(90), at(151))
    assert living.house.site.stations[IDENTITY].set_back_s == 0
    await living.house.site.close()


def test_what_may_be_a_zone_is_taken_at_its_word() -> None:
    for hours in (1, 5.5, 14):
        assert Clock(-hours * 3600).set_back_s(0.0) == 0
    assert Clock(-86_400).set_back_s(0.0) == 86_400
    # After a restart of the station nothing is known yet: until it shows something, what was.
    assert Clock().set_back_s(86_400) == 86_400
    assert Clock(1.0).set_back_s(86_400) == 0
