"""When a charging profile begins that says it by an event, and what an update makes of a dynamic one (2.1 K28)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..csms.meters import as_text
from .profile import PURPOSES, WHOLE_STATION, Profile, Purpose
from .setpoints import asks_for_power

_OF_ALL = frozenset({Purpose.MAXIMUM, Purpose.EXTERNAL})

# What an update may change of the one period of a dynamic profile.
_PARTS = frozenset(
    f"{name}{phase}"
    for name in (
        *("limit", "dischargeLimit", "setpoint", "setpointReactive"),
        "preconditioningRequest",
    )
    for phase in ("", "_L2", "_L3")
)


def anchored(profile: Profile, now: datetime) -> Profile:
    """Return a profile that begins when it was set, where nothing else begins it: no vehicle comes to a whole station.

    A dynamic one begins anew with every update, which is what its duration counts from (K28.FR.13).
    """
    body, kind = profile.body, profile.body.get("chargingProfileKind")
    if kind == "Dynamic":
        return _beginning(profile, now, kind)
    is_of_all = profile.evse == WHOLE_STATION and (
        PURPOSES.get(body.get("chargingProfilePurpose", "")) in _OF_ALL
        or asks_for_power(profile)
    )
    if is_of_all and (
        kind == "Relative" or profile.schedule.get("startSchedule") is None
    ):
        return _beginning(profile, now, "Absolute" if kind == "Relative" else kind)
    return profile


def updated(
    profile: Profile, update: Mapping[str, Any], now: datetime
) -> Profile | None:
    """Return a dynamic profile with what changed of it; None where it is another kind."""
    if profile.body.get("chargingProfileKind") != "Dynamic":
        return None
    period = {
        **profile.schedule["chargingSchedulePeriod"][0],
        **{key: value for key, value in update.items() if key in _PARTS},
    }
    return _beginning(profile, now, "Dynamic", period)


def _beginning(
    profile: Profile, now: datetime, kind: Any, period: Mapping[str, Any] | None = None
) -> Profile:
    schedule = {**profile.schedule, "startSchedule": as_text(now)}
    if period is not None:
        schedule["chargingSchedulePeriod"] = [period]
    written = profile.body["chargingSchedule"]
    body = {
        **profile.body,
        "chargingProfileKind": kind,
        "chargingSchedule": schedule if isinstance(written, Mapping) else [schedule],
    }
    return Profile(profile.evse, body, profile.is_oldest)
