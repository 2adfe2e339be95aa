"""What a CSMS of 2.x asks about limits: its charging profiles, and what is in force (2.0.1 block K)."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..csms.meters import as_text
from ..model.stations import OcppVersion
from .deeds import ACCEPTED, REJECTED, Deeds
from .setpoints import acknowledged

type Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class LimitCalls2:
    """Answers those calls."""

    def __init__(
        self,
        deeds: Deeds,
        version: OcppVersion,
        tell: Callable[[str, dict[str, Any]], None],
    ) -> None:
        """Have them done; `tell` sends what answers in a message of its own."""
        self._deeds = deeds
        self._version = version
        self._house = deeds.house
        self._tell = tell
        self.handlers: dict[str, Handler] = {
            "ClearChargingProfile": self._clear_profile,
            "GetChargingProfiles": self._get_profiles,
            "GetCompositeSchedule": self._composite,
            "SetChargingProfile": self._set_profile,
            "UpdateDynamicSchedule": self._update_profile,
        }

    async def _set_profile(self, payload: dict[str, Any]) -> dict[str, Any]:
        taken = self._deeds.limited(
            payload["evseId"], payload["chargingProfile"], is_oldest=False
        )
        if taken is None:
            return dict(REJECTED)
        return ACCEPTED | acknowledged(taken, self._version)

    async def _update_profile(self, payload: dict[str, Any]) -> dict[str, Any]:
        taken = self._deeds.updated(
            payload["chargingProfileId"], payload["scheduleUpdate"]
        )
        return dict(ACCEPTED if taken else REJECTED)

    async def _clear_profile(self, payload: dict[str, Any]) -> dict[str, Any]:
        criteria = payload.get("chargingProfileCriteria", {})
        found = self._deeds.unlimited(
            profile_id=payload.get("chargingProfileId"),
            evse=criteria.get("evseId"),
            purpose=criteria.get("chargingProfilePurpose"),
            stack_level=criteria.get("stackLevel"),
        )
        return {"status": "Accepted" if found else "Unknown"}

    async def _get_profiles(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Tell which profiles are held to: those that were set from above (K09)."""
        criteria = payload["chargingProfile"]
        found = [
            profile
            for profile in self._house.profiles
            if payload.get("evseId") in {None, profile.evse}
            and profile.id in criteria.get("chargingProfileId", [profile.id])
            and criteria.get("stackLevel") in {None, profile.stack_level}
            and criteria.get("chargingProfilePurpose")
            in {None, profile.body["chargingProfilePurpose"]}
        ]
        for number, profile in enumerate(found, 1):
            self._tell(
                "ReportChargingProfiles",
                {
                    "requestId": payload["requestId"],
                    "chargingLimitSource": "CSO",
                    "evseId": profile.evse,
                    "chargingProfile": [dict(profile.body)],
                    "tbc": number < len(found),
                },
            )
        return {"status": "Accepted" if found else "NoProfiles"}

    async def _composite(self, payload: dict[str, Any]) -> dict[str, Any]:
        evse = payload["evseId"]
        if evse and evse not in self._house.station.evses:
            return dict(REJECTED)
        schedule = self._deeds.composite(
            evse, payload["duration"], payload.get("chargingRateUnit")
        )
        schedule |= {"evseId": evse, "scheduleStart": as_text(self._house.now())}
        return {"status": "Accepted", "schedule": schedule}
