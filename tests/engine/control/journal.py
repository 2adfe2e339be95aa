"""Looks at every limit as it leaves for a station: is it one, and does it fit beside what everybody may be drawing by then?"""

from collections.abc import Mapping
from typing import Any

from tests.engine.control.held import VOLTAGE_V, Payload
from tests.engine.control.house import House
from tests.engine.control.stations import VirtualStation
from tests.engine.control.watch import TOLERANCE_A, excesses_of
from tests.engine.virtual import virtual_now

# The least that a vehicle charges with.
MINIMUM_A = 6.0

# OCPP's limits come in tenths of an ampere: half of one is none.
ROUNDING_A = 0.051


class Journal:
    """Everything that was wrong with what left for the stations of a house."""

    def __init__(self, house: House) -> None:
        """Listen to all stations."""
        self.premature: list[str] = []
        self.impossible: list[str] = []
        self.house = house
        for station in house.stations.values():
            station.on_call = self.note

    def note(self, station: VirtualStation, action: str, payload: Payload) -> None:
        """Look at a message before it leaves."""
        self._note_value(station, payload)
        was_a, is_a = station.could_draw_a(), station.would_draw_a(action, payload)
        if is_a <= was_a + ROUNDING_A:
            return
        draws = {
            name: other.could_draw_a() for name, other in self.house.stations.items()
        }
        draws[station.identity] = is_a
        self.premature += [
            f"{virtual_now():%T} {station.identity} from {was_a:g} to {is_a:g} A: {words}"
            for words, _, members in excesses_of(
                self.house.fleet.site, draws, self.house.used(), TOLERANCE_A
            )
            if station.identity in members
        ]

    def _note_value(self, station: VirtualStation, payload: Payload) -> None:
        limit, unit = _limit(payload)
        least = MINIMUM_A if unit == "A" else MINIMUM_A * VOLTAGE_V
        if limit != 0 and limit < least - 1e-6:
            self.impossible.append(f"{station.identity}: {limit:g} {unit}")
        if unit == "A" and abs(limit * 10 - round(limit * 10)) > 1e-6:
            self.impossible.append(f"{station.identity}: {limit!r} A has a fraction")


def _limit(payload: Payload) -> tuple[float, str]:
    """Return the limit of a message in any version, and its unit."""
    if "scheduleUpdate" in payload:
        # The unit is that of the profile, which is in amperes wherever a station may choose.
        return payload["scheduleUpdate"]["limit"], "A"
    profile: Mapping[str, Any] = (
        payload.get("csChargingProfiles") or payload["chargingProfile"]
    )
    schedule = profile["chargingSchedule"]
    schedule = schedule if isinstance(schedule, Mapping) else schedule[0]
    [period] = schedule["chargingSchedulePeriod"]
    return period["limit"], schedule["chargingRateUnit"]
