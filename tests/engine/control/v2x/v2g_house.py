"""A house with a meter and vehicles that may carry it, second by second in virtual time."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import override

from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import MetersSampled, NeedsReported
from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.needs import ChargingNeeds
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.v2x import (
    DischargeState,
    V2gConfig,
    V2gMode,
    V2xDialect,
)
from custom_components.evenload.engine.model.v2x_ability import Method
from tests.engine.control.house import House
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.virtual import BEGINNING

VOLTAGE_V = 230.0
DIALECT = V2xDialect(method=Method.NATIVE, minimum_w=0.0)
V2G = V2gConfig(
    maximum_w=7_000.0,
    minimum_soc_percent=30.0,
    confirmed_at=BEGINNING,
    dialect=DIALECT,
    capacity_wh=60_000.0,
)
METER = MeterConfig(Current(10.0), margin=Current(0.0))


def site_of(
    names: Iterable[str] = ("A",), *, v2g: V2gConfig = V2G, export_cap_w: float = 0.0
) -> SiteConfig:
    """Return a site with a meter and stations that may feed back."""
    stations = {name: StationConfig(name, name, v2g={1: v2g}) for name in names}
    return SiteConfig(
        "home",
        Current(35.0),
        meter=METER,
        stations=stations,
        export_cap_w=export_cap_w,
    )


@dataclass(frozen=True)
class Pace:
    """How often the meter and the stations speak, and how late the meter is, in seconds."""

    meter: int = 1
    late: int = 0
    reports: int = 10


class V2gHouse(House):
    """Lives second by second; `load` is what it draws beside the vehicles, in watts, by the second."""

    def __init__(
        self,
        config: SiteConfig,
        stations: Iterable[Bidirectional],
        load: Callable[[int], float],
        pace: Pace = Pace(),
    ) -> None:
        """Begin with all vehicles plugged in."""
        super().__init__(config, stations)
        self.vehicles = {
            name: one
            for name, one in self.stations.items()
            if isinstance(one, Bidirectional)
        }
        self.load, self.pace = load, pace
        self.is_metered = True
        # What the meter said last, and what it says again and again.
        self.read_a = 0.0
        self.stands_at: float | None = None
        # Whether it shows which way it flows.
        self.has_signs = True
        # It shows so many times what flows, and nothing below 0 where it is clipped.
        self.scale, self.is_clipped = 1.0, False
        self.is_alive = True
        self.second = 0
        self.grid_w: list[float] = []
        self._past: deque[float] = deque(maxlen=pace.late + 1)

    async def begin(self, mode: V2gMode = V2gMode.HOUSE) -> None:
        """Let everybody dial in and say what they are."""
        for name in self.stations:
            self.connect(name)
        for name in self.vehicles:
            self.tell_needs(name)
            self.set_mode(name, mode)
        await self.live(3)

    @override
    def connect(self, identity: str) -> None:
        super().connect(identity)
        self.meter(identity)

    def tell_needs(self, name: str) -> None:
        """Let a vehicle say that it can feed back."""
        needs = ChargingNeeds("DC_BPT", soc_percent=self.vehicles[name].said_percent)
        self.hear(NeedsReported, name, evse=1, needs=needs)

    def set_mode(self, name: str, mode: V2gMode) -> None:
        """Have a vehicle do something."""
        key = EvseKey(name, 1)
        settings = self.fleet.evse(key).settings
        self.fleet.set_settings(key, replace(settings, v2g_mode=mode))

    def state(self, name: str = "A") -> DischargeState:
        """Return what is shown of a vehicle."""
        return self.fleet.evse(EvseKey(name, 1)).discharge

    async def live(self, seconds: int) -> None:
        """Let time pass."""
        for _ in range(seconds):
            await asyncio.sleep(1)
            self.second += 1
            for one in self.vehicles.values():
                one.move(1.0)
            grid_w = self.load(self.second) + self.drawn_w()
            self.grid_w.append(grid_w)
            self._past.append(grid_w)
            if not self.is_alive:
                continue
            for place, name in enumerate(sorted(self.stations)):
                if (self.second + 3 * place) % self.pace.reports == 3:
                    self.meter(name)
            if self.is_metered and self.second % self.pace.meter == 0:
                self.read()

    def read(self) -> None:
        """Let the meter speak: it wavers a little, as all do, unless it stands still."""
        if self.stands_at is None:
            waver_a = 0.001 * (self.second // self.pace.meter % 2)
            self.read_a = self.scale * self._past[0] / VOLTAGE_V / 3 + waver_a
        else:
            self.read_a = self.stands_at
        if not self.has_signs:
            self.read_a = abs(self.read_a)
        if self.is_clipped:
            self.read_a = max(0.0, self.read_a)
        currents = PhaseCurrents(self.read_a, self.read_a, self.read_a)
        self.fleet.read_meter("", MeterReading(self.now(), currents))

    def drawn_w(self) -> float:
        """Return what all stations draw, in watts; what is fed back is below 0."""
        return sum(
            self.vehicles[name].power_w
            if name in self.vehicles
            else one.drawn_a() * VOLTAGE_V * one.phases
            for name, one in self.stations.items()
        )

    @override
    def meter(self, identity: str) -> None:
        if identity not in self.vehicles:
            super().meter(identity)
            return
        vehicle = self.vehicles[identity]
        if not vehicle.connected:
            return
        way = "Import" if vehicle.power_w >= 0 else "Export"
        other = "Export" if vehicle.power_w >= 0 else "Import"
        samples = (
            Sample(f"Power.Active.{way}", abs(vehicle.power_w), "W"),
            Sample(f"Power.Active.{other}", 0.0, "W"),
            Sample("SoC", float(round(vehicle.said_percent)), "%"),
            *self.currents(vehicle),
        )
        self.fleet.hear(
            MetersSampled(identity=identity, at=self.now(), evse=1, samples=samples)
        )

    def currents(self, vehicle: Bidirectional) -> Iterable[Sample]:
        """Return what a station tells of its phases: nothing."""
        return ()

    @override
    async def die(self) -> None:
        await self.fleet.v2x.close()
        await super().die()

    async def crash(self) -> None:
        """Let Home Assistant end without a word: nobody is told anything."""
        self.is_alive = False
        self._were = [name for name, one in self.stations.items() if one.connected]
        for name in self._were:
            self.stations[name].connected = False
        await self.die()

    async def come_back(self) -> None:
        """Start it again: only the disk is left, and stations dial in."""
        self.is_alive = True
        self.fleet = self._restored(self.first_config)
        for name in self._were:
            self.connect(name)
