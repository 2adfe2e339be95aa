"""From what a meter says to what the stations hear: a household that takes a little more, again and again."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
import sys
from typing import Any

from benchmarks.crowd.remote import RemoteCrowd
from custom_components.evenload.meter_config import (
    CONF_FALLBACK_A,
    CONF_KIND,
    CONF_LOST_S,
    CONF_MARGIN_A,
    CONF_STALE_S,
)

from .instance import PROBE, Instance

LINES = ("l1", "l2", "l3")
SENSORS = [f"sensor.grid_current_{line}" for line in LINES]

# What everything else in the house draws on each line at first.
HOUSE_A = 5.0

# Each time every station has to give this much, the least that OCPP can say; down from all to little.
STEP_A = 0.1
STATION_A = 32.0
LEAST_A = 7.0

PATIENCE_S = 10.0
REST_S = 0.3
# By then no reading can still show what the stations had let go of before: a rise that comes earlier may be just that.
SETTLED_S = 5.5
BEGIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Choices:
    """What is measured."""

    stations: int
    samples: int
    version: str
    recorder: bool
    lines: int
    profile: bool


@dataclass
class Seen:
    """What was seen, in milliseconds from the moment before the meter's sensors changed."""

    # Until the sensors' states were set and everybody who listens to them had been told.
    heard_ms: list[float] = field(default_factory=list)
    # Until the first and the last frame were written to their sockets.
    first_ms: list[float] = field(default_factory=list)
    written_ms: list[float] = field(default_factory=list)
    # Of that, what the event loop worked: the rest is what else the machine did.
    worked_ms: list[float] = field(default_factory=list)
    # Until the last station had its frame, in another process.
    received_ms: list[float] = field(default_factory=list)
    # Frames with a limit, of all samples; and calls of any other kind before the last of them.
    frames: int = 0
    others: Counter[str] = field(default_factory=Counter)

    # How often not everybody was lowered: such a sample has no time.
    missed: int = 0

    @property
    def samples(self) -> int:
        """How many times all were lowered."""
        return len(self.written_ms)


class Reaction:
    """One Home Assistant with so many stations behind one meter."""

    def __init__(self, choices: Choices, folder: Path) -> None:
        """Lay everything out."""
        self.seen = Seen()
        self._choices = choices
        self._instance = Instance(folder, recorder=choices.recorder)
        self._names = [f"BENCH-{number:03d}" for number in range(choices.stations)]
        url = f"ws://127.0.0.1:{self._instance.ocpp_port}"
        self._crowd = RemoteCrowd(url, self._names, [choices.version])
        # What was drawn last, in all; and since when limits count.
        self._drawn_a = 0.0
        self._since = 0.0

    async def run(self) -> Seen:
        """Measure."""
        async with self._instance.running():
            await self._instance.set_up()
        self._adopt()
        async with self._instance.running(), self._crowd:
            await self._instance.is_quiet()
            await self._instance.ask(f"{PROBE}/watch")
            await self._read(HOUSE_A)
            await self._crowd.ask("dial")
            await self._crowd.ask("start")
            await self._begin()
            print(f"measuring: {self._choices.stations} stations", file=sys.stderr)
            await self._instance.ask(f"{PROBE}/begin", profile=self._choices.profile)
            for number in range(self._choices.samples):
                await self._lower(number)
            await self._instance.ask(f"{PROBE}/end", profile="reaction.prof")
        return self.seen

    def _adopt(self) -> None:
        """Put all behind one fuse that has room for all of them, with a meter of one sensor for each line."""
        stations_a = STATION_A * self._choices.stations
        meter = {
            CONF_KIND: "currents",
            **dict(zip(LINES, SENSORS, strict=True)),
            # So they begin with all of it, and not after a minute.
            CONF_FALLBACK_A: stations_a,
            # Every time is an overload then: what stays below the fuse may be the lag of the meter, for some seconds.
            CONF_MARGIN_A: 0,
            CONF_STALE_S: 600,
            CONF_LOST_S: 1200,
        }
        self._instance.adopt(
            {name: name.capitalize().replace("-", " ") for name in self._names},
            options={"main_fuse_a": self._fuse_a, "meter": meter},
            group={"strategy": "equal_serve", "limit": stations_a},
            station={"maximum_a": STATION_A},
        )

    @property
    def _fuse_a(self) -> float:
        return STATION_A * self._choices.stations + HOUSE_A

    async def _begin(self) -> None:
        """Wait until all draw all that they can."""
        async with asyncio.timeout(BEGIN_S + self._choices.stations / 4):
            while True:
                held = await self._obeyed()
                if len(held) == len(self._names) and min(held.values()) == STATION_A:
                    return
                await self._read(HOUSE_A)
                await asyncio.sleep(1.0)

    async def _lower(self, number: int) -> None:
        """Let the house take so much more that every station has to give, and see how long that takes."""
        # A meter reads what the stations have come to before the house takes more.
        house_a = HOUSE_A + (number - 0.5) * STEP_A * len(self._names)
        if number:
            await self._read(house_a)
        await asyncio.sleep(SETTLED_S)
        told = await self._read(
            house_a + STEP_A * len(self._names), SENSORS[: self._choices.lines]
        )
        began = self._since = told["began"]
        heard: dict[str, float] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while len(heard) < len(self._names):
                    await asyncio.sleep(0.05)
                    limits = (await self._crowd.ask("limited"))["limits"]
                    heard = {name: at for name, at, _ in limits if at >= began}
        await asyncio.sleep(REST_S)
        if len(heard) == len(self._names):
            self._note(told, heard, await self._instance.ask(f"{PROBE}/written"))
        else:
            self.seen.missed += 1
        await self._obeyed()

    def _note(
        self,
        told: dict[str, float],
        heard: dict[str, float],
        written: list[tuple[float, float, str]],
    ) -> None:
        seen, began = self.seen, told["began"]
        limits = [at for at, _, action in written if action == "SetChargingProfile"]
        worked = max(worked for at, worked, _ in written if at <= max(limits))
        seen.heard_ms.append((told["heard"] - began) * 1000)
        seen.first_ms.append((min(limits) - began) * 1000)
        seen.written_ms.append((max(limits) - began) * 1000)
        seen.worked_ms.append((worked - told["worked"]) * 1000)
        seen.received_ms.append((max(heard.values()) - began) * 1000)
        seen.frames += len(limits)
        seen.others.update(
            action
            for at, _, action in written
            if action != "SetChargingProfile" and at < max(limits)
        )

    async def _obeyed(self) -> dict[str, float]:
        """Let all draw what they may and say so; returns what each draws."""
        limits = (await self._crowd.ask("limited"))["limits"]
        held: dict[str, float] = {name: limit_a for name, _, limit_a in limits}
        await self._crowd.ask("obey")
        self._drawn_a = sum(held.values())
        return held

    async def _read(
        self, house_a: float, sensors: list[str] | None = None
    ) -> dict[str, Any]:
        """Let the meter say what flows, in one turn of the event loop."""
        all_a = house_a + self._drawn_a
        currents = dict.fromkeys(SENSORS if sensors is None else sensors, all_a)
        told: dict[str, Any] = await self._instance.ask(
            f"{PROBE}/meter", currents=currents
        )
        return told
