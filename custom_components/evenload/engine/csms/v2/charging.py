"""Limits and charging profiles of a 2.x station (2.0.1 K01, K08, K09, K10)."""

from math import isfinite
from typing import Any

from ...model.limits import RateUnit
from ...model.needs import StoredProfile
from ...model.orders import LimitOrder, Outcome
from ..asking import Asking
from ..commands import CompositeSchedule, SchedulePeriod
from ..frames import CallFault
from ..meters import moment
from .limits import Limits2
from .reports import Reports


class Charging2(Asking):
    """Implements `csms.commands.Profiles`, and limits."""

    limits: Limits2
    _reports: Reports

    async def composite_schedule(
        self, evse: int, duration_s: int, unit: RateUnit | None = None
    ) -> CompositeSchedule:
        """Ask what the station will allow over the next `duration_s` seconds."""
        payload: dict[str, Any] = {"evseId": evse, "duration": duration_s}
        if unit is not None:
            payload["chargingRateUnit"] = unit.value
        answer = await self._ask("GetCompositeSchedule", payload)
        try:
            return _composite(evse, answer["schedule"])
        except (
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
            OverflowError,
            CallFault,
        ) as error:
            raise self._refused("GetCompositeSchedule", "an unreadable one") from error

    async def set_limit(self, order: LimitOrder) -> Outcome:
        """Give an EVSE or the station a limit, and remember what the station accepts."""
        return await self.limits.set(order)

    async def profiles(self, evse: int | None = None) -> tuple[StoredProfile, ...]:
        """Read the profiles in the station, whoever has put them there (K09)."""
        report = self._reports.expect()
        # A criterion must be named; every purpose is one (K09.FR.03).
        payload: dict[str, Any] = {
            "requestId": report.request_id,
            "chargingProfile": {"chargingLimitSource": ["CSO", "EMS", "SO", "Other"]},
        }
        if evse is not None:
            payload["evseId"] = evse
        try:
            answer = await self._ask(
                "GetChargingProfiles", payload, "Accepted", "NoProfiles"
            )
        except BaseException:
            self._reports.forget(report)
            raise
        if answer["status"] == "NoProfiles":
            self._reports.forget(report)
            return ()
        return tuple(await self._reports.complete(report))

    async def clear_profile(self, profile_id: int) -> bool:
        """Take one profile out of the station, by its exact id; returns whether there was one."""
        payload = {"chargingProfileId": profile_id}
        answer = await self._ask("ClearChargingProfile", payload, "Accepted", "Unknown")
        return bool(answer["status"] == "Accepted")


def _composite(evse: int, schedule: dict[str, Any]) -> CompositeSchedule:
    start = schedule.get("scheduleStart")
    return CompositeSchedule(
        evse=evse,
        unit=RateUnit(schedule["chargingRateUnit"]),
        start=moment(start) if start else None,
        periods=tuple(
            SchedulePeriod(
                int(period["startPeriod"]),
                _finite(period["limit"]),
                period.get("numberPhases"),
            )
            for period in schedule["chargingSchedulePeriod"]
            # 2.1 has modes without a limit of ours; what they allow is not said.
            if "limit" in period
        ),
    )


def _finite(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"not a limit: {number}")
    return number
