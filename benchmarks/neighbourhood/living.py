"""A home in virtual time: the real fleet over virtual stations, with a household whose meter is late."""

import asyncio
from math import floor
import random
from typing import override

from benchmarks.neighbourhood.appliances import Household, Lines
from benchmarks.neighbourhood.grid import Grid
from benchmarks.neighbourhood.homes import Home, MeterKind
from benchmarks.neighbourhood.visits import visits
from benchmarks.neighbourhood.wallbox import Wallbox
from custom_components.evenload.engine.memory import State
from custom_components.evenload.engine.model.events import MetersSampled, StatusReported
from custom_components.evenload.engine.model.household import MeterReading
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.virtual import virtual_now

HEARTBEAT_S = 10.0
SILENT_SAMPLES_S = 60.0
SAMPLE_NOISE_A = 0.05


class HouseMeter:
    """The household's meter: measures at its beat what has changed, and tells it some seconds later."""

    def __init__(self, kind: MeterKind, living: Living, seed: int) -> None:
        """Begin at once."""
        self.is_frozen = self.is_silent = False
        self._kind = kind
        self._living = living
        self._random = random.Random(seed)
        self._loop = asyncio.get_running_loop()
        self._told: Lines = (0.0, 0.0, 0.0)
        self._told_s = -HEARTBEAT_S
        self._timer: asyncio.TimerHandle | None = None
        self._tick()

    def changed(self) -> None:
        """Something else flows: it shows at the next beat."""
        beat_s = self._kind.every_s
        at_s = (floor(self._loop.time() / beat_s) + 1) * beat_s
        if self._timer is None or at_s < self._timer.when() - 0.001:
            self._set(at_s)

    def _set(self, at_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(at_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        now_s = self._loop.time()
        if not self.is_frozen:
            l1_a, l2_a, l3_a = self._living.grid.flow
            value = (
                self._measured(l1_a),
                self._measured(l2_a),
                self._measured(l3_a),
            )
        else:
            value = self._told
        if value != self._told or now_s >= self._told_s + HEARTBEAT_S - 0.01:
            self._told, self._told_s = value, now_s
            if not self.is_silent:
                self._loop.call_later(self._kind.late_s, self._living.read, value)
        self._set(self._told_s + HEARTBEAT_S)

    def _measured(self, current_a: float) -> float:
        """Return what it makes of a current."""
        step_a = self._kind.step_a
        return (
            round((current_a + self._random.gauss(0, self._kind.noise_a)) / step_a)
            * step_a
        )


class Living(House):
    """A home whose inhabitants come and go."""

    def __init__(self, home: Home, seconds: float) -> None:
        """Get ready for so long."""
        loop = asyncio.get_running_loop()
        self.home = home
        self.grid = Grid(home.site.main_fuse.a, loop.time)
        self.alive = True
        # Stations that have lost the network.
        self.dropped: set[str] = set()
        self.kept: State | None = None
        boxes = [
            self._box(name, index) for index, name in enumerate(home.site.stations)
        ]
        super().__init__(home.site, boxes)
        self.boxes = {box.identity: box for box in boxes}
        self.names = [*self.boxes]
        self.visits = visits(len(boxes), seconds, home.seed)
        self.flows = Household(home.habits, home.seed).live(seconds)
        self._random = random.Random(home.seed)
        self.meter_of_house = HouseMeter(home.meter, self, home.seed)
        self.grid.changed = self.meter_of_house.changed

    def _box(self, name: str, index: int) -> Wallbox:
        config = self.home.site.stations[name]
        nature = Nature(
            answer_s=0.1,
            has_transactions=True,
            is_dynamic=(self.home.seed + index) % 3 == 0,
        )
        box = Wallbox(
            name,
            config.maximum.a,
            nature=nature,
            seed=self.home.seed + index,
            grid=self.grid,
            lines=self.home.lines[name],
        )
        box.phases = len(box.lines)
        box.is_empty = True
        box.on_status = lambda: self.tell_status(name)  # type: ignore[method-assign]  # a hook
        return box

    @override
    async def save(self) -> bool:
        """Keep everything: as text it would say the same."""
        state = self.fleet.state()
        await asyncio.sleep(0.02)
        self.kept = state
        return True

    async def live(self, seconds: float, settle_s: float = 600.0) -> None:
        """Let it run; nothing counts until all have taken their first limits."""
        loop = asyncio.get_running_loop()
        for name in self.names:
            self.connect(name)
        self._flow(0)
        self._next_visit(0)
        for index, name in enumerate(self.names):
            loop.call_later(1.0 + 0.37 * index, self._sample, name)
        await asyncio.sleep(settle_s)
        self.grid.advance()
        self.grid.counts = True
        await asyncio.sleep(seconds - settle_s)
        self.grid.advance()
        for name in self.names:
            self.boxes[name].go()
        if self.alive:
            await self.die()

    def _flow(self, index: int) -> None:
        """Let the household draw what it draws from now on."""
        self.grid.set_house(self.flows[index][1])
        if index + 1 < len(self.flows):
            at_s = self.flows[index + 1][0]
            asyncio.get_running_loop().call_at(at_s, self._flow, index + 1)

    def _next_visit(self, index: int) -> None:
        if index < len(self.visits):
            at_s = self.visits[index].arrives_s
            asyncio.get_running_loop().call_at(at_s, self._visit, index)

    def _visit(self, index: int) -> None:
        visit = self.visits[index]
        name = self.names[visit.place]
        self.boxes[name].come(visit)
        self.arrive(name)
        loop = asyncio.get_running_loop()
        loop.call_at(visit.leaves_s, self._end_visit, name)
        self._next_visit(index + 1)

    def _end_visit(self, name: str) -> None:
        self.boxes[name].go()
        self.leave(name)

    def read(self, currents: Lines) -> None:
        """Let Home Assistant hear the meter."""
        if self.alive:
            reading = MeterReading(virtual_now(), PhaseCurrents(*currents))
            self.fleet.read_meter("", reading)

    def tell_status(self, name: str) -> None:
        """Let a station tell what its vehicle does."""
        box = self.boxes[name]
        if box.connected and self.alive and 1 in box.transactions:
            self.hear(StatusReported, name, evse=1, status=box.status)

    @override
    def connect(self, identity: str) -> None:
        super().connect(identity)
        if self.boxes[identity].status is not EvseStatus.AVAILABLE:
            self.tell_status(identity)

    def _sample(self, name: str) -> None:
        """Let a station tell what it measures: while it charges at its beat, else once a minute."""
        box = self.boxes[name]
        every_s = self.home.samples_s[name]
        if not box.current_a:
            every_s = max(every_s, SILENT_SAMPLES_S)
        asyncio.get_running_loop().call_later(every_s, self._sample, name)
        if box.connected and self.alive and 1 in box.transactions:
            self.tell_meter(name)

    def tell_meter(self, name: str) -> None:
        """Let a station tell what it measures."""
        box = self.boxes[name]
        drawn_a = box.current_a
        if drawn_a:
            drawn_a += self._random.gauss(0, SAMPLE_NOISE_A)
        samples = [
            Sample(
                "Current.Import",
                round(drawn_a, 2) if place < box.phases else 0.0,
                "A",
                phase.value.upper(),
            )
            for place, phase in enumerate(Phase)
            if place < len(box.lines)
        ]
        samples.append(
            Sample("Energy.Active.Import.Register", round(box.register_wh), "Wh")
        )
        event = MetersSampled(
            identity=name, at=virtual_now(), evse=1, samples=tuple(samples)
        )
        self.fleet.hear(event)

    async def be_away(self, seconds: float) -> None:
        """Kill Home Assistant, and start it again after a while: what it had kept is left."""
        self.alive = False
        await self.die()
        for box in self.boxes.values():
            box.connected = False
        await asyncio.sleep(seconds)
        self.fleet = self._build(self.home.site)
        if self.kept is not None:
            self.fleet.books.ledger.restore(self.kept.pages, ())
            self.fleet.restore(self.kept)
        self.alive = True
        await asyncio.sleep(2)
        for name in self.names:
            await asyncio.sleep(self._random.uniform(0, 10))
            self.dial(name)

    def dial(self, name: str) -> None:
        """Let a station dial in, if it can."""
        if self.alive and name not in self.dropped and not self.boxes[name].connected:
            self.connect(name)
