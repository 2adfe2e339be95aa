"""Charging profiles as OCPP 2.x writes them (ChargingProfileType and its parts), and as they are stored."""

from collections.abc import Iterable
from datetime import datetime
import math

from simulator.ocpp2.v2x_fields import read_v2x
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
    PURPOSE_NAMES,
    Installed,
    Kind,
    Period,
    Profile,
    Purpose,
    RateUnit,
    Recurrency,
    Schedule,
)

NAMES = {purpose: names[-1] for purpose, names in PURPOSE_NAMES.items()}
PURPOSES = {name: purpose for purpose, name in NAMES.items()}
OF_2_1 = (Purpose.PRIORITY, Purpose.LOCAL_GENERATION)

PROFILE_FIELDS = {
    "id",
    "stackLevel",
    "chargingProfilePurpose",
    "chargingProfileKind",
    "recurrencyKind",
    "validFrom",
    "validTo",
    "transactionId",
    "chargingSchedule",
}
SCHEDULE_FIELDS = {
    "id",
    "startSchedule",
    "duration",
    "chargingRateUnit",
    "chargingSchedulePeriod",
    "minChargingRate",
}
PERIOD_FIELDS = {"startPeriod", "limit", "numberPhases", "phaseToUse"}


def read_profile(payload: Payload, version: str) -> Profile:
    """A ChargingProfileType as that version knows it; raises CallError."""
    purposes = tuple(
        name
        for name, purpose in PURPOSES.items()
        if version == "2.1" or purpose not in OF_2_1
    )
    kinds = tuple(k for k in Kind if version == "2.1" or k is not Kind.DYNAMIC)
    recurs = "recurrencyKind" in payload
    recurrency = (
        choice(payload, "recurrencyKind", tuple(Recurrency)) if recurs else None
    )
    required(payload, "chargingSchedule", list)
    schedules = [
        _read_schedule(s, version) for s in objects(payload, "chargingSchedule")
    ]
    if not 1 <= len(schedules) <= 3:
        raise CallError("OccurrenceConstraintViolation", "one to three schedules")
    return Profile(
        profile_id=required(payload, "id", int),
        stack_level=required(payload, "stackLevel", int),
        purpose=PURPOSES[choice(payload, "chargingProfilePurpose", purposes)],
        kind=Kind(choice(payload, "chargingProfileKind", kinds)),
        schedule=schedules[0],
        recurrency=Recurrency(recurrency) if recurrency else None,
        valid_from=moment(payload, "validFrom"),
        valid_to=moment(payload, "validTo"),
        transaction_id=optional(payload, "transactionId", str),
        alternatives=tuple(schedules[1:]),
        more=_more(payload, PROFILE_FIELDS),
    )


def write_profile(profile: Profile) -> Payload:
    """The same profile as it would be sent."""
    payload = {
        "id": profile.profile_id,
        "stackLevel": profile.stack_level,
        "chargingProfilePurpose": NAMES[profile.purpose],
        "chargingProfileKind": profile.kind.value,
        "recurrencyKind": profile.recurrency.value if profile.recurrency else None,
        "validFrom": _format(profile.valid_from),
        "validTo": _format(profile.valid_to),
        "transactionId": profile.transaction_id,
        "chargingSchedule": [
            write_schedule(schedule)
            for schedule in (profile.schedule, *profile.alternatives)
        ],
    }
    return _without_gaps(payload) | dict(profile.more)


def write_schedule(schedule: Schedule) -> Payload:
    """A ChargingScheduleType."""
    payload = {
        "id": schedule.schedule_id,
        "startSchedule": _format(schedule.start),
        "duration": schedule.duration_s,
        "chargingRateUnit": schedule.unit.value,
        "minChargingRate": schedule.minimum_rate,
        "chargingSchedulePeriod": write_periods(schedule.periods),
    }
    return _without_gaps(payload) | dict(schedule.more)


def write_periods(periods: Iterable[Period]) -> list[Payload]:
    """A list of ChargingSchedulePeriodType."""
    return [
        _without_gaps(
            {
                "startPeriod": period.start_s,
                "limit": period.limit,
                "numberPhases": period.phases,
                "phaseToUse": period.terminal,
            }
        )
        | dict(period.more)
        for period in periods
    ]


def write_installed(entry: Installed) -> Payload:
    """A profile and where it is, to be stored."""
    return {
        "evseId": entry.evse_id,
        "installedAt": format_time(entry.installed_at),
        "source": entry.source,
        "chargingProfile": write_profile(entry.profile),
    }


def read_installed(payload: Payload) -> Installed:
    """A stored profile."""
    return Installed(
        payload["evseId"],
        read_profile(payload["chargingProfile"], "2.1"),
        parse_time(payload["installedAt"]),
        payload["source"],
    )


def _read_schedule(payload: Payload, version: str) -> Schedule:
    required(payload, "chargingSchedulePeriod", list)
    periods = objects(payload, "chargingSchedulePeriod")
    return Schedule(
        unit=RateUnit(choice(payload, "chargingRateUnit", tuple(RateUnit))),
        periods=tuple(read_period(period, version) for period in periods),
        duration_s=seconds(payload, "duration") if "duration" in payload else None,
        start=moment(payload, "startSchedule"),
        minimum_rate=optional(payload, "minChargingRate", float),
        schedule_id=required(payload, "id", int),
        more=_more(payload, SCHEDULE_FIELDS),
    )


def read_period(payload: Payload, version: str) -> Period:
    """A ChargingSchedulePeriodType as that version knows it; raises CallError."""
    # In 2.1 a period may say something else than a limit.
    must = version != "2.1"
    limit = (
        required(payload, "limit", float) if must else optional(payload, "limit", float)
    )
    if limit is not None and not math.isfinite(limit):
        raise CallError("TypeConstraintViolation", "limit is no number")
    return Period(
        start_s=seconds(payload, "startPeriod"),
        limit=limit,
        phases=_phase(payload, "numberPhases"),
        terminal=_phase(payload, "phaseToUse"),
        more=_more(payload, PERIOD_FIELDS),
        v2x=read_v2x(payload, version),
    )


def _phase(payload: Payload, name: str) -> int | None:
    value = optional(payload, name, int)
    if value is not None and not 0 <= value <= 3:
        raise CallError("PropertyConstraintViolation", f"{name} is not 0 to 3")
    return value


def _more(payload: Payload, known: set[str]) -> Payload:
    return {name: value for name, value in payload.items() if name not in known}


def _without_gaps(payload: Payload) -> Payload:
    return {name: value for name, value in payload.items() if value is not None}


def _format(at: datetime | None) -> str | None:
    return format_time(at) if at else None
