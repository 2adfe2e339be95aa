"""What a vehicle with a digital line tells of its needs, passed on (K15-K17: NotifyEVChargingNeeds, NotifyEVChargingSchedule)."""

from typing import TYPE_CHECKING

from simulator.ocpp2.outlet import Outlet
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

MAXIMUM_SCHEDULES = 24


class Needs:
    """The needs of the vehicles at one station."""

    def __init__(self, station: ChargingStation) -> None:
        """Listen to the vehicles."""
        self._station = station

    def delivery_begins(self, outlet: Outlet) -> None:
        """The vehicle is about to charge: over a DC cable it says what it needs."""
        if outlet.evse.is_dc:
            self._station.notify("NotifyEVChargingNeeds", self.of(outlet))

    def of(self, outlet: Outlet) -> Payload:
        """The needs of the vehicle at an outlet (NotifyEVChargingNeedsRequest)."""
        vehicle = outlet.evse.vehicle
        if vehicle is None:
            raise ValueError(f"there is no vehicle on EVSE {outlet.evse_id}")
        return {
            "evseId": outlet.evse_id,
            "maxScheduleTuples": MAXIMUM_SCHEDULES,
            "chargingNeeds": {
                "requestedEnergyTransfer": "DC",
                "dcChargingParameters": {
                    "evMaxCurrent": round(vehicle.dc_maximum_w / 400),
                    "evMaxVoltage": 500,
                    "evMaxPower": round(vehicle.dc_maximum_w),
                    "evEnergyCapacity": round(vehicle.capacity_wh),
                    "stateOfCharge": round(vehicle.soc_percent),
                },
            },
        }
