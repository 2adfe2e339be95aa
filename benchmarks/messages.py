"""What one message costs in the engine, from the frame's text to the answer's, with everything that it changes.

usage: scripts/bench messages [STATIONS]     how many stations the site has (default 50)
"""

import asyncio
import json
from statistics import median
import sys
from time import perf_counter
from typing import Any

from benchmarks.figures import figure
from custom_components.evenload.engine.csms.connection import Connection
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

NOW = "2026-11-02T12:00:00Z"
SAMPLES = [
    {"value": "12345", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
    {"value": "7400", "measurand": "Power.Active.Import", "unit": "W"},
    {"value": "16", "measurand": "Current.Offered", "unit": "A"},
    {"value": "50", "measurand": "SoC", "unit": "Percent"},
    {"value": "31", "measurand": "Temperature", "unit": "Celsius"},
    {"value": "50.0", "measurand": "Frequency"},
    *(
        {"value": "10.7", "measurand": "Current.Import", "unit": "A", "phase": f"L{n}"}
        for n in (1, 2, 3)
    ),
    *(
        {"value": "230", "measurand": "Voltage", "unit": "V", "phase": f"L{n}-N"}
        for n in (1, 2, 3)
    ),
]
MESSAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "Heartbeat": ("Heartbeat", {}),
    "StatusNotification": (
        "StatusNotification",
        {"connectorId": 1, "errorCode": "NoError", "status": "Charging"},
    ),
    "MeterValues, 12 samples": (
        "MeterValues",
        {"connectorId": 1, "meterValue": [{"timestamp": NOW, "sampledValue": SAMPLES}]},
    ),
}


class Nowhere:
    """A vault that keeps nothing."""

    async def load(self, part: Part) -> dict[str, Any] | None:
        """There is nothing."""
        return None

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        """Forget it."""


class Wire:
    """A websocket that is not one: answers go nowhere."""

    async def send(self, message: str) -> None:
        """Take an answer."""

    async def recv(self) -> str:
        """Never say anything."""
        return await asyncio.get_running_loop().create_future()

    async def ping(self, data: bytes | None = None) -> asyncio.Future[float]:
        """Never be asked."""
        return asyncio.get_running_loop().create_future()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close nothing."""


async def measure(stations: int) -> None:
    """Print what each message costs in a site of so many stations."""
    names = [f"STATION-{number:03d}" for number in range(stations)]
    config = SiteConfig(
        "Home",
        Current(1000.0),
        stations={name: StationConfig(name, name) for name in names},
        groups={"g": GroupConfig("g", "Cars", Current(1000.0), tuple(names))},
    )
    site = Site(config, ListenerConfig(0, "127.0.0.1"), Nowhere())
    await site.load()
    desk: Desk = site._desk  # noqa: SLF001  # the benchmark stands where the listener stands
    connections = [
        Connection(Wire(), name, "127.0.0.1", lambda made: Adapter16(made, desk))
        for name in names
    ]
    for connection in connections:
        desk.opened(connection)
        for action, payload in MESSAGES.values():
            await connection._receive(json.dumps([2, "id", action, payload]))  # noqa: SLF001  # as run() receives
    print(
        f"{'message':<26}{'median ms':>10}{'p99 ms':>10}   ({stations} stations, {ROUNDS} of each)"
    )
    figures = []
    for name, (action, payload) in MESSAGES.items():
        text = json.dumps([2, "id", action, payload])
        times = []
        for _ in range(ROUNDS):
            began = perf_counter()
            await connection._receive(text)  # noqa: SLF001  # one frame, as run() receives it
            times.append((perf_counter() - began) * 1000)
        times.sort()
        print(f"{name:<26}{median(times):>10.3f}{times[int(ROUNDS * 0.99)]:>10.3f}")
        figures.append(figure(f"{action}_cost", median(times), "ms", GOAL_MS))
    await site.close()
    print("\n".join(figures))


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
