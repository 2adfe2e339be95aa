"""What a household draws beside its vehicles, as a list of events: kettles, ovens, heat pumps, a solar roof."""

from dataclasses import dataclass, field
from math import pi, sin
import random

type Lines = tuple[float, float, float]

DAY_S = 86400.0
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Habits:
    """What there is in a household. Currents are in amperes; `most_a` is what it never exceeds itself, but for a moment."""

    most_a: float
    heat_pump_a: float = 0.0
    solar_a: float = 0.0
    oven_a: float = 16.0
    heater_a: float = 0.0


@dataclass
class Household:
    """Makes the events: (when, what flows on each line from then on), in the order in which they come."""

    habits: Habits
    seed: int
    events: list[tuple[float, Lines]] = field(default_factory=list)

    def live(self, seconds: float) -> list[tuple[float, Lines]]:
        """Live for so long."""
        self._random = random.Random(self.seed)
        self._changes: list[tuple[float, int, float]] = []
        self._taken: list[tuple[float, float, int, float]] = []
        lines = [0, 1, 2]
        self._random.shuffle(lines)
        for line in lines:
            self._waver(line, seconds)
        self._fridge(lines[0], seconds)
        self._heat_pump(seconds)
        days = int(seconds / DAY_S) + 1
        for day in range(days):
            self._day(day * DAY_S, lines)
        self._sun(seconds)
        self._sum_up(seconds)
        return self.events

    def _day(self, begin_s: float, lines: list[int]) -> None:
        """What people do in a day; the story begins at noon."""
        doings = (
            # (how often, from and to which hour since noon, what it does)
            (6.0, 0.0, 23.5, lambda at: self._kettle(at, lines[0])),
            (0.8, 4.5, 8.0, lambda at: self._oven(at, lines[1])),
            (1.6, 4.0, 24.0, lambda at: self._hob(at, lines)),
            (0.7, 0.0, 23.0, lambda at: self._washing(at, lines[2])),
            (0.9, 5.0, 12.0, lambda at: self._dishes(at, lines[0])),
            (3.0, 4.0, 21.0, self._shower),
        )
        for often, from_h, to_h, do in doings:
            count = int(often) + (self._random.random() < often % 1)
            for _ in range(count):
                hour = self._random.uniform(from_h, to_h)
                if 11.0 < hour < 18.0 and self._random.random() < 0.8:
                    # People sleep.
                    continue
                do(begin_s + hour * HOUR_S)

    def _kettle(self, at_s: float, line: int) -> None:
        self._run(at_s, self._random.uniform(120, 240), {line: 9.0})

    def _oven(self, at_s: float, line: int) -> None:
        amperes = {line: self.habits.oven_a}
        self._run(at_s, 480, amperes)
        end_s = at_s + self._random.uniform(1800, 4500)
        at_s += 480 + 60
        while at_s < end_s:
            self._run(at_s, self._random.uniform(40, 70), amperes)
            at_s += self._random.uniform(100, 180)

    def _hob(self, at_s: float, lines: list[int]) -> None:
        end_s = at_s + self._random.uniform(900, 2400)
        while at_s < end_s:
            lasts_s = self._random.uniform(10, 90)
            self._run(at_s, lasts_s, {lines[1]: 8.0, lines[2]: 7.0})
            at_s += lasts_s + self._random.uniform(10, 60)

    def _washing(self, at_s: float, line: int) -> None:
        self._run(at_s, 900, {line: 9.0})
        for turn in range(120):
            self._run(at_s + 960 + 30 * turn, 15, {line: 1.5})
            self._run(at_s + 960 + 30 * turn, 0.4, {line: 3.0})

    def _dishes(self, at_s: float, line: int) -> None:
        for later_s in (0, 3000):
            self._run(at_s + later_s, 1000, {line: 9.0})

    def _shower(self, at_s: float) -> None:
        if self.habits.heater_a:
            lasts_s = self._random.uniform(180, 600)
            self._run(at_s, lasts_s, dict.fromkeys(range(3), self.habits.heater_a))

    def _heat_pump(self, seconds: float) -> None:
        if not self.habits.heat_pump_a:
            return
        at_s = self._random.uniform(0, 1800)
        while at_s < seconds:
            lasts_s = self._random.uniform(900, 2400)
            run_a = self.habits.heat_pump_a
            self._run(at_s, lasts_s, dict.fromkeys(range(3), run_a))
            # Its motor takes as much again as it starts, twice.
            self._run(at_s, 0.4, dict.fromkeys(range(3), 2 * run_a), is_motor=True)
            at_s += lasts_s + self._random.uniform(900, 3600)

    def _fridge(self, line: int, seconds: float) -> None:
        at_s = self._random.uniform(0, 1800)
        while at_s < seconds:
            self._run(at_s, 900, {line: 0.6})
            self._run(at_s, 0.3, {line: 5.0}, is_motor=True)
            at_s += self._random.uniform(2400, 3600)

    def _waver(self, line: int, seconds: float) -> None:
        """All the rest: lamps, chargers of telephones, screens."""
        at_s, current_a = 0.0, 0.0
        while at_s < seconds:
            now_a = self._random.uniform(0.3, 1.5)
            self._changes.append((at_s, line, now_a - current_a))
            current_a = now_a
            at_s += self._random.expovariate(1 / 90)

    def _sun(self, seconds: float) -> None:
        """Six hours of sun before and after noon, and clouds before it."""
        if not self.habits.solar_a:
            return
        at_s, before_a, clouds = 0.0, 0.0, 1.0
        while at_s < seconds:
            height = sin((at_s / DAY_S + 0.25) * 2 * pi)
            if self._random.random() < 0.1:
                clouds = self._random.choice((1.0, 1.0, 0.8, 0.5, 0.25))
            now_a = -self.habits.solar_a * clouds * max(0.0, height)
            if abs(now_a - before_a) > 0.1:
                self._changes += [(at_s, line, now_a - before_a) for line in range(3)]
                before_a = now_a
            at_s += self._random.expovariate(1 / 60)

    def _run(
        self,
        at_s: float,
        lasts_s: float,
        on: dict[int, float],
        *,
        is_motor: bool = False,
    ) -> None:
        """Let something run, unless it would be too much for the household's own habits."""
        if not is_motor:
            for line, current_a in on.items():
                if self._busy_a(line, at_s, lasts_s) + current_a > self.habits.most_a:
                    return
            self._taken += [(at_s, at_s + lasts_s, line, a) for line, a in on.items()]
        for line, current_a in on.items():
            self._changes.append((at_s, line, current_a))
            self._changes.append((at_s + lasts_s, line, -current_a))

    def _busy_a(self, line: int, at_s: float, lasts_s: float) -> float:
        """Return the most that may run at the same time on a line, with all the rest."""
        return 1.5 + sum(
            current_a
            for begin_s, end_s, other, current_a in self._taken[-400:]
            if other == line and begin_s < at_s + lasts_s and at_s < end_s
        )

    def _sum_up(self, seconds: float) -> None:
        flows, last_s = [0.0, 0.0, 0.0], 0.0
        for at_s, line, change_a in sorted(self._changes):
            if at_s >= seconds:
                break
            if at_s > last_s:
                self.events.append((last_s, (flows[0], flows[1], flows[2])))
                last_s = at_s
            flows[line] += change_a
        self.events.append((last_s, (flows[0], flows[1], flows[2])))
