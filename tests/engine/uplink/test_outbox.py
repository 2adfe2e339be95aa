"""What waits to be told above: each message once and in order, over crashes, full disks and more than memory holds."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import sqlite3
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.evenload.engine.uplink import outbox as module
from custom_components.evenload.engine.uplink.outbox import Outbox

FULL = "database or disk is full"
UNREADABLE = "disk I/O error"


def fail(monkeypatch: pytest.MonkeyPatch, why: str, *what: str) -> None:
    """Have the file refuse something from now on, in SQLite's words."""

    def refuse(*_: Any) -> None:
        raise sqlite3.OperationalError(why)

    for one in what:
        monkeypatch.setattr(module.OutboxFile, one, refuse)


@pytest.fixture
def troubles() -> list[bool]:
    return []


@pytest.fixture
async def outbox(tmp_path: Path, troubles: list[bool]) -> AsyncIterator[Outbox]:
    box = Outbox(tmp_path / "uplink.db", troubles.append)
    await box.open()
    yield box
    await box.close()


async def drained(box: Outbox, station: str) -> list[int]:
    """Deliver everything, and return what it said."""
    said = []
    while box.count(station):
        async with asyncio.timeout(5):
            message = await box.next(station)
        said.append(message.payload["n"])
        box.delivered(message)
    return said


def put(box: Outbox, station: str, numbers: range, action: str = "X") -> None:
    for number in numbers:
        box.put(station, action, {"n": number})


@pytest.mark.parametrize("count", [1, 499, 500, 501, 1700])
async def test_all_is_told_in_order(outbox: Outbox, count: int) -> None:
    put(outbox, "A", range(count))
    put(outbox, "B", range(3))
    assert outbox.count("A") == count
    assert await drained(outbox, "A") == [*range(count)]
    assert await drained(outbox, "B") == [0, 1, 2]


async def test_who_waits_for_a_message_gets_the_next(outbox: Outbox) -> None:
    waiting = asyncio.create_task(outbox.next("A"))
    await asyncio.sleep(0)
    outbox.put("A", "X", {"n": 1})
    assert (await waiting).payload == {"n": 1}


async def test_what_was_not_told_survives_a_crash(
    tmp_path: Path, troubles: list[bool]
) -> None:
    """Nothing closes the first one."""
    path = tmp_path / "uplink.db"
    first = Outbox(path, troubles.append)
    await first.open()
    put(first, "A", range(1200))
    first.name("A", "transaction", "7", "42")
    await first.flush()
    for _ in range(700):
        first.delivered(await first.next("A"))
    await first.flush()
    second = Outbox(path, troubles.append)
    await second.open()
    put(second, "A", range(1200, 1203))
    assert await drained(second, "A") == [*range(700, 1203)]
    assert second.theirs("A", "transaction", "7") == "42"
    assert second.ours("A", "transaction", "42") == "7"
    for box in (first, second):
        await box.close()


async def test_a_full_disk_loses_nothing_and_is_told(
    outbox: Outbox, troubles: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(outbox, "A", range(600))
    await outbox.flush()

    with monkeypatch.context() as broken:
        fail(broken, FULL, "write")
        put(outbox, "A", range(600, 1300))
        await outbox.flush()
        assert await drained(outbox, "A") == [*range(1300)]
    assert troubles == [True]
    put(outbox, "A", range(2))
    await outbox.flush()
    assert troubles == [True, False]


async def test_a_disk_that_stays_full_costs_readings_and_no_transactions(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, FULL, "write")
    monkeypatch.setattr(module, "MOST_UNWRITTEN", 100)
    put(outbox, "A", range(500), "StartTransaction")
    put(outbox, "A", range(500, 900), "MeterValues")
    put(outbox, "A", range(900, 910), "StopTransaction")
    await outbox.flush()
    assert await drained(outbox, "A") == [*range(500), *range(900, 910)]


async def test_a_disk_that_stays_full_costs_readings_of_2_and_no_other_events(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2.0.1 TriggerReasonEnumType: with these two nothing has happened but that time has passed."""
    fail(monkeypatch, FULL, "write")
    monkeypatch.setattr(module, "WINDOW", 1)
    monkeypatch.setattr(module, "MOST_UNWRITTEN", 4)
    for number, (kind, trigger) in enumerate(
        [
            ("Started", "CablePluggedIn"),
            ("Updated", "ChargingStateChanged"),
            ("Updated", "MeterValuePeriodic"),
            ("Updated", "MeterValueClock"),
            ("Updated", "Authorized"),
            ("Ended", "MeterValuePeriodic"),
        ]
    ):
        said = {"n": number, "eventType": kind, "triggerReason": trigger}
        outbox.put("A", "TransactionEvent", said)
    await outbox.flush()
    assert await drained(outbox, "A") == [0, 1, 4, 5]


@given(st.lists(st.tuples(st.sampled_from("pdfr"), st.integers(1, 40)), max_size=30))
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_happens_each_is_told_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[str, int]],
) -> None:
    """p: put, d: deliver, f: flush, r: come back after a close."""
    monkeypatch.setattr(module, "WINDOW", 7)

    async def story() -> None:
        path = tmp_path_factory.mktemp("outbox") / "uplink.db"
        box, said, told = Outbox(path, lambda _: None), 0, []
        await box.open()
        for kind, count in steps:
            match kind:
                case "p":
                    put(box, "A", range(said, said + count))
                    said += count
                case "d":
                    for _ in range(min(count, box.count("A"))):
                        message = await box.next("A")
                        told.append(message.payload["n"])
                        box.delivered(message)
                case "f":
                    await box.flush()
                case _:
                    await box.close()
                    box = Outbox(path, lambda _: None)
                    await box.open()
            assert box.count("A") == said - len(told)
        told += await drained(box, "A")
        await box.close()
        assert told == [*range(said)]

    asyncio.run(story())


async def test_a_disk_that_cannot_be_read_for_a_while_costs_nothing(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in memory comes after what is on the disk."""
    monkeypatch.setattr(module, "AGAIN_S", 0.05)
    put(outbox, "A", range(1500))
    await outbox.flush()

    with monkeypatch.context() as failing:
        fail(failing, UNREADABLE, "read", "write")
        put(outbox, "A", range(1500, 1600))
        draining = asyncio.create_task(drained(outbox, "A"))
        await asyncio.sleep(0.2)
        assert outbox.count("A") == 1100
    assert await draining == [*range(1600)]


async def test_a_disk_that_cannot_be_read_any_more_does_not_stop_what_is_new(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.001)
    put(outbox, "A", range(600))
    await outbox.flush()

    monkeypatch.setattr(module, "MOST_UNREAD", 3)
    fail(monkeypatch, UNREADABLE, "read", "write")
    put(outbox, "A", range(600, 610))
    assert await drained(outbox, "A") == [*range(500), *range(600, 610)]


async def test_a_name_is_never_on_the_disk_without_the_message_that_it_came_with(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A station that is killed in between says it again, and it would be taken for known."""
    write = module.OutboxFile.write
    messages: set[str] = set()
    alone: set[str] = set()

    def note(file: Any, new: Any, gone: Any, named: Any) -> None:
        messages.update(str(one.payload["n"]) for one in new)
        alone.update({ours for _, _, ours in named} - messages)
        write(file, new, gone, named)

    monkeypatch.setattr(module.OutboxFile, "write", note)
    for number in range(20):
        outbox.name("A", "begun", str(number), "")
        put(outbox, "A", range(number, number + 1), "StartTransaction")
        await asyncio.sleep(module.FLUSH_S / 4)
    assert messages
    assert alone == set()
