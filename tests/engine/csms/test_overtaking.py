"""A station that does not answer to something holds up no limit for long (promise 5; OCPP-J 1.6 §4.1.1: how long to wait for an answer is ours to choose)."""

import asyncio
from collections.abc import Coroutine
import json
import random
from typing import Any

import pytest

from custom_components.evenload.engine.csms.exchange import CALL_TIMEOUT_S, Exchange
from custom_components.evenload.engine.csms.frames import CallResult
from custom_components.evenload.engine.csms.line import (
    OVERTAKE_S,
    Line,
    Rank,
    Turn,
    for_others,
)
from custom_components.evenload.engine.model.errors import StationSilent
from tests.engine.virtual import run_virtually


class Station:
    """Notes when it is asked what, and answers to what it likes, after a while."""

    def __init__(self, **answers_after_s: float) -> None:
        self.asked: list[tuple[str, float]] = []
        self.exchange = Exchange("A", self._hear)
        self._after_s = answers_after_s

    async def ask(self, action: str, rank: Rank | None = None) -> dict[str, Any]:
        return await self.exchange.call(action, {}, None, rank=rank)

    async def _hear(self, text: str) -> None:
        _, call_id, action, _ = json.loads(text)
        loop = asyncio.get_running_loop()
        self.asked.append((action, loop.time()))
        if action in self._after_s:
            answer = CallResult(call_id, {"said": action})
            loop.call_later(self._after_s[action], self.exchange.resolve, answer)


def story[T](tell: Coroutine[Any, Any, T]) -> T:
    return run_virtually(tell)


@pytest.mark.parametrize("waited_s", [0.0, 0.5, 5.0])
def test_a_limit_waits_a_moment_for_who_does_not_answer(waited_s: float) -> None:
    station = Station(Limit=0.1)

    async def tell() -> float:
        reset = asyncio.create_task(station.ask("Reset"))
        await asyncio.sleep(waited_s)
        began = asyncio.get_running_loop().time()
        await station.ask("Limit", Rank.LIMIT)
        took_s = asyncio.get_running_loop().time() - began
        with pytest.raises(StationSilent):
            await reset
        return took_s

    expected_s = max(0.0, OVERTAKE_S - waited_s) + 0.1
    assert story(tell()) == pytest.approx(expected_s, abs=0.01)


def test_one_that_answers_in_time_is_not_overtaken() -> None:
    station = Station(Reset=OVERTAKE_S - 0.1, Limit=0.1)

    async def tell() -> dict[str, Any]:
        reset = asyncio.create_task(station.ask("Reset"))
        await asyncio.sleep(0)
        await station.ask("Limit", Rank.LIMIT)
        assert reset.done()
        return await reset

    assert story(tell()) == {"said": "Reset"}
    [(_, reset_at), (_, limit_at)] = station.asked
    assert limit_at - reset_at == pytest.approx(OVERTAKE_S - 0.1, abs=0.01)


@pytest.mark.parametrize("limit_s", [0.1, 8.0])
def test_who_was_overtaken_still_gets_the_late_answer(limit_s: float) -> None:
    """Before the limit is answered, or after."""
    station = Station(Reset=6.0, Limit=limit_s)

    async def tell() -> tuple[dict[str, Any], dict[str, Any]]:
        reset = asyncio.create_task(station.ask("Reset"))
        await asyncio.sleep(0)
        return await station.ask("Limit", Rank.LIMIT), await reset

    assert story(tell()) == ({"said": "Limit"}, {"said": "Reset"})


def test_only_who_ranks_higher_overtakes() -> None:
    station = Station(Limit=0.1)

    async def tell() -> None:
        asked = [
            asyncio.create_task(station.ask(name, rank))
            for name, rank in (
                ("Relayed", Rank.RELAYED),
                ("Relayed again", Rank.RELAYED),
                ("Other", Rank.OTHER),
                ("Other again", Rank.OTHER),
                ("Setpoint", Rank.SETPOINT),
                ("Limit", Rank.LIMIT),
            )
        ]
        await asyncio.gather(*asked, return_exceptions=True)

    story(tell())
    began = station.asked[0][1]
    assert [(name, round(at - began, 1)) for name, at in station.asked] == [
        ("Relayed", 0.0),
        ("Limit", OVERTAKE_S),
        ("Setpoint", OVERTAKE_S + 0.1),
        # Each waits for those of its own rank and above, as before.
        ("Other", OVERTAKE_S + 0.1 + CALL_TIMEOUT_S),
        ("Other again", OVERTAKE_S + 0.1 + 2 * CALL_TIMEOUT_S),
        ("Relayed again", OVERTAKE_S + 0.1 + 3 * CALL_TIMEOUT_S),
    ]


def test_limits_in_a_row_all_pass_who_does_not_answer() -> None:
    station = Station(Limit=0.1)

    async def tell() -> float:
        others = [
            asyncio.create_task(station.ask(f"R{number}", Rank.RELAYED))
            for number in range(20)
        ]
        await asyncio.sleep(0)
        for _ in range(5):
            await station.ask("Limit", Rank.LIMIT)
        took_s = asyncio.get_running_loop().time()
        for other in others:
            other.cancel()
        return took_s

    assert story(tell()) == pytest.approx(OVERTAKE_S + 5 * 0.1, abs=0.01)
    assert [name for name, _ in station.asked] == ["R0", *["Limit"] * 5]


def test_what_is_asked_for_others_ranks_last_and_nothing_else_does() -> None:
    station = Station(First=0.1, Own=0.1, Theirs=0.1)

    async def tell() -> None:
        first = asyncio.create_task(station.ask("First"))
        await asyncio.sleep(0)
        with for_others():
            theirs = asyncio.create_task(station.ask("Theirs"))
            await asyncio.sleep(0)
        await asyncio.gather(first, theirs, station.ask("Own"))

    story(tell())
    assert [name for name, _ in station.asked] == ["First", "Own", "Theirs"]


def test_who_gives_up_after_being_overtaken_frees_the_line() -> None:
    async def tell() -> None:
        line = Line()
        slow = await line.enter(Rank.RELAYED)
        limit = await line.enter(Rank.LIMIT)
        line.leave(slow)
        line.leave(limit)
        async with asyncio.timeout(0.1):
            line.leave(await line.enter(Rank.RELAYED))

    story(tell())


@pytest.mark.parametrize("seed", range(5))
def test_nobody_overtakes_his_equal_and_no_turn_is_lost(seed: int) -> None:
    """Whoever is slow, and whoever gives up, waiting or not."""

    async def tell() -> None:
        line, inside, chance = Line(), list[Turn](), random.Random(seed)

        async def visit() -> None:
            turn = await line.enter(chance.choice(tuple(Rank)))
            assert all(other.rank > turn.rank for other in inside)
            inside.append(turn)
            try:
                await asyncio.sleep(chance.choice((0.1, 1.0, 5.0)))
            finally:
                inside.remove(turn)
                line.leave(turn)

        tasks = []
        for _ in range(200):
            tasks.append(asyncio.create_task(visit()))
            await asyncio.sleep(chance.random())
            if chance.random() < 0.4:
                chance.choice(tasks).cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(one) for one in ended if one} == {asyncio.CancelledError}
        assert not inside
        async with asyncio.timeout(0.1):
            await line.enter(Rank.RELAYED)

    story(tell())
