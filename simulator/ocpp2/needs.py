"""What a vehicle with a digital line tells of its needs, passed on (K15-K17: NotifyEVChargingNeeds, NotifyEVChargingSchedule)."""

from typing import TYPE_CHECKING

from simulator.bidirectional import VENDOR
from simulator.evse import DcEvse
from simulator.ocpp2.outlet import Outlet
from simulator.ocpp2.profile_json import write_schedule
from simulator.ocpp2.v2x_needs import parameters
from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import Payload
from simulator.profiles import Profile
from simulator.vehicle import Vehicle

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

MAXIMUM_SCHEDULES = 24


class Needs:
    """The needs of the vehicles at one station."""

    def __init__(self, station: ChargingStation) -> None:
        """Listen to the vehicles."""
        self._station = station

    def tell(self, outlet: Outlet) -> None:
        """The vehicle is about to charge, and says what it needs if it can (K15.FR.01)."""
        vehicle = outlet.evse.vehicle
        if vehicle and self._talks(outlet):
            self._station.notify("NotifyEVChargingNeeds", self.of(outlet, vehicle))

    def profile_came(self, outlet: Outlet, profile: Profile) -> None:
        """The vehicle has chosen its schedule, and the station says so (K15.FR.10, FR.19)."""
        if not self._talks(outlet):
            return
        payload = {
            "timeBase": format_time(self._station.now()),
            "evseId": outlet.evse_id,
            "chargingSchedule": write_schedule(profile.schedule),
        }
        self._station.notify("NotifyEVChargingSchedule", payload)

    def of(self, outlet: Outlet, vehicle: Vehicle) -> Payload:
        """The needs of a vehicle (NotifyEVChargingNeedsRequest, K15.FR.06; in both directions K19.FR.06, Q01)."""
        if outlet.service and self._station.version == "2.1":
            return self._message(outlet, self._both_ways(outlet, vehicle))
        needs = self._one_way(outlet, vehicle)
        if outlet.service:
            extra = {"vendorId": VENDOR, **self._both_ways(outlet, vehicle)}
            needs |= {"customData": extra}
        return self._message(outlet, needs)

    def _both_ways(self, outlet: Outlet, vehicle: Vehicle) -> Payload:
        said: Payload = {
            "requestedEnergyTransfer": outlet.service,
            "availableEnergyTransfer": list(self._station.transfer.possible(outlet)),
            "v2xChargingParameters": parameters(
                outlet, vehicle, self._station.station.bidirectional
            ),
        }
        if self._station.version == "2.1":
            said["controlMode"] = "DynamicControl"
        return said

    def _message(self, outlet: Outlet, needs: Payload) -> Payload:
        return {
            "evseId": outlet.evse_id,
            "maxScheduleTuples": MAXIMUM_SCHEDULES,
            "chargingNeeds": needs,
        }

    def _one_way(self, outlet: Outlet, vehicle: Vehicle) -> Payload:
        wanted = max(0.0, vehicle.target_percent - vehicle.soc_percent)
        needs: Payload
        if isinstance(outlet.evse, DcEvse):
            voltage_v = outlet.evse.battery_voltage_v
            details: Payload = {
                "evMaxCurrent": round(vehicle.dc_maximum_w / voltage_v),
                "evMaxVoltage": round(voltage_v * 1.25),
                "evMaxPower": round(vehicle.dc_maximum_w),
                "evEnergyCapacity": round(vehicle.capacity_wh),
                "stateOfCharge": round(vehicle.soc_percent),
            }
            needs = {
                "requestedEnergyTransfer": "DC",
                "dcChargingParameters": details,
            }
        else:
            kind = {1: "AC_single_phase", 2: "AC_two_phase", 3: "AC_three_phase"}
            details = {
                "energyAmount": round(vehicle.capacity_wh * wanted / 100),
                "evMinCurrent": round(vehicle.minimum_a),
                "evMaxCurrent": round(vehicle.maximum_a),
                "evMaxVoltage": 400,
            }
            needs = {
                "requestedEnergyTransfer": kind[outlet.evse.active_phases],
                "acChargingParameters": details,
            }
        return needs

    def _talks(self, outlet: Outlet) -> bool:
        vehicle = outlet.evse.vehicle
        return vehicle is not None and (outlet.evse.is_dc or vehicle.talks)
