"""The part of a station that charges one vehicle: socket, contactor, pilot and meter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.meter import EnergyMeter
from simulator.phases import DEFAULT_WIRING, PerPhase, Wiring
from simulator.pilot import PilotState
from simulator.vehicle import PILOT_MINIMUM_A, Vehicle


@dataclass
class Evse:
    """One EVSE, wired to grid phases in the order of its own terminals."""

    evse_id: int
    wiring: Wiring = DEFAULT_WIRING
    maximum_a: float = 32.0
    cable_a: float | None = None
    meter: EnergyMeter = field(default_factory=EnergyMeter)
    vehicle: Vehicle | None = None
    energised: bool = False
    offered_a: float = 0.0
    offered_phases: int = 3
    offered_terminal: int | None = None
    error: str | None = None
    connectors: tuple[str, ...] = ("sType2",)
    """What can be plugged in, one at a time, in OCPP's words (ConnectorEnumType)."""
    connector_id: int = 1
    """The connector that the vehicle is on, or was."""
    voltages_v: PerPhase = field(default_factory=lambda: PerPhase.even(230.0))
    discharge_w: float = 0.0
    """What its hardware can feed back at most; 0: it cannot."""
    exchange_w: tuple[float, ...] | None = None
    """What it tells the vehicle to take on each terminal in use, or to give; None leaves that to the pilot."""

    @property
    def rating_a(self) -> float:
        """The most that hardware and cable carry."""
        return min(self.maximum_a, self.cable_a or self.maximum_a)

    @property
    def active_phases(self) -> int:
        """Number of phases the vehicle uses, or could use."""
        phases = min(len(self.wiring), self.offered_phases)
        return min(phases, self.vehicle.phases) if self.vehicle else phases

    @property
    def terminals(self) -> tuple[int, ...]:
        """The EVSE's own terminals that the vehicle is connected to, counted from 0."""
        if self.active_phases == 1 and self.offered_terminal:
            return (self.offered_terminal - 1,)
        return tuple(range(self.active_phases))

    @property
    def is_dc(self) -> bool:
        """Whether it charges the battery itself."""
        return False

    @property
    def minimum_a(self) -> float:
        """The least that it can offer without pausing."""
        return PILOT_MINIMUM_A

    @property
    def pilot_a(self) -> float:
        """Current offered on the pilot; the pilot cannot say less than 6 A but for nothing."""
        if not self.energised or self.error or self.offered_a < self.minimum_a:
            return 0.0
        return min(self.offered_a, self.rating_a)

    @property
    def offers(self) -> bool:
        """Whether it lets anything flow, in either direction."""
        if self.exchange_w is None:
            return self.pilot_a > 0
        return self.energised and not self.error and any(self.exchange_w)

    @property
    def power_w(self) -> float:
        """Watts in all; negative where they come out of the vehicle."""
        return self.powers_w.total

    @property
    def pilot(self) -> PilotState:
        """State of the control pilot."""
        if self.error:
            return PilotState.F
        if self.vehicle is None:
            return PilotState.A
        return PilotState.C if self.vehicle.current_a else PilotState.B

    @property
    def line_currents_a(self) -> tuple[float, ...]:
        """Current on each of the EVSE's own terminals, in their order."""
        used = self.terminals
        drawn_a = (0.0,) * len(used)
        if self.vehicle and not self.error:
            drawn_a = self.vehicle.lines_a or (self.vehicle.current_a,) * len(used)
        flows_a = dict(zip(used, drawn_a, strict=False))
        return tuple(flows_a.get(n, 0.0) for n in range(len(self.wiring)))

    @property
    def line_voltages_v(self) -> tuple[float, ...]:
        """Voltage to neutral on each of the EVSE's own terminals."""
        return tuple(self.voltages_v[phase] for phase in self.wiring)

    @property
    def currents(self) -> PerPhase:
        """Amperes that physically flow on each grid phase."""
        return PerPhase.on(self.wiring, self.line_currents_a)

    @property
    def powers_w(self) -> PerPhase:
        """Watts that physically flow on each grid phase."""
        return self.currents.combine(
            self.voltages_v, lambda current_a, voltage_v: current_a * voltage_v
        )

    def plug_in(self, vehicle: Vehicle, connector_id: int = 1) -> None:
        """Put a vehicle's cable in; raises ValueError where there is no room for it."""
        if not 1 <= connector_id <= len(self.connectors):
            raise ValueError(f"EVSE {self.evse_id} has no connector {connector_id}")
        if self.vehicle is not None:
            raise ValueError(
                f"EVSE {self.evse_id} already has {self.vehicle.name} on it"
            )
        self.vehicle, self.connector_id = vehicle, connector_id
        vehicle.plugged_in(dc=self.is_dc)

    def unplug(self) -> Vehicle | None:
        """Take the cable out and return the vehicle that was on it."""
        vehicle, self.vehicle = self.vehicle, None
        if vehicle:
            vehicle.unplugged()
        return vehicle

    def advance(self, dt_s: float) -> None:
        """Live for a moment."""
        if self.vehicle is None:
            return
        voltage_v = self.line_voltages_v[0]
        if self.exchange_w is None or self.error or not self.energised:
            self.vehicle.advance(dt_s, self.pilot_a, self.active_phases, voltage_v)
        else:
            wanted_a = tuple(power_w / voltage_v for power_w in self.exchange_w)
            self.vehicle.exchange(dt_s, wanted_a, voltage_v)
        self.meter.count(self.powers_w.total, dt_s)


@dataclass
class DcEvse(Evse):
    """An EVSE with a rectifier: what it takes from the grid it takes evenly from all its phases."""

    connectors: tuple[str, ...] = ("cCCS2",)
    maximum_w: float = 24_000.0
    battery_voltage_v: float = 400.0

    def __post_init__(self) -> None:
        """Its maximum is one in watts."""
        self.maximum_a = self.maximum_w / sum(self.line_voltages_v)

    @property
    def is_dc(self) -> bool:
        """It does."""
        return True

    @property
    def minimum_a(self) -> float:
        """There is no pilot in the way."""
        return 0.0

    @property
    def active_phases(self) -> int:
        """All that it is wired to."""
        return len(self.wiring)

    @property
    def terminals(self) -> tuple[int, ...]:
        """All of them, too."""
        return tuple(range(len(self.wiring)))


def build_evses(
    count: int,
    wiring: Wiring,
    maximum_a: float,
    dc_w: Mapping[int, float],
    connectors: Mapping[int, Sequence[str]],
    discharge_w: Mapping[int, float],
) -> dict[int, Evse]:
    """So many EVSEs, of which some are DC with so many watts, some feed back, and some have other connectors than usual."""
    built: dict[int, Evse] = {}
    for number in range(1, count + 1):
        if number in dc_w:
            built[number] = DcEvse(number, wiring, maximum_w=dc_w[number])
        else:
            built[number] = Evse(number, wiring, maximum_a)
        built[number].discharge_w = discharge_w.get(number, 0.0)
        if named := connectors.get(number):
            built[number].connectors = tuple(named)
    return built
