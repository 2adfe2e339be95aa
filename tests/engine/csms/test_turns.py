"""Two hundred stations that speak at once hold up nobody else for long, and are served in the order they came."""

import asyncio

from custom_components.evenload.engine.csms.turns import FRAMES_A_TURN, Turns


async def test_few_frames_wait_for_nothing() -> None:
    turns = Turns()
    for _ in range(FRAMES_A_TURN):
        async with asyncio.timeout(0):
            await turns.take()


async def test_what_else_waits_gets_its_turn_between_a_few_frames() -> None:
    turns, served = Turns(), []
    between: list[int] = []

    async def station(number: int) -> None:
        await turns.take()
        served.append(number)

    crowd = [asyncio.create_task(station(number)) for number in range(200)]
    while len(served) < len(crowd):
        await asyncio.sleep(0)
        between.append(len(served))
    assert served == list(range(200))
    steps = [
        after - before for before, after in zip([0, *between], between, strict=False)
    ]
    assert max(steps) <= FRAMES_A_TURN
    assert len(between) < 200


async def test_who_has_gone_takes_no_place() -> None:
    turns, served = Turns(), []

    async def station(number: int) -> None:
        await turns.take()
        served.append(number)

    crowd = [asyncio.create_task(station(number)) for number in range(20)]
    await asyncio.sleep(0)
    for gone in crowd[4:16]:
        gone.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    assert served == [0, 1, 2, 3, 16, 17, 18, 19]
    # And the next one finds an empty room.
    for _ in range(3):
        await asyncio.sleep(0)
    async with asyncio.timeout(0):
        await turns.take()
