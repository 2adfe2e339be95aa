"""Whose turn it is to ask a station: limits before all that waits, and no turn is lost (promise 5)."""

import asyncio
import contextlib
import random

import pytest

from custom_components.evenload.engine.csms.line import Line, Rank
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import Layer, LimitOrder, Outcome
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def queue(line: Line, served: list[str], name: str) -> asyncio.Task[None]:
    """Let somebody wait; a name in capitals is urgent."""

    async def wait() -> None:
        turn = await line.enter(Rank.LIMIT if name.isupper() else Rank.OTHER)
        served.append(name)
        line.leave(turn)

    task = asyncio.create_task(wait())
    await turns()
    return task


async def test_the_urgent_go_first_and_each_class_in_order() -> None:
    line, served = Line(), list[str]()
    turn = await line.enter()
    for name in ("a", "b", "C", "d", "E"):
        await queue(line, served, name)
    assert served == []
    line.leave(turn)
    await turns()
    assert served == ["C", "E", "a", "b", "d"]


async def test_who_gives_up_is_passed_over() -> None:
    line, served = Line(), list[str]()
    turn = await line.enter()
    gone = [await queue(line, served, name) for name in ("A", "b")]
    await queue(line, served, "c")
    for task in gone:
        task.cancel()
    await turns()
    line.leave(turn)
    await turns()
    assert served == ["c"]
    await asyncio.wait_for(line.enter(), 1)


@pytest.mark.parametrize("others", [[], ["b"]])
async def test_a_turn_that_comes_to_who_just_gave_up_is_handed_on(
    others: list[str],
) -> None:
    line, served = Line(), list[str]()
    turn = await line.enter()
    first = await queue(line, served, "A")
    for name in others:
        await queue(line, served, name)
    line.leave(turn)
    first.cancel()
    await turns()
    assert first.cancelled()
    assert served == others
    await asyncio.wait_for(line.enter(), 1)


async def test_one_at_a_time_whoever_gives_up() -> None:
    line, inside, most = Line(), 0, 0
    chance = random.Random(7)

    async def visit() -> None:
        nonlocal inside, most
        turn = await line.enter(chance.choice(tuple(Rank)))
        try:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
        finally:
            inside -= 1
            line.leave(turn)

    tasks = []
    for _ in range(500):
        tasks.append(asyncio.create_task(visit()))
        if chance.random() < 0.5:
            await asyncio.sleep(0)
        if chance.random() < 0.4:
            chance.choice(tasks).cancel()
    async with asyncio.timeout(2):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
    assert most == 1
    await asyncio.wait_for(line.enter(), 1)


async def test_a_limit_passes_what_the_owner_asks(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    commands = site.commands("A")
    dialler.answers["Reset"] = None
    dialler.answers["UnlockConnector"] = None
    asked = [
        asyncio.create_task(one)
        for one in (commands.reset(hard=False), commands.unlock(1), commands.unlock(1))
    ]
    await dialler.called("Reset")
    order = LimitOrder(1, Current(6.0), Layer.LEASE, 900)
    limit = asyncio.create_task(commands.set_limit(order))
    await turns()
    [reset] = [text for text in dialler.received if '"Reset"' in text]
    await dialler.send(f'[3,"{reset.split('"')[1]}",{{"status":"Accepted"}}]')
    assert await asyncio.wait_for(limit, 2) is Outcome.APPLIED
    assert [action for action, _ in dialler.calls][:2] == [
        "Reset",
        "SetChargingProfile",
    ]
    for task in asked:
        task.cancel()
