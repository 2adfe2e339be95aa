"""Dynamic charging profiles (2.1, K28): one period whose values the central system changes, or is asked for."""

from dataclasses import replace
import math
from typing import TYPE_CHECKING

from simulator.ocpp2.profile_json import read_period, write_periods
from simulator.ocpp2.replies import refusal
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import Payload
from simulator.profiles import Installed, Kind
from simulator.setpoints import Refused

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation


class DynamicProfiles:
    """Those of one station's profiles that are dynamic."""

    def __init__(self, station: ChargingStation) -> None:
        """Have asked for nothing yet."""
        self._station = station
        self._asked_at_s: dict[int, float] = {}

    def update(self, profile_id: int, values: Payload) -> Answer:
        """Apply new values from this moment (K28.FR.06, FR.09, FR.11)."""
        entry = self._station.profiles.by_id(profile_id)
        if entry is None or entry.profile.kind is not Kind.DYNAMIC:
            return refusal("Rejected", "InvalidProfile")
        try:
            self._apply(entry, values)
        except Refused as refused:
            return refusal("Rejected", refused.reason, refused.info)
        return status("Accepted")

    def tick(self) -> None:
        """Ask for what is due (K28.FR.10), and forget what was not to outlive so long a silence."""
        self._lapse()
        now_s = self._station.clock.monotonic()
        for entry in self._station.profiles:
            profile_id = entry.profile.profile_id
            interval_s = entry.profile.more.get("dynUpdateInterval", 0)
            if entry.profile.kind is not Kind.DYNAMIC or not interval_s:
                continue
            asked_at_s = self._asked_at_s.setdefault(profile_id, now_s)
            if self._station.ready.is_set() and now_s - asked_at_s >= interval_s:
                self._asked_at_s[profile_id] = now_s
                self._station.spawn(self._pull(profile_id))

    async def _pull(self, profile_id: int) -> None:
        answer = await self._station.try_call(
            "PullDynamicScheduleUpdate", {"chargingProfileId": profile_id}
        )
        values = answer.get("scheduleUpdate") if answer else None
        if isinstance(values, dict) and answer and answer.get("status") == "Accepted":
            self.update(profile_id, values)

    def _lapse(self) -> None:
        """A profile may end for good when nobody was heard for too long (ChargingProfileType.invalidAfterOfflineDuration)."""
        offline_s = self._station.smart_charging.offline_s()
        self._station.profiles.clear(
            lambda entry: (
                bool(entry.profile.more.get("invalidAfterOfflineDuration"))
                and offline_s > entry.profile.more.get("maxOfflineDuration", math.inf)
            )
        )

    def _apply(self, entry: Installed, values: Payload) -> None:
        """The one period with its new values, if it may have them; raises Refused."""
        profile, now = entry.profile, self._station.now()
        [written] = write_periods(profile.schedule.periods)
        period = read_period(written | values, "2.1")
        updated = replace(
            profile,
            schedule=replace(profile.schedule, periods=(period,)),
            more={**profile.more, "dynUpdateTime": format_time(now)},
        )
        entry = replace(entry, profile=updated, installed_at=now)
        self._station.rules.check_brought(entry)
        self._station.discharging.check(entry)
        self._station.profiles.put(entry)
        self._station.smart_charging.tick()
