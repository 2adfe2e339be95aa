"""What a vehicle that can feed back needs and offers (V2XChargingParametersType; powers are magnitudes)."""

from simulator.bidirectional import Bidirectional
from simulator.ocpp2.outlet import Outlet
from simulator.ocppj.frames import Payload
from simulator.vehicle import Vehicle


def parameters(
    outlet: Outlet, vehicle: Vehicle, equipment: Bidirectional | None
) -> Payload:
    """The least and the most of each direction, between vehicle and EVSE, and the energy up to each of its aims."""
    evse = outlet.evse
    lines = len(evse.terminals)
    volts = evse.line_voltages_v[0]
    own_w = vehicle.dc_maximum_w if evse.is_dc else vehicle.maximum_a * volts * lines
    most_w = min(own_w, evse.rating_a * volts * lines)
    least_w = equipment.minimum_w if equipment else 0.0
    by_line = equipment is not None and equipment.by_line and not evse.is_dc
    shared = lines if by_line else 1
    said = _of_lines("minChargePower", least_w / shared, lines if by_line else 1)
    said |= _of_lines("maxChargePower", most_w / shared, lines if by_line else 1)
    if outlet.service.endswith("BPT"):
        back_w = min(vehicle.discharge_maximum_w, evse.discharge_w)
        said |= _of_lines(
            "minDischargePower", least_w / shared, lines if by_line else 1
        )
        said |= _of_lines("maxDischargePower", back_w / shared, lines if by_line else 1)
        said["evMinV2XEnergyRequest"] = _to(vehicle, vehicle.minimum_soc_percent)
        said["evMaxV2XEnergyRequest"] = _to(vehicle, vehicle.target_percent)
    said["evTargetEnergyRequest"] = _to(vehicle, vehicle.target_percent)
    said["evMinEnergyRequest"] = _to(vehicle, vehicle.minimum_soc_percent)
    said["evMaxEnergyRequest"] = _to(vehicle, 100.0)
    if evse.is_dc:
        said["targetSoC"] = round(vehicle.target_percent)
    return said


def _of_lines(name: str, power_w: float, lines: int) -> Payload:
    endings = ("", "_L2", "_L3")[:lines]
    return {name + ending: round(power_w) for ending in endings}


def _to(vehicle: Vehicle, percent: float) -> int:
    """Watt hours up to a state of charge; below zero where that is passed already."""
    return round(vehicle.capacity_wh * (percent - vehicle.soc_percent) / 100)
