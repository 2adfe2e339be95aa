"""What one message costs in the engine, from the frame's text to the answer's, with everything that it changes.

usage: scripts/bench messages [STATIONS]     how many stations the site has (default 50)
"""

import asyncio
from collections.abc import Callable
import json
from statistics import median
import sys
from time import perf_counter
from typing import Any

from benchmarks.crowd.words import VERSIONS, Call
from benchmarks.figures import figure
from custom_components.evenload.engine.csms.connection import Adapter, Connection
from custom_components.evenload.engine.csms.v2.adapter import Adapter21, Adapter201
from custom_components.evenload.engine.csms.v16.adapter import Adapter16
from custom_components.evenload.engine.desk import Desk
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    ListenerConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.vault import Part

ROUNDS = 400
GOAL_MS = 0.3
ADAPTERS: dict[str, Callable[[Connection, Desk], Adapter]] = {
    "1.6": Adapter16,
    "2.0.1": Adapter201,
    "2.1": Adapter21,
}


class Nowhere:
    """A vault that keeps nothing."""

    async def load(self, part: Part) -> dict[str, Any] | None:
        """There is nothing."""
        return None

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        """Forget it."""


class Line(asyncio.WriteTransport):
    """What carries nothing."""

    def get_write_buffer_size(self) -> int:
        """Say that nothing waits."""
        return 0


class Wire:
    """A websocket that is not one: answers go nowhere."""

    transport = Line()

    async def send(self, message: str) -> None:
        """Take an answer."""

    async def recv(self) -> str:
        """Never say anything."""
        return str(await asyncio.get_running_loop().create_future())

    async def ping(self, data: bytes | None = None) -> asyncio.Future[float]:
        """Never be asked."""
        return asyncio.get_running_loop().create_future()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close nothing."""


class Speaker:
    """A station of one version, and the connection that hears it."""

    def __init__(self, name: str, version: str, desk: Desk) -> None:
        """Connect it."""
        self._words = VERSIONS[version]()
        self._connection = Connection(
            Wire(), name, "127.0.0.1", lambda made: ADAPTERS[version](made, desk)
        )
        desk.opened(self._connection)

    def says(self) -> dict[str, Call]:
        """Return what it says all day; its reports differ."""
        report = self._words.report()[0]
        messages = {
            "Heartbeat": self._words.heartbeat(),
            "StatusNotification": self._words.status(),
        }
        return messages | {f"{report[0]}, 12 samples": report}

    async def starts(self) -> None:
        """Begin what its reports belong to."""
        call = self._words.start()
        if call is not None:
            await self.hear(call)
            self._words.started({"transactionId": 1})

    async def hear(self, call: Call) -> float:
        """Have one frame dealt with; returns how many milliseconds that took."""
        text = json.dumps([2, "id", *call])
        began = perf_counter()
        await self._connection._receive(text)  # noqa: SLF001  # one frame, as run() receives it
        return (perf_counter() - began) * 1000


async def measure(stations: int) -> None:
    """Print what each message costs in a site of so many stations."""
    print(
        f"{'message':<40}{'median ms':>10}{'p99 ms':>10}   ({stations} stations, {ROUNDS} of each)"
    )
    figures = []
    for version in ADAPTERS:
        site, desk = await build(stations)
        speakers = [Speaker(name, version, desk) for name in site.stations]
        for speaker in speakers:
            await speaker.starts()
            for call in speaker.says().values():
                await speaker.hear(call)
        for message in speakers[-1].says():
            calls = [speakers[-1].says()[message] for _ in range(ROUNDS)]
            times = sorted([await speakers[-1].hear(call) for call in calls])
            row = f"{message}, OCPP {version}"
            print(f"{row:<40}{median(times):>10.3f}{times[int(ROUNDS * 0.99)]:>10.3f}")
            name = f"{message.partition(',')[0]}_{version}_cost"
            figures.append(figure(name, median(times), "ms", GOAL_MS))
        await site.close()
    print("\n".join(figures))


async def build(stations: int) -> tuple[Site, Desk]:
    """Return a site of so many stations, and the desk in it."""
    names = [f"STATION-{number:03d}" for number in range(stations)]
    config = SiteConfig(
        "Home",
        Current(1000.0),
        stations={name: StationConfig(name, name) for name in names},
        groups={"g": GroupConfig("g", "Cars", Current(1000.0), tuple(names))},
    )
    site = Site(config, ListenerConfig(0, "127.0.0.1"), Nowhere())
    await site.load()
    return site, site._desk  # noqa: SLF001  # the benchmark stands where the listener stands


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
