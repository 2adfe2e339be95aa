"""One charging profile of a CSMS above, and what it allows at a moment (1.6 §7.8, 2.0.1 ChargingProfileType)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any

from ..csms.frames import CallFault
from ..csms.meters import moment
from ..model.limits import Current, Limit, Power

WHOLE_STATION = 0

# OCPP's integers have 32 bits: some seventy years.
_LONGEST_S = 2**31 - 1

_KINDS = frozenset({"Absolute", "Recurring", "Relative", "Dynamic"})

_LIMITS = ("limit", "limit_L2", "limit_L3")

_RECURS = {"Daily": timedelta(days=1), "Weekly": timedelta(days=7)}


class Purpose(StrEnum):
    """What a profile bounds. Those of one purpose stand in for one another, by their stack levels; of purposes the lowest holds."""

    MAXIMUM = "maximum"
    EXTERNAL = "external"
    DEFAULT = "default"
    TX = "tx"


PURPOSES = {
    "ChargePointMaxProfile": Purpose.MAXIMUM,
    "ChargingStationMaxProfile": Purpose.MAXIMUM,
    "ChargingStationExternalConstraints": Purpose.EXTERNAL,
    "TxDefaultProfile": Purpose.DEFAULT,
    "TxProfile": Purpose.TX,
}


class NotAProfile(ValueError):
    """What was said makes no profile that can be held to."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile as it was set; `body` is as OCPP writes it, of either version, and `evse` 0 is the station."""

    evse: int
    body: Mapping[str, Any]
    is_oldest: bool

    @property
    def id(self) -> int:
        """Its number, which the CSMS has given."""
        return int(self.body["chargingProfileId" if self.is_oldest else "id"])

    @property
    def purpose(self) -> Purpose:
        """What it bounds."""
        return PURPOSES[self.body["chargingProfilePurpose"]]

    @property
    def stack_level(self) -> int:
        """Of two for one purpose the higher holds."""
        return int(self.body["stackLevel"])

    @property
    def transaction(self) -> str | None:
        """The transaction that it is for, as the CSMS calls it."""
        named = self.body.get("transactionId")
        return None if named is None else str(named)

    @property
    def schedule(self) -> Mapping[str, Any]:
        """The one schedule that is held to."""
        schedule = self.body["chargingSchedule"]
        return schedule if isinstance(schedule, Mapping) else schedule[0]

    def begins(self, now: datetime, plugged_in_at: datetime | None) -> datetime | None:
        """Return when the schedule that holds now has begun; None where none does."""
        start = self.schedule.get("startSchedule")
        at = moment(start) if start is not None else plugged_in_at
        if self.body["chargingProfileKind"] == "Relative":
            at = plugged_in_at
        if at is None or at > now:
            return None
        every = _RECURS.get(self.body.get("recurrencyKind", ""))
        if self.body["chargingProfileKind"] != "Recurring" or every is None:
            return at
        return at + (now - at) // every * every

    def limit(
        self, now: datetime, plugged_in_at: datetime | None
    ) -> tuple[Limit | None, datetime | None]:
        """Return what it allows now (None: it has nothing to say), and when that changes next."""
        period, change = self.period(now, plugged_in_at)
        return self._of(period), change

    def period(
        self, now: datetime, plugged_in_at: datetime | None
    ) -> tuple[Mapping[str, Any] | None, datetime | None]:
        """Return the period that holds now, as it was written, and when that changes next."""
        valid_from, valid_to = self.body.get("validFrom"), self.body.get("validTo")
        if valid_from is not None and (since := moment(valid_from)) > now:
            return None, since
        ends = [moment(valid_to)] if valid_to is not None else []
        if ends and ends[0] <= now:
            return None, None
        began = self.begins(now, plugged_in_at)
        if began is None:
            start = self.schedule.get("startSchedule")
            return None, moment(start) if start is not None else None
        elapsed = now - began
        if (lasts := self.schedule.get("duration")) is not None:
            if elapsed >= timedelta(seconds=lasts):
                return None, self._again(began)
            ends.append(began + timedelta(seconds=lasts))
        if (again := self._again(began)) is not None:
            ends.append(again)
        periods = self.schedule["chargingSchedulePeriod"]
        in_force = None
        for period in periods:
            if timedelta(seconds=period["startPeriod"]) <= elapsed:
                in_force = period
            else:
                ends.append(began + timedelta(seconds=period["startPeriod"]))
                break
        return in_force, min(ends, default=None)

    def _again(self, began: datetime) -> datetime | None:
        every = _RECURS.get(self.body.get("recurrencyKind", ""))
        is_recurring = self.body["chargingProfileKind"] == "Recurring"
        return began + every if is_recurring and every is not None else None

    def _of(self, period: Mapping[str, Any] | None) -> Limit | None:
        # 2.1 has setpoints beside limits, and periods that have neither.
        if period is None or period.get("limit") is None:
            return None
        # With values of their own for the other phases, the first is that of one phase (2.1).
        amounts = [period[key] for key in _LIMITS if period.get(key) is not None]
        amount = max(0.0, min(amounts))
        is_amperes = self.schedule["chargingRateUnit"] == "A"
        return Current(amount) if is_amperes else Power(amount * len(amounts))


def _check_times(profile: Profile, starts: list[int]) -> None:
    """Check that all times can be read and reckoned with: schemas do not. Raises `NotAProfile`."""
    body, schedule = profile.body, profile.schedule
    try:
        for said in (
            body.get("validFrom"),
            body.get("validTo"),
            schedule.get("startSchedule"),
        ):
            if said is not None:
                moment(said)
    except (CallFault, AttributeError) as error:
        raise NotAProfile(str(error)) from error
    lasts = schedule.get("duration", 0)
    if not isinstance(lasts, int) or not 0 <= lasts <= _LONGEST_S:
        raise NotAProfile("a duration is a number of seconds")
    if starts[-1] > _LONGEST_S:
        raise NotAProfile("a period begins within years")
    if body.get("chargingProfileKind") not in _KINDS:
        raise NotAProfile("a kind that is not held to")


def checked(profile: Profile) -> Profile:
    """Return a profile that can be held to. Raises `NotAProfile`."""
    try:
        periods = profile.schedule["chargingSchedulePeriod"]
        starts = [int(period["startPeriod"]) for period in periods]
        amounts = [float(one.get(key) or 0.0) for one in periods for key in _LIMITS]
        readable = (profile.id, profile.purpose, profile.stack_level)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise NotAProfile(str(error)) from error
    if not periods or starts[0] != 0 or starts != sorted(set(starts)):
        raise NotAProfile("periods begin at 0 and follow each other")
    if not all(isfinite(amount) for amount in amounts):
        raise NotAProfile("a limit is a number")
    _check_times(profile, starts)
    if profile.purpose is Purpose.TX and profile.evse == WHOLE_STATION:
        raise NotAProfile("a transaction is on an EVSE")
    if readable[2] < 0:
        raise NotAProfile("a stack level is 0 or more")
    return profile


def is_of(profile: Profile, running: str | None) -> bool:
    """Whether a profile is for what runs at its EVSE, if it is for a transaction (1.6 §5.16; 2.x K01.FR.03, .09, .33)."""
    if profile.purpose is not Purpose.TX:
        return True
    if profile.transaction is None:
        # 1.6 may leave it out.
        return profile.is_oldest and running is not None
    return profile.transaction == running
