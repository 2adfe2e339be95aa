"""Charging profiles that the owner writes: where they may lie, and as each version of OCPP has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .csms.limiting.amounts import is_ours, moment
from .csms.v2.profiles import PURPOSES as PURPOSES_2
from .csms.v16.profiles import PURPOSES as PURPOSES_16
from .model.capabilities import Capabilities, Purpose
from .model.errors import BadSetting
from .model.limits import RateUnit
from .model.orders import WHOLE_STATION
from .model.stations import OcppVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersPeriod:
    """From `start_s` seconds after the schedule's beginning, at most `limit` in the schedule's unit."""

    start_s: int
    limit: float
    phases: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersProfile:
    """A charging profile as its owner writes it.

    It counts from `start`; None: from when a transaction begins. A `daily` one begins anew every day.
    """

    id: int
    evse: int
    purpose: Purpose
    stack_level: int
    unit: RateUnit
    periods: Sequence[OwnersPeriod]
    start: datetime | None = None
    duration_s: int | None = None
    daily: bool = False
    valid_to: datetime | None = None


def check_id(profile_id: int) -> None:
    """Raise `BadSetting` for the id of a profile of ours: nobody else replaces it, or takes it away."""
    if is_ours(profile_id):
        raise BadSetting("profile_id_taken", id=str(profile_id))


def check_profile(capabilities: Capabilities, profile: OwnersProfile) -> None:
    """Raise `BadSetting` for a profile that could take the place of ours: nothing may lift what the fuse carries.

    Of two profiles of one purpose the higher one holds, and of two on the same level the later one (OCPP 1.6 §3.13.2,
    2.0.1 K01). One for a transaction holds instead of all defaults, so there is none for the owner.
    """
    check_id(profile.id)
    if not profile.periods or profile.periods[0].start_s != 0:
        raise BadSetting("profile_without_beginning")
    if profile.daily and profile.start is None:
        raise BadSetting("profile_daily_without_start")
    levels = [
        rung.stack_level
        for rung in capabilities.rungs.values()
        if rung.purpose is profile.purpose
    ]
    # Where ours are going to lie when there is none yet, nobody knows; the lowest level is replaced or below.
    highest = min(levels) - 1 if levels else 0
    if highest < 0 or profile.purpose is Purpose.TX:
        raise BadSetting("profile_has_no_place")
    if profile.stack_level > highest:
        raise BadSetting("profile_above_ours", highest=str(highest))


def profile_message(
    version: OcppVersion | None, profile: OwnersProfile
) -> dict[str, Any]:
    """Return the payload of SetChargingProfile (1.6 §6.43, 2.0.1 K01) in a version of OCPP."""
    is_16 = version is OcppVersion.V16
    purposes = PURPOSES_16 if is_16 else PURPOSES_2
    body: dict[str, Any] = {
        "chargingProfileId" if is_16 else "id": profile.id,
        "stackLevel": profile.stack_level,
        "chargingProfilePurpose": purposes[profile.purpose],
        "chargingProfileKind": _kind(profile),
    }
    if profile.daily:
        body["recurrencyKind"] = "Daily"
    if profile.valid_to is not None:
        body["validTo"] = moment(profile.valid_to)
    schedule = _schedule(profile)
    whole = profile.purpose is Purpose.STATION_MAXIMUM
    evse = WHOLE_STATION if whole else profile.evse
    if is_16:
        body["chargingSchedule"] = schedule
        return {"connectorId": evse, "csChargingProfiles": body}
    body["chargingSchedule"] = [{"id": profile.id, **schedule}]
    return {"evseId": evse, "chargingProfile": body}


def _kind(profile: OwnersProfile) -> str:
    if profile.daily:
        return "Recurring"
    return "Relative" if profile.start is None else "Absolute"


def _schedule(profile: OwnersProfile) -> dict[str, Any]:
    schedule: dict[str, Any] = {
        "chargingRateUnit": profile.unit.value,
        "chargingSchedulePeriod": [_period(period) for period in profile.periods],
    }
    if profile.start is not None:
        schedule["startSchedule"] = moment(profile.start)
    if profile.duration_s is not None:
        schedule["duration"] = profile.duration_s
    return schedule


def _period(period: OwnersPeriod) -> dict[str, Any]:
    said: dict[str, Any] = {"startPeriod": period.start_s, "limit": period.limit}
    if period.phases is not None:
        said["numberPhases"] = period.phases
    return said
