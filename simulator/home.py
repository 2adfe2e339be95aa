"""A home: a household with its meter, and charging stations in front of it, in one event loop."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
import json
from pathlib import Path
from typing import Self

from simulator.bidirectional import Bidirectional
from simulator.clock import Clock, ForwardClock
from simulator.household import Household
from simulator.phases import DEFAULT_WIRING, L1, L2, L3, Wiring
from simulator.simulated import SimulatedStation
from simulator.vehicle import Vehicle

TICK_S = 1.0
SAVE_EVERY_S = 10.0
SOLAR_PEAK_W = 5000.0
# In a mixed home the stations take turns.
VERSIONS = ("1.6", "2.0.1", "2.1")


@dataclass(frozen=True, slots=True)
class Place:
    """A station of the home, and the car that usually stands there."""

    identity: str
    vendor: str
    model: str
    serial: str
    wiring: Wiring
    maximum_a: float
    car: str
    car_phases: int
    car_maximum_a: float
    car_capacity_wh: float
    car_soc_percent: float
    dc_w: float = 0.0
    discharge_w: float = 0.0
    evccid: str = ""

    def usual_car(self) -> Vehicle:
        """The car as it arrives."""
        return Vehicle(
            name=self.car,
            phases=self.car_phases,
            maximum_a=self.car_maximum_a,
            capacity_wh=self.car_capacity_wh,
            soc_percent=self.car_soc_percent,
            dc_maximum_w=self.dc_w or Vehicle.dc_maximum_w,
            discharge_maximum_w=self.discharge_w,
            evccid=self.evccid,
        )


# fmt: off
PLACES = (
    Place("EVL-GARAGE", "Nordlicht", "Polaris 22", "NL22-004711", (L1, L2, L3), 32, "Estate", 3, 16, 77_000, 35),
    Place("EVL-DRIVEWAY", "Brightwell", "Kerb One", "BW1-90210", (L2,), 32, "Hatchback", 1, 32, 52_000, 50),
    Place("EVL-CARPORT", "Volta Nova", "Duo 11", "VN-0815-11", (L3, L1, L2), 16, "Plug-in hybrid", 2, 16, 18_000, 20),
)
# It speaks OCPP 2.1, whatever the others do, and its car can carry the house.
V2G_PLACE = Place("EVL-BARN", "Sonnwend", "Bidi 11", "SW11-000042", (L1, L2, L3), 16, "Van", 3, 16, 77_000, 70,
    dc_w=11_000, discharge_w=10_000, evccid="EVLVAN000001")
# fmt: on
EVENING_LOAD = "heat_pump"


def place(number: int) -> Place:
    """The place of that number: the three of the home, and plain ones after them."""
    if number <= len(PLACES):
        return PLACES[number - 1]
    wiring = tuple(DEFAULT_WIRING[(number + n) % 3] for n in range(3))
    return replace(
        PLACES[0],
        identity=f"EVL-STATION-{number:02}",
        serial=f"NL22-{number:06}",
        wiring=wiring,
        car=f"Car {number}",
    )


@dataclass
class Home:
    """The household and its stations; `version` is the OCPP of all, or "mixed"."""

    ocpp_url: str
    station_count: int = len(PLACES)
    state: Path | None = None
    plugged_in: bool = True
    clock: Clock = field(default_factory=ForwardClock)
    version: str = "1.6"
    v2g: bool = False
    # Without its plug the meter tells nobody anything.
    meter_has_power: bool = field(default=True, init=False)
    household: Household = field(init=False)
    stations: dict[str, SimulatedStation] = field(init=False)
    places: dict[str, Place] = field(init=False)

    def __post_init__(self) -> None:
        """Build everything; nothing runs yet."""
        places = [place(number) for number in range(1, self.station_count + 1)]
        places += [V2G_PLACE] if self.v2g else []
        self.places = {each.identity: each for each in places}
        self.stations = {
            each.identity: self._station(number, each)
            for number, each in enumerate(places)
        }
        self.household = Household(
            solar_peak_w=SOLAR_PEAK_W,
            loads=[station.station for station in self.stations.values()],
            clock=self.clock,
        )
        if self.v2g:
            self.household.switch(EVENING_LOAD, on=True)
        for station in self.stations.values():
            station.station.upstream_w = lambda: self.household.grid_power_w().total
        self._living: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Switch everything on."""
        self._load()
        for identity, station in self.stations.items():
            await station.start()
            if self.plugged_in:
                station.plug_in(1, self.places[identity].usual_car())
        self._living = asyncio.create_task(self._live())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Switch everything off."""
        if self._living:
            self._living.cancel()
            with suppress(asyncio.CancelledError):
                await self._living
        for station in self.stations.values():
            await station.stop()
        self._save()

    def _station(self, number: int, where: Place) -> SimulatedStation:
        mixed = VERSIONS[number % len(VERSIONS)]
        version = mixed if self.version == "mixed" else self.version
        both_ways = Bidirectional({1: where.discharge_w}) if where.discharge_w else None
        return SimulatedStation(
            where.identity,
            self.ocpp_url,
            versions=["2.1" if both_ways else version],
            dc_w={1: where.dc_w} if where.dc_w else None,
            bidirectional=both_ways,
            phases=where.wiring,
            maximum_a=where.maximum_a,
            vendor=where.vendor,
            model=where.model,
            serial=where.serial,
            state=self.state / f"{where.identity}.json" if self.state else None,
            autostart_tag="FREE",
            clock=self.clock,
        )

    async def _live(self) -> None:
        last_s = saved_at_s = self.clock.monotonic()
        while True:
            await self.clock.sleep(TICK_S)
            now_s = self.clock.monotonic()
            self.household.advance(now_s - last_s)
            last_s = now_s
            if now_s - saved_at_s >= SAVE_EVERY_S:
                self._save()
                saved_at_s = now_s

    def _load(self) -> None:
        if self.state and (self.state / "household.json").exists():
            saved = json.loads((self.state / "household.json").read_text())
            self.household.imported_wh = saved["imported_wh"]
            self.household.exported_wh = saved["exported_wh"]
            self.household.made_wh = saved.get("made_wh", 0.0)

    def _save(self) -> None:
        if self.state is None:
            return
        self.state.mkdir(parents=True, exist_ok=True)
        registers = {
            "imported_wh": self.household.imported_wh,
            "exported_wh": self.household.exported_wh,
            "made_wh": self.household.made_wh,
        }
        (self.state / "household.json").write_text(json.dumps(registers))
