"""How long a card is waited for: from the frame that asks to the one that answers, over a socket, with many drivers.

usage: scripts/bench authorize [DRIVERS]     how many drivers the site has, with three tokens each (default 500)
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
import json
from random import Random
from statistics import median
import sys
from time import perf_counter
from typing import Any

from websockets.asyncio.client import connect

from benchmarks.figures import figure, machine
from benchmarks.messages import Nowhere
from custom_components.evenload.engine.model.configuration import (
    ListenerConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.drivers import (
    Admission,
    Driver,
    DriverToken,
    TokenPolicy,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.site import Site

ROUNDS = 1000
TOKENS = 3
GOAL_MS = 50

# One in so many cards is nobody's.
STRANGERS = 5


def drivers(number: int) -> dict[str, Driver]:
    """Return so many drivers."""
    return {
        f"D{one}": Driver(
            id=f"D{one}",
            name=f"Driver {one}",
            tokens=tuple(DriverToken(f"04{one:06X}{of:02X}") for of in range(TOKENS)),
        )
        for one in range(number)
    }


def asked(version: str, token: str) -> dict[str, Any]:
    """Return what a reader asks of a card."""
    if version == "1.6":
        return {"idTag": token}
    return {"idToken": {"idToken": token, "type": "ISO14443"}}


def accepted(answer: dict[str, Any]) -> bool:
    """Whether a card may charge."""
    info = answer.get("idTagInfo") or answer["idTokenInfo"]
    return bool(info["status"] == "Accepted")


async def times_ms(
    port: int, version: str, known: dict[str, Driver]
) -> tuple[list[float], int]:
    """Hold cards to a reader, one after the other; returns how long each took, and how many answers were wrong."""
    cards = [token.value for driver in known.values() for token in driver.tokens]
    chance, times, wrong = Random(8), [], 0
    url = f"ws://127.0.0.1:{port}/READER-{version}"
    async with connect(url, subprotocols=[f"ocpp{version}"]) as socket:  # type: ignore[list-item]  # Subprotocol is a name of str
        for number in range(ROUNDS):
            stranger = number % STRANGERS == 0
            card = f"FF{number:08X}" if stranger else chance.choice(cards)
            frame = json.dumps([2, str(number), "Authorize", asked(version, card)])
            began = perf_counter()
            await socket.send(frame)
            answer = json.loads(await socket.recv())
            while answer[:2] != [3, str(number)]:
                # What the house asks meanwhile waits.
                answer = json.loads(await socket.recv())
            times.append((perf_counter() - began) * 1000)
            wrong += accepted(answer[2]) is stranger
    return sorted(times), wrong


@asynccontextmanager
async def house(known: dict[str, Driver]) -> AsyncIterator[Site]:
    """Open a site where only drivers may charge, with a reader of each version."""
    admission = Admission(TokenPolicy.KNOWN)
    names = [f"READER-{version}" for version in ("1.6", "2.0.1", "2.1")]
    stations = {
        name: replace(StationConfig(name, name), admission=admission) for name in names
    }
    config = SiteConfig("Home", Current(1000.0), stations=stations, drivers=known)
    site = Site(config, ListenerConfig(0, "127.0.0.1"), Nowhere())
    await site.load()
    await site.open()
    try:
        yield site
    finally:
        await site.close()


async def measure(number: int) -> None:
    """Print how long cards are waited for with so many drivers."""
    print(machine())
    known = drivers(number)
    print(
        f"{'Authorize':<12}{'median ms':>10}{'p99 ms':>10}{'most ms':>10}{'wrong':>8}"
        f"   ({number} drivers with {TOKENS} tokens each, {ROUNDS} cards)"
    )
    every: list[float] = []
    mistakes = 0
    async with house(known) as site:
        for version in ("1.6", "2.0.1", "2.1"):
            times, wrong = await times_ms(site.port, version, known)
            p99 = times[int(ROUNDS * 0.99)]
            print(
                f"{version:<12}{median(times):>10.2f}{p99:>10.2f}{times[-1]:>10.2f}{wrong:>8}"
            )
            every += times
            mistakes += wrong
    every.sort()
    print(figure("authorize_p99", every[int(len(every) * 0.99)], "ms", GOAL_MS))
    print(figure("authorize_wrong", mistakes, "answers", 0))


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
