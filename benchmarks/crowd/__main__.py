"""The process of the stations: one line of JSON in for what to do, one out for how it went."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
import json
import sys
from time import monotonic
from typing import Any

from .station import ThinStation
from .words import VERSIONS

type Json = dict[str, Any]


class Crowd:
    """All stations."""

    def __init__(self, url: str, names: Sequence[str], versions: Sequence[str]) -> None:
        """Give each station one of the versions, in turn."""
        for version in versions:
            if version not in VERSIONS:
                raise ValueError(f"no such version of OCPP: {version}")
        self.stations = [
            ThinStation(name, url, versions[index % len(versions)])
            for index, name in enumerate(names)
        ]
        self._habits: list[asyncio.Task[None]] = []

    async def dial(self) -> Json:
        """Let all dial at once; tells how long it took until the last had booted and told its status."""
        began = monotonic()
        await asyncio.gather(*(station.dial() for station in self.stations))
        return {"seconds": monotonic() - began, **self._counts()}

    async def start(self) -> Json:
        """Let all begin their transaction."""
        await asyncio.gather(*(station.start() for station in self.stations))
        return self._counts()

    async def report(self, every_s: float, heartbeat_s: float = 0.0) -> Json:
        """Let each report as often as this, evenly spread, and on the side say that it is there."""
        for index, station in enumerate(self.stations):
            offset_s = every_s * index / len(self.stations)
            self._habits.append(
                asyncio.create_task(_every(every_s, offset_s, station.report))
            )
            if heartbeat_s:
                self._habits.append(
                    asyncio.create_task(
                        _every(
                            heartbeat_s,
                            offset_s * heartbeat_s / every_s,
                            station.heartbeat,
                        )
                    )
                )
        return {}

    async def quiet(self) -> Json:
        """Stop reporting; tells of every report since the last time."""
        for habit in self._habits:
            habit.cancel()
        for habit in self._habits:
            with suppress(asyncio.CancelledError):
                await habit
        self._habits = []
        reports = [
            (station.identity, at, power_w)
            for station in self.stations
            for at, power_w in station.reports
        ]
        for station in self.stations:
            station.reports.clear()
        return {"reports": reports, **self._counts()}

    async def burst(self) -> Json:
        """Let all report in the same moment; tells after how many seconds each was answered."""
        waits = await asyncio.gather(*(station.report() for station in self.stations))
        return {"waits": waits, **self._counts()}

    async def repeat(self, times: int) -> Json:
        """Let all say so many times what they said last."""
        for _ in range(times):
            await asyncio.gather(*(station.repeat() for station in self.stations))
        return self._counts()

    async def obey(self) -> Json:
        """Let all draw what they are allowed, and say so."""
        await asyncio.gather(*(station.obey() for station in self.stations))
        return self._counts()

    async def limited(self) -> Json:
        """Tell the limits that each station was given since the last time, and which it holds now."""
        given = [
            (station.identity, at, limit_a)
            for station in self.stations
            for at, limit_a in station.limits
        ]
        for station in self.stations:
            del station.limits[:-1]
        return {"limits": given}

    async def leave(self) -> Json:
        """Let all go without a word."""
        await asyncio.gather(*(station.leave() for station in self.stations))
        return self._counts()

    def _counts(self) -> Json:
        return {
            "answered": sum(station.answered for station in self.stations),
            "unanswered": sum(station.unanswered for station in self.stations),
            "drops": sum(station.drops for station in self.stations),
        }


async def _every(period_s: float, offset_s: float, act: Any) -> None:
    due = monotonic() + offset_s
    while True:
        await asyncio.sleep(max(0.0, due - monotonic()))
        due += period_s
        await act()


async def main(url: str, names: str, versions: str) -> None:
    """Do as each line says."""
    crowd = Crowd(url, names.split(","), versions.split(","))
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        order = json.loads(line)
        result = await getattr(crowd, order.pop("do"))(**order)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
