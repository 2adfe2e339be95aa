"""What vehicles, and others than us, want of a 2.x station's charging (2.0.1 blocks K09 to K17; 2.1 K28)."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from ...model.events import ForeignLimitReported, NeedsReported, ProfilesReported
from ...model.limits import RateUnit
from ...model.needs import StoredProfile
from ...model.orders import WHOLE_STATION
from ..host import Host
from ..meters import moment_or_now
from .editions import Edition
from .needs import read_needs
from .permissions import Permissions
from .reports import Reports
from .vehicles import Vehicles


class Wishes:
    """Answers what is told of charging needs, of limits by others and of profiles."""

    def __init__(
        self,
        identity: str,
        host: Host,
        reports: Reports,
        edition: Edition,
        vehicles: Vehicles,
        permissions: Permissions,
        pulled: Callable[[int], dict[str, Any] | None],
    ) -> None:
        """Serve one connection; `pulled` returns what a dynamic profile holds."""
        self._edition = edition
        self._identity = identity
        self._host = host
        self._reports = reports
        self._pulled = pulled
        self._vehicles = vehicles
        self._permissions = permissions

    def needs(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer NotifyEVChargingNeeds: the limits that lie in the station already count for this vehicle, too (K15)."""
        evse, needs = payload["evseId"], read_needs(payload["chargingNeeds"])
        self._vehicles.needs(evse, needs)
        self._host.hear(
            NeedsReported(
                identity=self._identity,
                at=moment_or_now(payload.get("timestamp")),
                evse=evse,
                needs=needs,
            )
        )
        self._permissions.needed(evse, needs)
        return {"status": self._edition.needs_answer}

    def schedule(self, _payload: dict[str, Any]) -> dict[str, Any]:
        """Answer NotifyEVChargingSchedule: how a vehicle uses its room is its own matter (K15.FR.10)."""
        return {"status": "Accepted"}

    def limit(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer NotifyChargingLimit (K12)."""
        told = payload["chargingLimit"]
        limit, unit = _lowest(payload.get("chargingSchedule", []))
        self._host.hear(
            ForeignLimitReported(
                identity=self._identity,
                at=datetime.now(UTC),
                evse=payload.get("evseId", WHOLE_STATION),
                source=told["chargingLimitSource"],
                is_grid_critical=told.get("isGridCritical", False),
                limit=limit,
                unit=unit,
            )
        )
        return {}

    def cleared(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer ClearedChargingLimit (K13)."""
        self._host.hear(
            ForeignLimitReported(
                identity=self._identity,
                at=datetime.now(UTC),
                evse=payload.get("evseId", WHOLE_STATION),
                source=payload["chargingLimitSource"],
                active=False,
            )
        )
        return {}

    def profiles(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer ReportChargingProfiles (K09)."""
        found = stored_profiles(payload)
        self._reports.part({**payload, "profiles": list(found)}, "profiles")
        self._host.hear(
            ProfilesReported(
                identity=self._identity,
                at=datetime.now(UTC),
                profiles=found,
                complete=not payload.get("tbc", False),
            )
        )
        return {}

    def pull(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer PullDynamicScheduleUpdate, from memory: the station waits (2.1 K28)."""
        update = self._pulled(payload["chargingProfileId"])
        if update is None:
            return {"status": "Rejected"}
        return {"status": "Accepted", "scheduleUpdate": update}


def stored_profiles(payload: dict[str, Any]) -> tuple[StoredProfile, ...]:
    """Return the profiles of one part of a report."""
    return tuple(
        StoredProfile(
            id=profile["id"],
            evse=payload["evseId"],
            purpose=profile["chargingProfilePurpose"],
            stack_level=profile["stackLevel"],
            source=payload["chargingLimitSource"],
            body=profile,
        )
        for profile in payload["chargingProfile"]
    )


def _lowest(
    schedules: Iterable[dict[str, Any]],
) -> tuple[float | None, RateUnit | None]:
    """Return the lowest limit of the first schedule that has one, and its unit."""
    for schedule in schedules:
        limits = [
            period["limit"]
            for period in schedule["chargingSchedulePeriod"]
            if "limit" in period
        ]
        if limits:
            return float(min(limits)), RateUnit(schedule["chargingRateUnit"])
    return None, None
