"""A house of stations with AC and DC connectors, at once or one at a time, in virtual time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    EvseTraits,
)
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import MetersSampled, StatusReported
from custom_components.evenload.engine.model.limits import Current, Limit
from custom_components.evenload.engine.model.orders import WHOLE_STATION
from custom_components.evenload.engine.model.phases import (
    ALL_PHASES,
    CurrentType,
    Phase,
)
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.control.house import House
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import virtual_now

# What a real rectifier loses: less than what is counted.
EFFICIENCY = 0.94
DC_VOLTS = 400.0


@dataclass
class MixedStation(VirtualStation):
    """A station some of whose EVSEs give direct current; with `in_use` only that one charges."""

    dc: frozenset[int] = frozenset()
    in_use: int | None = None

    def capabilities(self, known: Capabilities) -> Capabilities:
        traits = {
            evse: EvseTraits(CurrentType.DC if evse in self.dc else CurrentType.AC)
            for evse in range(1, self.evses + 1)
        }
        return replace(super().capabilities(known), evse_traits=traits)

    def grid_a(self, evse: int) -> float:
        """Return what one EVSE takes from each phase of the grid."""
        if self.in_use not in (None, evse) or self.is_resting:
            return 0.0
        limit_a = min(self.maximum_a, self._lagging_a(evse))
        return limit_a / EFFICIENCY if evse in self.dc else limit_a

    def drawn_a(self) -> float:
        own_a = sum(self.grid_a(evse) for evse in range(1, self.evses + 1))
        whole_a = self._lagging_a(WHOLE_STATION)
        if self.dc == frozenset(range(1, self.evses + 1)):
            whole_a /= EFFICIENCY
        return min(own_a, whole_a)


class MixedHouse(House):
    """A house whose DC EVSEs report what their vehicles get."""

    def _tell_of_vehicles(self, identity: str) -> None:
        station = self.stations[identity]
        assert isinstance(station, MixedStation)
        for number in range(1, station.evses + 1):
            charges = station.in_use in (None, number)
            status = EvseStatus.CHARGING if charges else EvseStatus.AVAILABLE
            self.hear(StatusReported, identity, evse=number, status=status)

    def meter(self, identity: str) -> None:
        station = self.stations[identity]
        assert isinstance(station, MixedStation)
        if not station.connected:
            return
        scale = station.drawn_a() / (
            sum(station.grid_a(evse) for evse in range(1, station.evses + 1)) or 1
        )
        wired = len(self.fleet.config.stations[identity].wiring)
        for evse in range(1, station.evses + 1):
            taken_a = station.grid_a(evse) * scale
            if evse in station.dc:
                power_w = taken_a * 230 * wired * EFFICIENCY
                samples = (
                    Sample("Power.Active.Import", power_w, "W"),
                    Sample("Current.Import", power_w / DC_VOLTS, "A"),
                    Sample("Voltage", DC_VOLTS, "V"),
                )
            else:
                samples = tuple(
                    Sample("Current.Import", taken_a, "A", phase.value.upper())
                    for phase in ALL_PHASES[:wired]
                )
            self.fleet.hear(
                MetersSampled(
                    identity=identity, at=virtual_now(), evse=evse, samples=samples
                )
            )

    async def live(self, seconds: float) -> None:
        """Let time pass, with a report of every meter every ten seconds."""
        for _ in range(max(1, round(seconds / 10))):
            await self.watch(min(seconds, 10), 1.0)
            for name in sorted(self.stations):
                self.meter(name)

    async def begin(self) -> None:
        """Let everybody come; until a station has its first limit nobody can hold it."""
        for name in sorted(self.stations):
            self.connect(name)
        await self.live(20)
        self.exceeded.clear()


def house_of(
    stations: Mapping[str, MixedStation],
    limit: Limit | None,
    fuse_a: float = 63,
    wirings: Mapping[str, tuple[Phase, ...]] | None = None,
) -> MixedHouse:
    """Build a house with one group of all stations."""
    configs = {
        name: StationConfig(
            name,
            name,
            (wirings or {}).get(name, ALL_PHASES),
            Current(station.maximum_a),
            simultaneous=station.in_use is None,
        )
        for name, station in stations.items()
    }
    groups = (
        {} if limit is None else {"g": GroupConfig("g", "Row", limit, tuple(configs))}
    )
    site = SiteConfig("Home", Current(fuse_a), stations=configs, groups=groups)
    return MixedHouse(site, stations.values())
