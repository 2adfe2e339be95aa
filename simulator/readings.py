"""What a station reads off its meters, whatever version it tells it in (OCPP 1.6 §7.31, OCPP 2.x MeasurandEnumType)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.evse import DcEvse, Evse
from simulator.faults import Faults
from simulator.station import Station


@dataclass(frozen=True, slots=True)
class Reading:
    """One value, with as many digits as are told."""

    measurand: str
    value: float
    unit: str | None
    digits: int
    phase: str | None = None
    location: str | None = None


@dataclass
class Meters:
    """The meters of one station, read as faithfully as its faults allow."""

    station: Station
    faults: Faults
    _frozen: dict[int, list[Reading]] = field(default_factory=dict)
    _session_start_wh: dict[int, float] = field(default_factory=dict)
    _readings: int = 0

    def begin_session(self, evse: Evse) -> None:
        """Remember where the register stands, for stations that count from here."""
        self._session_start_wh[evse.evse_id] = evse.meter.register_wh

    def register_wh(self, evse: Evse) -> int:
        """The energy register as the station reports it."""
        self._readings += 1
        every = self.faults.register_reads_zero_every
        if self.faults.register_reads_zero or (every and self._readings % every == 0):
            return 0
        start_wh = 0.0
        if self.faults.register_per_session:
            start_wh = self._session_start_wh.get(evse.evse_id, evse.meter.register_wh)
        return int(evse.meter.register_wh - start_wh)

    def read(self, evse: Evse, measurands: list[str]) -> list[Reading]:
        """One reading of the given measurands."""
        if not self.faults.meter_frozen:
            self._frozen.pop(evse.evse_id, None)
            return self._read(evse, measurands)
        return self._frozen.setdefault(evse.evse_id, self._read(evse, measurands))

    def read_whole(self, measurands: list[str]) -> list[Reading]:
        """What the meter at the station's own feed shows: the sum of its EVSEs, where there is one."""
        evses = list(self.station.evses.values())
        power_w = sum(map(self.power_w, evses))
        summed = {
            "Energy.Active.Import.Register": ("Wh", sum(map(self.register_wh, evses))),
            "Energy.Active.Export.Register": (
                "Wh",
                sum(evse.meter.export_wh for evse in evses),
            ),
            "Power.Active.Import": ("W", max(0.0, power_w)),
            "Power.Active.Export": ("W", max(0.0, -power_w)),
        }
        return [
            Reading(name, float(summed[name][1]), summed[name][0], 0, location="Inlet")
            for name in measurands
            if name in summed
        ]

    def currents_a(self, evse: Evse) -> tuple[float, ...]:
        """Currents on the station's own terminals as the station reports them."""
        factor = self.faults.reported_current_factor
        return tuple(current_a * factor for current_a in evse.line_currents_a)

    def power_w(self, evse: Evse) -> float:
        """Power as the station reports it."""
        lines = zip(self.currents_a(evse), evse.line_voltages_v, strict=True)
        return sum(current_a * voltage_v for current_a, voltage_v in lines)

    def _read(self, evse: Evse, measurands: list[str]) -> list[Reading]:
        return [
            reading
            for name in measurands
            if name in READERS
            for reading in READERS[name](self, evse)
        ]


def _export(meters: Meters, evse: Evse) -> list[Reading]:
    name = "Energy.Active.Export.Register"
    return [Reading(name, int(evse.meter.export_wh), "Wh", 0)]


def _energy(meters: Meters, evse: Evse) -> list[Reading]:
    name = "Energy.Active.Import.Register"
    return [Reading(name, meters.register_wh(evse), "Wh", 0)]


def _currents(
    meters: Meters, evse: Evse, name: str = "Current.Import", sign: int = 1
) -> list[Reading]:
    if isinstance(evse, DcEvse):
        current_a = sign * meters.power_w(evse) / evse.battery_voltage_v
        return [Reading(name, max(0.0, current_a), "A", 1)]
    currents_a = tuple(max(0.0, sign * flow_a) for flow_a in meters.currents_a(evse))
    if meters.faults.currents_on_neutral:
        return [Reading(name, max(currents_a), "A", 1, "N")]
    # A station knows its own terminals only: its L1 may be another phase of the grid.
    return [
        Reading(name, current_a, "A", 1, f"L{line}")
        for line, current_a in enumerate(currents_a, start=1)
    ]


def _currents_out(meters: Meters, evse: Evse) -> list[Reading]:
    return _currents(meters, evse, "Current.Export", -1)


def _voltages(meters: Meters, evse: Evse) -> list[Reading]:
    if isinstance(evse, DcEvse):
        return [Reading("Voltage", evse.battery_voltage_v, "V", 1)]
    voltages_v = evse.line_voltages_v
    if meters.faults.voltages_between_phases and len(voltages_v) == 3:
        pairs = ("L1-L2", "L2-L3", "L3-L1")
        return [
            Reading("Voltage", voltage_v * 3**0.5, "V", 1, pair)
            for voltage_v, pair in zip(voltages_v, pairs, strict=True)
        ]
    return [
        Reading("Voltage", voltage_v, "V", 1, f"L{line}-N")
        for line, voltage_v in enumerate(voltages_v, start=1)
    ]


def _power(meters: Meters, evse: Evse) -> list[Reading]:
    power_w = meters.power_w(evse)
    if not meters.faults.signed_import:
        power_w = max(0.0, power_w)
    return [Reading("Power.Active.Import", power_w, "W", 0)]


def _power_out(meters: Meters, evse: Evse) -> list[Reading]:
    return [Reading("Power.Active.Export", max(0.0, -meters.power_w(evse)), "W", 0)]


def _setpoint(meters: Meters, evse: Evse) -> list[Reading]:
    if evse.exchange_w is None:
        return []
    return [Reading("Power.Active.Setpoint", sum(evse.exchange_w), "W", 0)]


def _current_offered(meters: Meters, evse: Evse) -> list[Reading]:
    if isinstance(evse, DcEvse):
        return []
    return [Reading("Current.Offered", evse.pilot_a, "A", 1)]


def _power_offered(meters: Meters, evse: Evse) -> list[Reading]:
    lines = len(evse.wiring) if evse.is_dc else evse.offered_phases
    offered_w = evse.pilot_a * sum(evse.line_voltages_v[:lines])
    return [Reading("Power.Offered", offered_w, "W", 0)]


def _charge(meters: Meters, evse: Evse) -> list[Reading]:
    if evse.vehicle is None:
        return []
    charge_percent = evse.vehicle.soc_percent
    return [Reading("SoC", charge_percent, "Percent", 0, location="EV")]


def _temperature(meters: Meters, evse: Evse) -> list[Reading]:
    temperature_c = meters.station.temperature_c
    return [Reading("Temperature", temperature_c, "Celsius", 1, location="Body")]


def _frequency(meters: Meters, evse: Evse) -> list[Reading]:
    # OCPP 1.6 has no unit for it: Hertz came with an erratum, and not every schema knows it.
    return [Reading("Frequency", meters.station.frequency_hz, None, 2)]


# What only stations have that feed back; the setpoint came with OCPP 2.1.
EXPORT_MEASURANDS = (
    "Current.Export",
    "Energy.Active.Export.Register",
    "Power.Active.Export",
)
SETPOINT_MEASURAND = "Power.Active.Setpoint"

READERS: dict[str, Callable[[Meters, Evse], list[Reading]]] = {
    "Energy.Active.Import.Register": _energy,
    "Energy.Active.Export.Register": _export,
    "Power.Active.Import": _power,
    "Power.Active.Export": _power_out,
    "Power.Active.Setpoint": _setpoint,
    "Current.Import": _currents,
    "Current.Export": _currents_out,
    "Voltage": _voltages,
    "Current.Offered": _current_offered,
    "Power.Offered": _power_offered,
    "SoC": _charge,
    "Temperature": _temperature,
    "Frequency": _frequency,
}
