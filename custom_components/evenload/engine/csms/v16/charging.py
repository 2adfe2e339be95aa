"""Limits and charging profiles of a 1.6 station (OCPP 1.6 §3.13, §5.5, §5.7, §5.16)."""

from math import isfinite
from typing import Any

from ...model.limits import RateUnit
from ...model.needs import StoredProfile
from ...model.orders import LimitOrder, Outcome
from ..asking import Asking, unknown_here
from ..commands import CompositeSchedule, SchedulePeriod
from ..frames import CallFault
from ..limiting.repeating import Repeating
from ..meters import moment
from .phase_key import PhaseKeys


class Charging16(Asking):
    """Implements `csms.commands.Profiles`, and limits."""

    _limits: Repeating
    _phases: PhaseKeys

    async def composite_schedule(
        self, evse: int, duration_s: int, unit: RateUnit | None = None
    ) -> CompositeSchedule:
        """Ask what the station will allow over the next `duration_s` seconds."""
        payload: dict[str, Any] = {"connectorId": evse, "duration": duration_s}
        if unit is not None:
            payload["chargingRateUnit"] = unit.value
        answer = await self._ask("GetCompositeSchedule", payload)
        try:
            return _composite(evse, answer)
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
        outcome = await self._phases.bring(order)
        return await self._limits.set(order) if outcome is None else outcome

    async def profiles(self, evse: int | None = None) -> tuple[StoredProfile, ...]:
        """Not in this version."""
        raise unknown_here("GetChargingProfiles", "1.6")

    async def clear_profile(self, profile_id: int) -> bool:
        """Take one profile out of the station, by its exact id; returns whether there was one."""
        answer = await self._ask(
            "ClearChargingProfile", {"id": profile_id}, "Accepted", "Unknown"
        )
        return bool(answer["status"] == "Accepted")


def _finite(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"not a limit: {number}")
    return number


def _composite(evse: int, answer: dict[str, Any]) -> CompositeSchedule:
    schedule = answer["chargingSchedule"]
    start = answer.get("scheduleStart")
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
        ),
    )
