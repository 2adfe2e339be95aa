"""Charging profiles as OCPP 1.6 writes them (§7.8-7.14), and as they are stored."""

from datetime import datetime
import math
from typing import Any

from simulator.ocppj.fields import (
    choice,
    format_time,
    moment,
    objects,
    optional,
    parse_time,
    required,
    seconds,
)
from simulator.ocppj.frames import CallError, Payload
from simulator.profiles import (
    Installed,
    Kind,
    Period,
    Profile,
    Purpose,
    RateUnit,
    Recurrency,
    Schedule,
)

PURPOSES = {
    "ChargePointMaxProfile": Purpose.STATION_MAX,
    "TxDefaultProfile": Purpose.TX_DEFAULT,
    "TxProfile": Purpose.TX,
}
PURPOSE_NAMES = {purpose: name for name, purpose in PURPOSES.items()}


def read_profile(payload: Payload) -> Profile:
    """A ChargingProfile (§7.8); raises CallError."""
    recurrency = "recurrencyKind" in payload and choice(
        payload, "recurrencyKind", tuple(Recurrency)
    )
    return Profile(
        profile_id=required(payload, "chargingProfileId", int),
        stack_level=required(payload, "stackLevel", int),
        purpose=PURPOSES[choice(payload, "chargingProfilePurpose", tuple(PURPOSES))],
        kind=Kind(choice(payload, "chargingProfileKind", tuple(Kind))),
        schedule=_read_schedule(required(payload, "chargingSchedule", dict)),
        recurrency=Recurrency(recurrency) if recurrency else None,
        valid_from=moment(payload, "validFrom"),
        valid_to=moment(payload, "validTo"),
        transaction_id=optional(payload, "transactionId", int),
    )


def write_profile(profile: Profile) -> Payload:
    """The same profile as it would be sent."""
    payload: dict[str, Any] = {
        "chargingProfileId": profile.profile_id,
        "stackLevel": profile.stack_level,
        "chargingProfilePurpose": PURPOSE_NAMES[profile.purpose],
        "chargingProfileKind": profile.kind.value,
        "chargingSchedule": write_schedule(profile.schedule),
        "recurrencyKind": profile.recurrency.value if profile.recurrency else None,
        "validFrom": _format(profile.valid_from),
        "validTo": _format(profile.valid_to),
        "transactionId": profile.transaction_id,
    }
    return _without_gaps(payload)


def write_schedule(schedule: Schedule) -> Payload:
    """A ChargingSchedule (§7.13)."""
    payload = {
        "duration": schedule.duration_s,
        "startSchedule": _format(schedule.start),
        "chargingRateUnit": schedule.unit.value,
        "chargingSchedulePeriod": [
            _write_period(period) for period in schedule.periods
        ],
        "minChargingRate": schedule.minimum_rate,
    }
    return _without_gaps(payload)


def write_installed(entry: Installed) -> Payload:
    """A profile and where it is, to be stored."""
    return {
        "connectorId": entry.evse_id,
        "installedAt": format_time(entry.installed_at),
        "csChargingProfiles": write_profile(entry.profile),
    }


def read_installed(payload: Payload) -> Installed:
    """A stored profile."""
    profile = read_profile(payload["csChargingProfiles"])
    return Installed(
        payload["connectorId"], profile, parse_time(payload["installedAt"])
    )


def _read_schedule(payload: Payload) -> Schedule:
    required(payload, "chargingSchedulePeriod", list)
    periods = objects(payload, "chargingSchedulePeriod")
    return Schedule(
        unit=RateUnit(choice(payload, "chargingRateUnit", tuple(RateUnit))),
        periods=tuple(_read_period(period) for period in periods),
        duration_s=seconds(payload, "duration") if "duration" in payload else None,
        start=moment(payload, "startSchedule"),
        minimum_rate=optional(payload, "minChargingRate", float),
    )


def _read_period(payload: Payload) -> Period:
    start_s = seconds(payload, "startPeriod")
    limit = required(payload, "limit", float)
    if not math.isfinite(limit):
        raise CallError("TypeConstraintViolation", "limit is no number")
    phases = optional(payload, "numberPhases", int)
    if phases is not None and not 1 <= phases <= 3:
        raise CallError("PropertyConstraintViolation", "numberPhases is not 1, 2 or 3")
    return Period(start_s, limit, phases)


def _write_period(period: Period) -> Payload:
    return _without_gaps(
        {
            "startPeriod": period.start_s,
            # A limit below zero is kept as it was written, whatever the station makes of it.
            "limit": period.more.get("limit", period.limit),
            "numberPhases": period.phases,
        }
    )


def _without_gaps(payload: Payload) -> Payload:
    return {name: value for name, value in payload.items() if value is not None}


def _format(at: datetime | None) -> str | None:
    return format_time(at) if at else None
