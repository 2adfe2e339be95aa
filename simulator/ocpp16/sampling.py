"""What a station reads off its meter, as sampled values (OCPP 1.6 §7.31-7.33, §7.43)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.faults import Faults
from simulator.ocpp16.outlet import Outlet
from simulator.ocppj.frames import Payload
from simulator.station import Station


@dataclass
class Sampler:
    """The meters of one station, read as faithfully as its faults allow."""

    station: Station
    faults: Faults
    _frozen: dict[int, list[Payload]] = field(default_factory=dict)

    def register_wh(self, outlet: Outlet) -> int:
        """The energy register as the station reports it."""
        return (
            0 if self.faults.register_reads_zero else int(outlet.evse.meter.register_wh)
        )

    def sample(
        self, outlet: Outlet, measurands: list[str], context: str
    ) -> list[Payload]:
        """One reading of the given measurands."""
        if not self.faults.meter_frozen:
            self._frozen.pop(outlet.connector_id, None)
            return self._read(outlet, measurands, context)
        frozen = self._frozen.setdefault(
            outlet.connector_id, self._read(outlet, measurands, context)
        )
        return [value | {"context": context} for value in frozen]

    def _read(
        self, outlet: Outlet, measurands: list[str], context: str
    ) -> list[Payload]:
        values = [
            value
            for name in measurands
            if name in READERS
            for value in READERS[name](self, outlet)
        ]
        return [value | {"context": context} for value in values]

    def currents_a(self, outlet: Outlet) -> tuple[float, ...]:
        """Currents on the station's own terminals as the station reports them."""
        return tuple(
            current_a * self.faults.reported_current_factor
            for current_a in outlet.evse.line_currents_a
        )


def _value(
    measurand: str, value: float, unit: str, digits: int, phase: str | None = None
) -> Payload:
    sampled = {"value": f"{value:.{digits}f}", "measurand": measurand, "unit": unit}
    return sampled | {"phase": phase} if phase else sampled


def _energy(sampler: Sampler, outlet: Outlet) -> list[Payload]:
    return [
        _value("Energy.Active.Import.Register", sampler.register_wh(outlet), "Wh", 0)
    ]


def _currents(sampler: Sampler, outlet: Outlet) -> list[Payload]:
    # A station knows its own terminals only: its L1 may be another phase of the grid.
    currents_a = enumerate(sampler.currents_a(outlet), start=1)
    return [
        _value("Current.Import", current_a, "A", 1, f"L{line}")
        for line, current_a in currents_a
    ]


def _voltages(sampler: Sampler, outlet: Outlet) -> list[Payload]:
    voltages_v = enumerate(outlet.evse.line_voltages_v, start=1)
    return [
        _value("Voltage", voltage_v, "V", 1, f"L{line}-N")
        for line, voltage_v in voltages_v
    ]


def _power_w(sampler: Sampler, outlet: Outlet) -> float:
    lines = zip(sampler.currents_a(outlet), outlet.evse.line_voltages_v, strict=True)
    return sum(current_a * voltage_v for current_a, voltage_v in lines)


def _power(sampler: Sampler, outlet: Outlet) -> list[Payload]:
    return [_value("Power.Active.Import", _power_w(sampler, outlet), "W", 0)]


def _current_offered(sampler: Sampler, outlet: Outlet) -> list[Payload]:
    return [_value("Current.Offered", outlet.evse.pilot_a, "A", 1)]


def _power_offered(sampler: Sampler, outlet: Outlet) -> list[Payload]:
    offered_w = outlet.evse.pilot_a * sum(
        outlet.evse.line_voltages_v[: outlet.evse.offered_phases]
    )
    return [_value("Power.Offered", offered_w, "W", 0)]


def _charge(sampler: Sampler, outlet: Outlet) -> list[Payload]:
    vehicle = outlet.evse.vehicle
    return (
        [_value("SoC", vehicle.soc_percent, "Percent", 0) | {"location": "EV"}]
        if vehicle
        else []
    )


def _temperature(sampler: Sampler, outlet: Outlet) -> list[Payload]:
    return [
        _value("Temperature", sampler.station.temperature_c, "Celsius", 1)
        | {"location": "Body"}
    ]


def _frequency(sampler: Sampler, outlet: Outlet) -> list[Payload]:
    # OCPP 1.6 has no unit for it: Hertz came with an erratum, and not every schema knows it.
    return [{"value": f"{sampler.station.frequency_hz:.2f}", "measurand": "Frequency"}]


READERS: dict[str, Callable[[Sampler, Outlet], list[Payload]]] = {
    "Energy.Active.Import.Register": _energy,
    "Power.Active.Import": _power,
    "Current.Import": _currents,
    "Voltage": _voltages,
    "Current.Offered": _current_offered,
    "Power.Offered": _power_offered,
    "SoC": _charge,
    "Temperature": _temperature,
    "Frequency": _frequency,
}
