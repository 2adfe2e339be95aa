"""Limits that come from somebody else than the central system, and are told to it (K11-K14)."""

from typing import TYPE_CHECKING

from simulator.ocpp2.profile_json import write_schedule
from simulator.ocppj.frames import Payload
from simulator.profiles import (
    Installed,
    Kind,
    Period,
    Profile,
    Purpose,
    RateUnit,
    Schedule,
)

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

SOURCE = "EMS"


class OutsideLimits:
    """What an energy manager beside the station wants of it."""

    def __init__(self, station: ChargingStation) -> None:
        """Want nothing yet."""
        self._station = station

    def limit(self, evse_id: int, limit_a: float) -> None:
        """Limit an EVSE, or with 0 the station, from now on (K11.FR.01, K12)."""
        station = self._station
        if not station.device_model.flag(
            "SmartChargingCtrlr.ExternalControlSignalsEnabled"
        ):
            return
        now = station.now()
        schedule = Schedule(RateUnit.AMPERES, (Period(0, limit_a),), start=now)
        # Its ids are below those that the central system may give (K01.FR.82).
        profile = Profile(evse_id + 1, 0, Purpose.EXTERNAL, Kind.ABSOLUTE, schedule)
        station.profiles.put(Installed(evse_id, profile, now, SOURCE))
        told: Payload = {
            "chargingLimit": {"chargingLimitSource": SOURCE, "isGridCritical": False}
        }
        if evse_id:
            told["evseId"] = evse_id
        if station.device_model.flag(
            "SmartChargingCtrlr.NotifyChargingLimitWithSchedules"
        ):
            told["chargingSchedule"] = [write_schedule(schedule)]
        station.notify("NotifyChargingLimit", told)
        self._took_effect(evse_id)

    def release(self, evse_id: int) -> None:
        """Let it go (K13)."""
        station = self._station
        removed = station.profiles.clear(
            lambda entry: (
                entry.profile.purpose is Purpose.EXTERNAL and entry.evse_id == evse_id
            )
        )
        if not removed:
            return
        told: Payload = {"chargingLimitSource": SOURCE}
        if evse_id:
            told["evseId"] = evse_id
        station.notify("ClearedChargingLimit", told)
        self._took_effect(evse_id)

    def setpoint(self, evse_id: int, power_w: float) -> None:
        """Want so much to flow, where the central system has left that to others (Q05)."""
        station = self._station
        station.smart_charging.exchange.outside_w[evse_id] = power_w
        period = Period(0, None, more={"setpoint": power_w})
        schedule = Schedule(RateUnit.WATTS, (period,), start=station.now())
        told: Payload = {
            "evseId": evse_id,
            "chargingLimit": {"chargingLimitSource": SOURCE, "isGridCritical": False},
            "chargingSchedule": [write_schedule(schedule)],
        }
        station.notify("NotifyChargingLimit", told)
        self._took_effect(evse_id)

    def _took_effect(self, evse_id: int) -> None:
        """Running transactions tell that they charge otherwise now (K12.FR.02, K13.FR.02)."""
        station = self._station
        station.smart_charging.tick()
        for number, outlet in station.outlets.items():
            if evse_id in (0, number):
                station.transactions.events.update(outlet, "ChargingRateChanged")
