"""Who is told of changes, how often, and what is done once for many who ask."""

import asyncio

from custom_components.evenload.engine.observers import Digest, Observers
from custom_components.evenload.engine.soon import Soon
from tests.engine.virtual import run_virtually

PERIOD_S = 1.0


def test_each_is_told_of_its_topic_until_it_leaves() -> None:
    observers, told = Observers[str](), list[str]()
    leave = observers.add("a", told.append)
    observers.add("a", told.append)
    observers.tell("a", "one")
    leave()
    observers.tell("a", "two")
    observers.tell("b", "none")
    assert told == ["one", "one", "two"]


def test_who_leaves_while_others_are_told_is_not_told() -> None:
    observers, told = Observers[()](), list[str]()

    def first() -> None:
        told.append("first")
        leave()

    observers.add("a", first)
    leave = observers.add("a", lambda: told.append("late"))
    observers.tell("a")
    assert told == ["first"]


def test_the_first_change_is_passed_on_at_once_and_the_last_one_in_time() -> None:
    async def live() -> list[str]:
        source, told = Observers[()](), list[str]()
        digest = Digest(source, PERIOD_S)
        leave = digest.add("g", lambda: told.append("g"))
        for _ in range(5):
            source.tell("g")
        assert told == ["g"]
        await asyncio.sleep(PERIOD_S * 1.5)
        assert told == ["g", "g"]
        await asyncio.sleep(PERIOD_S * 5)
        source.tell("g")
        assert told == ["g"] * 3
        source.tell("g")
        leave()
        await asyncio.sleep(PERIOD_S * 5)
        source.tell("g")
        return told

    assert run_virtually(live()) == ["g"] * 3


def test_what_is_asked_for_often_is_done_once_a_turn() -> None:
    done: list[int] = []
    soon = Soon(lambda: done.append(1))
    # Where no loop runs, at once.
    soon.ask()
    assert done == [1]

    async def live() -> None:
        for _ in range(10):
            soon.ask()
        assert done == [1]
        await asyncio.sleep(0)
        assert done == [1, 1]
        soon.ask()
        await asyncio.sleep(0)
        assert done == [1, 1, 1]

    run_virtually(live())
