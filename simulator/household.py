"""A household behind one grid meter: base load, appliances, a solar roof, and the charging stations."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
import math
from typing import Protocol

from simulator.clock import Clock, SystemClock
from simulator.phases import PerPhase, Phase

DAY_S = 86_400
VOLTAGE_V = 230.0


class Load(Protocol):
    """Anything on the grid side of the meter that says what it takes."""

    @property
    def currents(self) -> PerPhase:
        """Amperes on each grid phase."""
        ...


@dataclass(frozen=True, slots=True)
class Appliance:
    """A thing with a switch, and what it takes on each phase when on."""

    name: str
    power_w: PerPhase


APPLIANCES = (
    Appliance("kettle", PerPhase(l2=2300)),
    Appliance("oven", PerPhase(l1=1700, l3=1700)),
    Appliance("heat_pump", PerPhase.even(1100)),
    Appliance("dryer", PerPhase(l3=2500)),
)


@dataclass
class Household:
    """What the meter at the grid connection sees; import is positive."""

    base_w: PerPhase = field(default_factory=lambda: PerPhase(350, 220, 280))
    appliances: dict[str, Appliance] = field(
        default_factory=lambda: {a.name: a for a in APPLIANCES}
    )
    switched_on: set[str] = field(default_factory=set)
    solar_peak_w: float = 0.0
    clouded: bool = False
    solar_phases: tuple[Phase, ...] = tuple(Phase)
    fuse_a: float = 25.0
    voltage_v: float = VOLTAGE_V
    loads: list[Load] = field(default_factory=list)
    clock: Clock = field(default_factory=SystemClock)
    sunshine: Callable[[datetime], float] = field(default_factory=lambda: daylight)
    imported_wh: float = field(default=0.0, init=False)
    exported_wh: float = field(default=0.0, init=False)
    made_wh: float = field(default=0.0, init=False)

    def switch(self, name: str, on: bool) -> None:
        """Switch an appliance; raises KeyError for one that is not there."""
        if name not in self.appliances:
            raise KeyError(name)
        (self.switched_on.add if on else self.switched_on.discard)(name)

    def own_power_w(self) -> PerPhase:
        """The house without the charging stations."""
        now = self.clock.now()
        power_w = self.base_w * daily_variation(now)
        for name in self.switched_on:
            power_w += self.appliances[name].power_w
        each_w = self.solar_w() / len(self.solar_phases)
        return power_w - PerPhase.on(
            self.solar_phases, (each_w,) * len(self.solar_phases)
        )

    def solar_w(self) -> float:
        """What the roof gives now."""
        return (
            0.0 if self.clouded else self.solar_peak_w * self.sunshine(self.clock.now())
        )

    def grid_power_w(self) -> PerPhase:
        """Watts at the grid connection, with everything the vehicles draw."""
        return self.own_power_w() + self._load_currents_a() * self.voltage_v

    def grid_currents(self) -> PerPhase:
        """Amperes at the grid connection on each phase; export is negative."""
        return self.own_power_w() * (1 / self.voltage_v) + self._load_currents_a()

    def over_fuse(self) -> PerPhase:
        """By how many amperes each phase is above the fuse, if it is."""
        return self.grid_currents().map(
            lambda current_a: max(0.0, current_a - self.fuse_a)
        )

    def advance(self, dt_s: float) -> None:
        """Count the energy of a moment; the meter saldates the phases, as most do."""
        energy_wh = self.grid_power_w().total * dt_s / 3600
        self.imported_wh += max(0.0, energy_wh)
        self.exported_wh += max(0.0, -energy_wh)
        self.made_wh += self.solar_w() * dt_s / 3600

    def _load_currents_a(self) -> PerPhase:
        return sum((load.currents for load in self.loads), PerPhase())


def daily_variation(at: datetime) -> float:
    """A gentle swing of the base load: least before dawn, most in the evening."""
    return 1 + 0.3 * math.cos((_second_of_day(at) / DAY_S - 19 / 24) * 2 * math.pi)


def daylight(at: datetime) -> float:
    """Fraction of the roof's peak that a clear day gives: a half sine from six to eighteen UTC."""
    return max(0.0, math.sin((_second_of_day(at) / DAY_S - 0.25) * 2 * math.pi))


def _second_of_day(at: datetime) -> float:
    return at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6
