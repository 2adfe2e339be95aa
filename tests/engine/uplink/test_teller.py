"""What becomes of a message that those above do not take: told again while that may help, and never for ever in the way."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from ocpp.routing import on
import pytest

from custom_components.evenload.engine.model.errors import StationRefused, StationSilent
from custom_components.evenload.engine.uplink.names import Saying
from custom_components.evenload.engine.uplink.outbox import Outbox
from custom_components.evenload.engine.uplink.telling import Telling
from tests.csms_above import Station16
from tests.engine.csms.dialler import Dialler
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import NOW, connected, meter, start, stop
from tests.engine.virtual import run_virtually

REDIAL_S = 60.0

START, READING, STOP, SECURITY = (
    "StartTransaction",
    "MeterValues",
    "StopTransaction",
    "SecurityEventNotification",
)

# What is answered to an action at a second: a CALLERROR, "silent", "hangs up", or None where it is taken.
type Answers = Callable[[str, float], str | None]


class Above:
    """Who is above: lets the station in each time, and then answers as the test wants."""

    def __init__(self, path: Path, answers: Answers) -> None:
        self.outbox = Outbox(path / "uplink.db", lambda _: None)
        self.heard: list[tuple[str, float]] = []
        self.tries: list[str] = []
        self.troubles: list[str] = []
        self.ended_at = 0.0
        self._answers = answers
        self._line: asyncio.Task[None] | None = None
        self.telling = Telling(
            "A", self.outbox, self._hear, self._takes_statuses, self.troubles.append
        )

    async def tell(self, *actions: str, hours: float = 100) -> None:
        """Tell these ("action", or "action transaction") in turn, over as many connections as it takes, until all are told or given up."""
        await self.outbox.open()
        for said in actions:
            action, _, transaction = said.partition(" ")
            payload = {"_transaction": transaction} if transaction else {}
            self.outbox.put("A", action, payload)
        async with asyncio.timeout(hours * 3600):
            while self.outbox.count("A"):
                self._line = asyncio.create_task(self.telling.live())
                ended = asyncio.create_task(self._all_told())
                await asyncio.wait(
                    {self._line, ended}, return_when=asyncio.FIRST_COMPLETED
                )
                for task in (self._line, ended):
                    task.cancel()
                await asyncio.gather(self._line, ended, return_exceptions=True)
                await asyncio.sleep(REDIAL_S)
        self.ended_at = asyncio.get_running_loop().time()
        await self.outbox.close()

    @property
    def taken(self) -> list[str]:
        """What was taken, in order."""
        return [action for action, _ in self.heard]

    async def _all_told(self) -> None:
        while self.outbox.count("A"):
            await asyncio.sleep(60)

    async def _hear(self, saying: Saying) -> None:
        action = f"{saying[0]} {saying[1].get('_transaction', '')}".strip()
        now = asyncio.get_running_loop().time()
        self.tries.append(action)
        match self._answers(action, now):
            case None:
                self.heard.append((action, now))
            case "silent":
                raise StationSilent("A", action)
            case "hangs up":
                assert self._line is not None
                self._line.cancel()
                await asyncio.sleep(1)
            case code:
                raise StationRefused("A", action, code)

    async def _takes_statuses(self) -> bool:
        now = asyncio.get_running_loop().time()
        return self._answers("StatusNotification", now) is None


def story(tell: Coroutine[Any, Any, None]) -> None:
    run_virtually(tell)


@pytest.mark.parametrize("how", ["silent", "hangs up"])
def test_a_message_that_is_never_answered_does_not_stop_the_others(
    tmp_path: Path, how: str
) -> None:
    above = Above(tmp_path, lambda action, _: how if action == SECURITY else None)
    story(above.tell(READING, SECURITY, READING, STOP, hours=1))
    assert above.taken == [READING, READING, STOP]
    assert above.tries.count(SECURITY) == 5


@pytest.mark.parametrize("how", ["silent", "hangs up"])
def test_a_transaction_that_is_never_answered_is_tried_for_hours(
    tmp_path: Path, how: str
) -> None:
    above = Above(tmp_path, lambda action, _: how if action == STOP else None)
    story(above.tell(START, STOP, READING, hours=12))
    assert above.taken == [START, READING]
    assert above.tries.count(STOP) == 20
    # Those behind it did not wait for that.
    assert above.heard[-1][1] < 600
    assert above.ended_at > 4 * 3600


def test_one_that_is_answered_in_the_end_is_told_once_and_in_its_turn(
    tmp_path: Path,
) -> None:
    above = Above(tmp_path, lambda _, now: "hangs up" if now < 200 else None)
    story(above.tell(START, READING, STOP))
    assert above.taken == [START, READING, STOP]


@pytest.mark.parametrize("code", ["InternalError", "GenericError", "SomethingElse"])
def test_nothing_is_lost_while_all_is_answered_with_errors(
    tmp_path: Path, code: str
) -> None:
    """An error inside who is above says nothing of the message (OCPP-J 1.6 §4.2.3)."""
    above = Above(tmp_path, lambda _, now: code if now < 20 * 3600 else None)
    story(above.tell(START, *[READING] * 20, STOP, hours=21))
    assert above.taken == [START, *[READING] * 20, STOP]
    assert above.troubles[0] == f"{START}: {code}"
    assert above.troubles[-1] == ""
    # It is asked every five minutes, not more often.
    assert len(above.tries) < 20 * 12 + 40


def test_one_kind_that_is_never_taken_gives_way_to_the_others(tmp_path: Path) -> None:
    above = Above(
        tmp_path, lambda action, _: "InternalError" if action == READING else None
    )
    story(above.tell(START, READING, READING, READING, STOP, hours=1))
    assert above.taken == [START, STOP]


def test_a_transaction_is_given_up_after_a_day(tmp_path: Path) -> None:
    above = Above(
        tmp_path, lambda action, _: "GenericError" if action == START else None
    )
    story(above.tell(START, READING, hours=25))
    assert above.taken == [READING]
    assert 24 * 3600 <= above.ended_at < 25 * 3600


@pytest.mark.parametrize(
    "code", ["NotImplemented", "FormationViolation", "OccurenceConstraintViolation"]
)
def test_what_cannot_be_read_is_left_out_soon(tmp_path: Path, code: str) -> None:
    above = Above(
        tmp_path,
        lambda action, _: code if action in {SECURITY, START} else None,
    )
    story(above.tell(SECURITY, START, READING, hours=0.1))
    assert above.taken == [READING]
    assert above.tries == [SECURITY, START, START, START, READING]


async def test_one_that_hangs_up_on_something_hears_the_rest(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang_up(self: Any, **_: Any) -> None:
        await self._connection.close()

    monkeypatch.setattr(Station16, "secure", on(SECURITY)(hang_up))
    site, station, csms = await come("1.6", "1.6")
    assert isinstance(station, Dialler)
    await connected(site)
    transaction = await start(station)
    await station.result(SECURITY, {"type": "X", "timestamp": NOW})
    await meter(station, transaction, 200)
    await stop(station, transaction, 300)
    await csms.heard.until("StopTransaction")
    for action in (START, READING, STOP):
        assert len(csms.heard.of(action)) == 1
