"""What is done to a Home Assistant with many stations, and what is seen meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
import sys
from typing import Any

from benchmarks.crowd.remote import RemoteCrowd
from benchmarks.figures import all_cpu_s

from .instance import PROBE, Instance

REPORT_S = 10.0
BURSTS = 5
SETTLE_S = 15.0

# As many as a connection remembers for diagnostics, so that its memory is full: half of them are answers.
REPORTS_REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class Choices:
    """What is measured."""

    stations: int
    seconds: float
    versions: tuple[str, ...]
    recorder: bool
    profile: bool


@dataclass
class Measured:
    """What was seen."""

    idle_percent: float = 0.0
    busy_percent: float = 0.0
    delays_ms: list[float] = field(default_factory=list)
    collection_ms: float = 0.0
    collections: int = 0
    latencies_ms: list[float] = field(default_factory=list)
    # Of those during which no garbage was collected in full.
    undisturbed_ms: list[float] = field(default_factory=list)
    lost: int = 0
    burst_delay_ms: float = 0.0
    burst_wait_ms: float = 0.0
    memory_kb: float = 0.0
    entities_kb: float = 0.0
    first_start_kb: float = 0.0
    arrival_s: float = 0.0
    storm_s: float = 0.0
    disturbed: int = 0
    disturbed_delay_ms: float = 0.0
    changes_s: float = 0.0
    # What everything but Home Assistant used of one core while it was busy: the stations, and what else there is.
    others_percent: float = 0.0


class Bench:
    """One run."""

    def __init__(self, choices: Choices, folder: Path) -> None:
        """Lay everything out."""
        self.seen = Measured()
        self._seconds = choices.seconds
        self._profile = choices.profile
        self._instance = Instance(folder, recorder=choices.recorder)
        names = [f"BENCH-{number:03d}" for number in range(choices.stations)]
        # Home Assistant makes "sensor.bench_007_power" of this.
        self._names = {name: name.capitalize().replace("-", " ") for name in names}
        url = f"ws://127.0.0.1:{self._instance.ocpp_port}"
        self._crowd = RemoteCrowd(url, names, choices.versions)
        self._newcomer = RemoteCrowd(url, ["BENCH-NEW"], choices.versions)

    async def run(self) -> Measured:
        """Measure everything in turn."""
        async with self._instance.running():
            await self._instance.set_up()
            await asyncio.sleep(min(SETTLE_S, self._seconds))
            async with self._probed("idle"):
                self.seen.idle_percent = await self._instance.busy_percent(
                    self._seconds
                )
            empty_kb = self._instance.memory_kb
        if self._seconds > SETTLE_S:
            empty_kb = await self._memory_of_a_start()
        self._instance.adopt(self._names)
        if self._seconds > SETTLE_S:
            # The first start with them registers thousands of entities, once: what that takes is free after the next.
            first_kb = await self._memory_of_a_start() - empty_kb
            self.seen.first_start_kb = first_kb / len(self._names)
        async with self._instance.running(), self._crowd, self._newcomer:
            await self._instance.is_quiet()
            adopted_kb = self._instance.memory_kb - empty_kb
            self.seen.entities_kb = adopted_kb / len(self._names)
            async with self._probed("arrival"):
                self.seen.arrival_s = (await self._crowd.ask("dial"))["seconds"]
                await self._crowd.ask("start")
            remembered = REPORTS_REMEMBERED if self._seconds > SETTLE_S else 1
            await self._crowd.ask("burst")
            await self._crowd.ask("repeat", times=remembered)
            await asyncio.sleep(min(SETTLE_S, self._seconds))
            await self._steady()
            grown_kb = self._instance.memory_kb - empty_kb
            self.seen.memory_kb = grown_kb / len(self._names)
            await self._same_moment()
            await self._storm()
            await self._disturb()
            print(self._complaints(), end="")
        return self.seen

    async def _memory_of_a_start(self) -> float:
        """Start it, let it come to rest, and return what memory it then has."""
        async with self._instance.running():
            await self._instance.is_quiet()
            return self._instance.memory_kb

    async def _steady(self) -> None:
        """Let all report as often as they do, each in its own moment."""
        await self._crowd.ask("quiet")
        async with self._probed("steady") as probe:
            await self._crowd.ask("report", every_s=REPORT_S)
            before_s = all_cpu_s()
            self.seen.busy_percent = await self._instance.busy_percent(self._seconds)
            all_percent = 100 * (all_cpu_s() - before_s) / self._seconds
            self.seen.others_percent = all_percent - self.seen.busy_percent
            sent = await self._crowd.ask("quiet")
        self.seen.delays_ms = sorted(probe["delays_ms"])
        self.seen.collection_ms = probe["collection_ms"]
        self.seen.changes_s = probe["changes"] / self._seconds
        self.seen.collections = len(probe["collections"])
        self._match(sent["reports"], probe["powers"], probe["collections"])

    def _match(
        self,
        reports: Sequence[tuple[str, float, float]],
        powers: Sequence[tuple[str, str, float]],
        collections: Sequence[tuple[float, float]],
    ) -> None:
        """Find the state that each report became, and whether everything stood still meanwhile."""
        shown = {
            (entity_id, float(state)): at
            for entity_id, state, at in powers
            if state not in {"unknown", "unavailable"}
        }
        for identity, sent_at, power_w in reports:
            entity_id = f"sensor.{identity.lower().replace('-', '_')}_power"
            at = shown.get((entity_id, power_w))
            if at is None:
                self.seen.lost += 1
                continue
            took_ms = (at - sent_at) * 1000
            self.seen.latencies_ms.append(took_ms)
            if all(end < sent_at or begin > at for begin, end in collections):
                self.seen.undisturbed_ms.append(took_ms)
        self.seen.latencies_ms.sort()
        self.seen.undisturbed_ms.sort()

    async def _same_moment(self) -> None:
        """Let all report at once."""
        async with self._probed("burst") as probe:
            for _ in range(BURSTS):
                waits = (await self._crowd.ask("burst"))["waits"]
                self.seen.burst_wait_ms = max(
                    self.seen.burst_wait_ms, 1000 * max(waits)
                )
                await asyncio.sleep(1.0)
        self.seen.burst_delay_ms = max(probe["delays_ms"])
        await self._crowd.ask("quiet")

    async def _storm(self) -> None:
        """Let all lose their power, and have it back in the same moment."""
        await self._crowd.ask("leave")
        await asyncio.sleep(min(SETTLE_S, self._seconds))
        async with self._probed("storm"):
            self.seen.storm_s = (await self._crowd.ask("dial"))["seconds"]
            await asyncio.sleep(min(SETTLE_S, self._seconds))

    async def _disturb(self) -> None:
        """Adopt, reconfigure and remove a station while all others speak; count what that costs them."""
        before = await self._crowd.ask("quiet")
        await self._crowd.ask("report", every_s=REPORT_S, heartbeat_s=1.0)
        await self._newcomer.ask("dial")
        async with self._probed("disturb") as probe:
            await self._adopt_newcomer()
            await asyncio.sleep(2.0)
            subentry_id = await self._reconfigure_newcomer()
            await asyncio.sleep(2.0)
            await self._instance.ask(
                "config_entries/subentries/delete",
                entry_id=await self._entry_id(),
                subentry_id=subentry_id,
            )
            await asyncio.sleep(2.0)
        after = await self._crowd.ask("quiet")
        self.seen.disturbed = sum(
            after[count] - before[count] for count in ("drops", "unanswered")
        )
        self.seen.disturbed_delay_ms = max(probe["delays_ms"])

    async def _adopt_newcomer(self) -> None:
        """Click on the card."""
        while not (cards := await self._instance.ask("config_entries/flow/progress")):
            await asyncio.sleep(0.1)
        form = {"name": "Newcomer", "phases": "3", "maximum_a": 16}
        await self._instance.client.post(
            f"/api/config/config_entries/flow/{cards[0]['flow_id']}", form
        )

    async def _reconfigure_newcomer(self) -> str:
        """Change its form; returns its subentry."""
        client, entry_id = self._instance.client, await self._entry_id()
        there = await self._instance.ask(
            "config_entries/subentries/list", entry_id=entry_id
        )
        subentry_id = next(
            one["subentry_id"] for one in there if one["title"] == "Newcomer"
        )
        path = "/api/config/config_entries/subentries/flow"
        handler = {"handler": [entry_id, "station"], "subentry_id": subentry_id}
        step = await client.post(path, handler)
        form = {"name": "Newcomer", "phases": "1", "maximum_a": 10}
        await client.post(f"{path}/{step['flow_id']}", form)
        return str(subentry_id)

    async def _entry_id(self) -> str:
        entries = await self._instance.ask("config_entries/get", domain="evenload")
        return str(entries[0]["entry_id"])

    @asynccontextmanager
    async def _probed(self, name: str) -> AsyncGenerator[dict[str, Any]]:
        """Look from inside for a while; what was seen is there afterwards."""
        await self._instance.ask(f"{PROBE}/begin", profile=self._profile)
        print(f"measuring: {name}", file=sys.stderr)
        seen: dict[str, Any] = {}
        yield seen
        seen |= await self._instance.ask(f"{PROBE}/end", profile=f"{name}.prof")

    def _complaints(self) -> str:
        """What Home Assistant has logged."""
        return "".join(
            f"log: {line}\n"
            for line in self._instance.log.splitlines()
            if "WARNING" in line or "ERROR" in line
        )


def percentile(values: Sequence[float], percent: float) -> float:
    """Return a percentile of sorted values."""
    if not values:
        return float("nan")
    return values[min(len(values) - 1, int(len(values) * percent / 100))]
