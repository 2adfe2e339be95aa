"""What a system above costs: how long a station waits for its answer with and without one, and how fast messages are passed on.

usage: scripts/bench uplink [STATIONS]     how many stations are relayed (default 100)
"""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
import json
import logging
from pathlib import Path
import resource
import sys
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.figures import figure, machine
from custom_components.evenload.engine.model.configuration import (
    ListenerConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.uplink import UplinkConfig, UplinkState
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.uplink.outbox import Outbox
from custom_components.evenload.engine.vault import Part

STATIONS = 100
ROUNDS = 20
QUEUED = 100_000
GOAL_MS = 2.0
PACE_S = 0.005


class Nowhere:
    """A vault that keeps nothing."""

    async def load(self, part: Part) -> dict[str, Any] | None:
        """There is nothing."""
        return None

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        """Forget it."""


class Above:
    """A system that accepts everything, and notes when it heard it."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self.heard: dict[str, float] = {}

    async def serve(self, socket: ServerConnection) -> None:
        """Answer one station."""
        async for text in socket:
            _, call_id, action, payload = json.loads(text)
            answer: dict[str, Any] = {}
            if action == "BootNotification":
                now = datetime.now(UTC).isoformat()
                answer = {"status": "Accepted", "currentTime": now, "interval": 3600}
            elif action == "MeterValues":
                stamp = payload["meterValue"][0]["sampledValue"][0]["value"]
                self.heard[stamp] = perf_counter()
            await socket.send(json.dumps([3, call_id, answer]))


class Station:
    """Says what it measures, one message at a time."""

    def __init__(self, socket: ClientConnection) -> None:
        """Speak over one websocket."""
        self._socket = socket
        self._answered: dict[str, asyncio.Future[None]] = {}
        self._reader = asyncio.ensure_future(self._read())

    async def say(self, call_id: str, action: str, payload: dict[str, Any]) -> float:
        """Say something; returns how long the answer took, in ms."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._answered[call_id] = done
        began = perf_counter()
        await self._socket.send(json.dumps([2, call_id, action, payload]))
        await done
        return (perf_counter() - began) * 1000

    async def _read(self) -> None:
        async for text in self._socket:
            frame = json.loads(text)
            if frame[0] == 2:
                await self._socket.send(
                    json.dumps([3, frame[1], {"status": "Accepted"}])
                )
            elif (done := self._answered.pop(frame[1], None)) is not None:
                done.set_result(None)


def values(stamp: str) -> dict[str, Any]:
    """Return a report whose value tells it from all others."""
    sample = {
        "value": stamp,
        "measurand": "Energy.Active.Import.Register",
        "unit": "Wh",
    }
    at = datetime.now(UTC).isoformat()
    return {
        "connectorId": 1,
        "meterValue": [{"timestamp": at, "sampledValue": [sample]}],
    }


# How long stations waited for answers, how much later each report was heard above, and the CPU for a report, in ms.
type Measured = tuple[list[float], list[float], float]


async def measured(count: int, *, above: bool) -> Measured:
    """Measure with so many stations; all of it, the system above too, is one process."""
    system = Above()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            serve(system.serve, "127.0.0.1", 0, subprotocols=["ocpp1.6"])  # type: ignore[list-item]  # a NewType
        )
        port = server.sockets[0].getsockname()[1]
        folder = Path(stack.enter_context(TemporaryDirectory()))
        names = [f"S{number}" for number in range(count)]
        config = SiteConfig(
            "Site",
            Current(1000.0),
            stations={
                name: StationConfig(
                    name,
                    name,
                    uplink=UplinkConfig(url=f"ws://127.0.0.1:{port}", identity=name)
                    if above
                    else None,
                )
                for name in names
            },
        )
        site = Site(
            config, ListenerConfig(0, "127.0.0.1"), Nowhere(), database=folder / "b.db"
        )
        await site.load()
        await site.open()
        stack.push_async_callback(site.close)
        stations = []
        for name in names:
            socket = await stack.enter_async_context(
                connect(
                    f"ws://127.0.0.1:{site.port}/{name}",
                    subprotocols=["ocpp1.6"],  # type: ignore[list-item]  # a NewType
                    compression=None,
                )
            )
            station = Station(socket)
            await station.say(
                "boot",
                "BootNotification",
                {"chargePointVendor": "Maker", "chargePointModel": "Box"},
            )
            stations.append(station)
        while above and any(
            (status := site.uplink(name)) is None
            or status.state is not UplinkState.CONNECTED
            for name in names
        ):
            await asyncio.sleep(0.05)
        # What every new connection is asked is over.
        await asyncio.sleep(8)
        return await _reports(stations, system, above=above)


async def _reports(stations: list[Station], system: Above, *, above: bool) -> Measured:
    waits, told = [], {}
    began_s = process_time()
    for number in range(ROUNDS):
        for place, station in enumerate(stations):
            stamp = str(1_000_000 + number * 10_000 + place)
            said_at = perf_counter()
            waits.append(await station.say(stamp, "MeterValues", values(stamp)))
            told[stamp] = said_at
            await asyncio.sleep(PACE_S)
    while above and len(system.heard) < len(told):
        await asyncio.sleep(0.05)
    cpu_ms = (process_time() - began_s) * 1000 / len(told)
    later = [(heard - told[stamp]) * 1000 for stamp, heard in system.heard.items()]
    return waits, later, cpu_ms


async def queued(folder: Path) -> tuple[float, float, float]:
    """Return how long 100 000 messages take to be kept and to be told, in s, and the memory that it takes, in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    box = Outbox(folder / "queue.db", lambda _: None)
    await box.open()
    began = perf_counter()
    for number in range(QUEUED):
        box.put("S", "MeterValues", values(str(number)))
        if number % 1000 == 0:
            await asyncio.sleep(0)
    await box.flush()
    kept_s = perf_counter() - began
    began = perf_counter()
    while box.count("S"):
        box.delivered(await box.next("S"))
    told_s = perf_counter() - began
    await box.close()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kept_s, told_s, (after - before) / 1024


def percentile(values_ms: list[float], part: float) -> float:
    """Return the value that this part of them does not pass."""
    return sorted(values_ms)[min(len(values_ms) - 1, int(part * len(values_ms)))]


async def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else STATIONS
    logging.disable(logging.WARNING)
    print(machine())
    alone, _, alone_ms = await measured(count, above=False)
    relayed, later, relayed_ms = await measured(count, above=True)
    with TemporaryDirectory() as folder:
        kept_s, told_s, memory_mb = await queued(Path(folder))
    print(f"\n{count} stations, {len(alone)} reports; milliseconds      p50      p99")
    for name, row in (
        ("answer without a system above", alone),
        ("answer with one", relayed),
        ("from the station to the system above", later),
    ):
        print(f"{name:<45}{percentile(row, 0.5):9.2f}{percentile(row, 0.99):9.2f}")
    print(
        f"\n{QUEUED} messages: kept in {kept_s:.1f} s, told in {told_s:.1f} s, {memory_mb:.0f} MB\n"
    )
    added = percentile(relayed, 0.99) - percentile(alone, 0.99)
    print(figure("uplink_added_p99", added, "ms", GOAL_MS))
    print(figure("uplink_added_cpu", relayed_ms - alone_ms, "ms", GOAL_MS))
    print(figure("uplink_queue_memory", memory_mb, "MB", 200))
    print(figure("uplink_queue_told", QUEUED / told_s, "1/s", 1000, at_most=False))


if __name__ == "__main__":
    asyncio.run(main())
