"""A house with a meter: what else it draws, when the meter and the stations speak, and what must follow from that."""

import asyncio
from collections import deque
from dataclasses import dataclass
from math import copysign

from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from tests.engine.control.held import Payload
from tests.engine.control.house import House
from tests.engine.control.stations import VEHICLE_LAG_S, VirtualStation
from tests.engine.control.watch import line_currents, star
from tests.engine.virtual import VirtualLoop, virtual_now

# How long a breaker may carry a multiple of its rating: IEC 60898-1's lower curves, read conservatively.
BREAKER_S = ((1.13, 60.0), (1.30, 30.0), (1.45, 15.0), (2.0, 8.0), (2.55, 5.0))

# An overload of a breaker that has time may be a motor that starts: two samples tell, and who charges with its least goes on.
RIDES = 2.5
SLACK_S = 3.0

# What meters round, and what is not worth a write.
ABOUT_A = 0.6

# A writer is woken in the turn after, one turn looks at eight stations, and each hands its message on in one more.
TURNS = 6
MINIMUM_A = 6.0


@dataclass(frozen=True)
class Habits:
    """How often the meter speaks, and how old what it says is, in seconds."""

    every: int = 1
    late: int = 0
    reports: int = 10


@dataclass(frozen=True)
class Moment:
    """What happens in a house, what it draws on its lines beside the stations, and for how long."""

    what: str
    who: int
    load: tuple[float, float, float]
    seconds: int


class MeteredHouse(House):
    """Lives second by second, with a meter at the site."""

    habits = Habits()

    def begin_metering(self, habits: Habits) -> None:
        """Let the meter speak from now on."""
        self.habits = habits
        self.load: dict[Phase, float] = dict.fromkeys(star(self.fleet.site), 0.0)
        self.is_speaking = True
        self.broken: list[str] = []
        self._second = 0
        self._spoke_at: float | None = None
        self._past: deque[PhaseCurrents] = deque(maxlen=habits.late + 1)
        self._loads: deque[tuple[float, dict[Phase, float]]] = deque()
        self._sums: deque[tuple[float, dict[Phase, float]]] = deque()
        self._over_s: dict[Phase, float] = {}
        self._used: dict[Phase, float] = {}
        for station in self.stations.values():
            station.on_call = self._note_raise

    @property
    def meter_config(self) -> MeterConfig:
        """The meter of the site."""
        meter = self.fleet.site.meter
        assert meter is not None
        return meter

    @property
    def silent_s(self) -> float:
        """For how long the meter has said nothing."""
        now_s = asyncio.get_running_loop().time()
        return 0.0 if self._spoke_at is None else now_s - self._spoke_at

    def flowing(self) -> PhaseCurrents:
        """Return what the meter would read if it read now: an import is positive."""
        site, voltages = self.fleet.site, star(self.fleet.site)
        ours = line_currents(site, site.stations, self.draws(), self.used())
        values = PhaseCurrents()
        for phase, voltage in voltages.items():
            current = ours[phase] + self.load[phase] * voltage
            sign = (current * voltage.conjugate()).real
            values = values.on(phase, copysign(abs(current), sign))
        return values

    async def live(self, seconds: int) -> None:
        """Let time pass."""
        for _ in range(seconds):
            await asyncio.sleep(1)
            self._second += 1
            self._past.append(self.flowing())
            if self._second % self.habits.reports == 3:
                for name in sorted(self.stations):
                    self.meter(name)
            if self.is_speaking and self._second % self.habits.every == 0:
                await self._read()
            self._look()

    async def _read(self) -> None:
        now_s = asyncio.get_running_loop().time()
        self._spoke_at = now_s
        self._loads.append((now_s, dict(self.load)))
        while self._loads[0][0] < now_s - self.meter_config.raise_after_s + 1:
            self._loads.popleft()
        busy = {name for name, one in self.stations.items() if one.is_busy}
        self.fleet.read_meter("", MeterReading(self.now(), self._past[0]))
        await self._check_at_once(busy)

    async def _check_at_once(self, busy: set[str]) -> None:
        """Whoever can be told to make room has been told so before any time has passed (promise 5)."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        began_s = loop.time()
        for _ in range(TURNS):
            await asyncio.sleep(0)
        assert loop.time() == began_s
        if (
            busy
            or self.habits.late
            or not all(s.connected for s in self.stations.values())
        ):
            return
        told = {name: one.told_a() for name, one in self.stations.items()}
        site = self.fleet.site
        ours = line_currents(site, site.stations, told, self.used())
        for phase, voltage in star(site).items():
            flows_a = abs(ours[phase] + self.load[phase] * voltage)
            lowers = [
                name
                for name, one in site.stations.items()
                if phase in one.wiring and told[name] > MINIMUM_A + 0.1
            ]
            if flows_a > site.main_fuse.a + 0.05 and lowers:
                self.broken.append(
                    f"late: {virtual_now():%T} {phase} {flows_a:.1f} A told {told}"
                )

    def _look(self) -> None:
        """Count for how long each line carries too much, and hold that against what a breaker stands."""
        limit_a = self.fleet.site.main_fuse.a
        ours = line_currents(
            self.fleet.site, self.fleet.site.stations, self.draws(), self.used()
        )
        now_s = asyncio.get_running_loop().time()
        self._sums.append((now_s, {phase: abs(a) for phase, a in ours.items()}))
        while self._sums[0][0] < now_s - self.meter_config.raise_after_s:
            self._sums.popleft()
        for phase, voltage in star(self.fleet.site).items():
            flows_a = abs(ours[phase] + self.load[phase] * voltage)
            if flows_a <= limit_a + 0.05 or not self.is_speaking:
                # What a silent meter hides nobody can answer.
                self._over_s[phase] = self._used[phase] = 0.0
                continue
            self._over_s[phase] = self._over_s.get(phase, 0.0) + 1
            stands_s = next(
                (s for most, s in BREAKER_S if flows_a <= most * limit_a), 0
            )
            if stands_s:
                self._used[phase] = self._used.get(phase, 0.0) + 1 / stands_s
            words = f"{virtual_now():%T} {phase} {flows_a:.1f} A of {limit_a:g}"
            if self._used.get(phase, 0.0) > 1 + 1e-6:
                self.broken.append(f"tripped: {words}")
            if self._over_s[phase] > self._reaction_s:
                self.broken.append(f"too long: {words}")

    @property
    def _reaction_s(self) -> float:
        answer_s = max(one.nature.answer_s for one in self.stations.values())
        rides_s = RIDES * self.habits.every
        return rides_s + self.habits.late + answer_s + VEHICLE_LAG_S + SLACK_S

    def fallen_back(self) -> list[str]:
        """Return where more is drawn than what may be without a meter."""
        site, fallback = self.fleet.site, self.meter_config.fallback
        assert isinstance(fallback, Current)
        ours = line_currents(site, site.stations, self.draws(), self.used())
        return [
            f"lost: {virtual_now():%T} {phase} {abs(current):.1f} A of {fallback.a:g}"
            for phase, current in ours.items()
            if abs(current) > fallback.a + 0.05
        ]

    def _note_raise(
        self, station: VirtualStation, action: str, payload: Payload
    ) -> None:
        """Look whether who is given more has waited for it (promise 5), and whether the meter is heard (promise 6)."""
        was_a, is_a = station.could_draw_a(), station.would_draw_a(action, payload)
        if is_a <= was_a + 0.051 or self._spoke_at is None:
            return
        now_s = asyncio.get_running_loop().time()
        words = f"{virtual_now():%T} {station.identity} from {was_a:g} to {is_a:g} A"
        age_s, meter = now_s - self._spoke_at, self.meter_config
        if meter.stale_s + 1 < age_s < meter.lost_s - 1:
            self.broken.append(f"raised while stale: {words}")
            return
        if age_s < meter.stale_s:
            self._note_haste(station.identity, is_a, words)

    def _note_haste(self, identity: str, is_a: float, words: str) -> None:
        site, meter = self.fleet.site, self.meter_config
        draws = {name: one.could_draw_a() for name, one in self.stations.items()}
        draws[identity] = is_a
        ours = line_currents(site, site.stations, draws, self.used())
        assert isinstance(meter.fallback, Current)
        since_s = asyncio.get_running_loop().time() - meter.raise_after_s + 1
        for phase in site.stations[identity].wiring:
            # Who has waited long enough has done so while the meter was silent, too, as long as it is fresh.
            loads = [load[phase] for at_s, load in self._loads if at_s >= since_s]
            held_a = max((sums[phase] for _, sums in self._sums), default=0.0)
            free_a = site.main_fuse.a - meter.margin.a - max(loads, default=0.0)
            most_a = max(meter.fallback.a, free_a, held_a) + ABOUT_A
            if abs(ours[phase]) > most_a:
                self.broken.append(
                    f"hasty: {words}: {phase} {abs(ours[phase]):.1f} A of {most_a:.1f}"
                )
