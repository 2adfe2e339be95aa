"""Limits as OCPP 1.6 charging profiles (§3.13, §7.8 ChargingProfile).

The fallback lies at stack level 0, the lease above it with a duration, so that the station itself goes back to the
fallback when nobody renews the lease. Ids are fixed per purpose and EVSE: ours replace ours, and profiles of others
are left alone.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
import math
from typing import Any

from ...model.limits import RateUnit, floor_tenths
from ...model.orders import WHOLE_STATION, Layer, LimitOrder

_STATION_ID = 8100
_FALLBACK_ID = 8200
_LEASE_ID = 8300

FALLBACK_STACK_LEVEL = 0
LEASE_STACK_LEVEL = 1

# A schedule that always was. Not 1970: some clocks begin there and the schedule would not have begun yet.
_LONG_AGO = "2015-01-01T00:00:00Z"

# The lease begins in the past, so that a station whose clock lags obeys it at once.
CLOCK_TOLERANCE_S = 300


class Purpose(StrEnum):
    """What a profile limits (§7.10)."""

    STATION = "ChargePointMaxProfile"
    EVSE = "TxDefaultProfile"


class Kind(StrEnum):
    """From when a schedule counts (§7.9)."""

    ABSOLUTE = "Absolute"
    RELATIVE = "Relative"


def profile_id(order: LimitOrder) -> int:
    """Return the id under which an order is kept in the station."""
    if order.evse == WHOLE_STATION:
        return _STATION_ID
    return order.evse + (_LEASE_ID if order.layer is Layer.LEASE else _FALLBACK_ID)


def kinds_for(order: LimitOrder, relative: bool | None = None) -> tuple[Kind, ...]:
    """Return the kinds to try at a station that takes Relative ones or not (None: unknown), the best first.

    All mean the same. A default profile counts best from the transaction's start: it then holds in a station whose clock is wrong.
    """
    if order.evse == WHOLE_STATION or order.layer is Layer.LEASE or relative is False:
        return (Kind.ABSOLUTE,)
    return (Kind.RELATIVE, Kind.ABSOLUTE)


def set_charging_profile(
    order: LimitOrder, kind: Kind, unit: RateUnit, now: datetime
) -> dict[str, Any]:
    """Return the payload of SetChargingProfile for an order."""
    schedule: dict[str, Any] = {
        "chargingRateUnit": unit.value,
        "chargingSchedulePeriod": [_period(order, unit)],
    }
    if order.layer is Layer.LEASE:
        begin = now - timedelta(seconds=CLOCK_TOLERANCE_S)
        schedule["startSchedule"] = begin.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        schedule["duration"] = CLOCK_TOLERANCE_S + (order.lease_s or 0)
    elif kind is Kind.ABSOLUTE:
        schedule["startSchedule"] = _LONG_AGO
    purpose = Purpose.STATION if order.evse == WHOLE_STATION else Purpose.EVSE
    return {
        "connectorId": order.evse,
        "csChargingProfiles": {
            "chargingProfileId": profile_id(order),
            "stackLevel": LEASE_STACK_LEVEL
            if order.layer is Layer.LEASE
            else FALLBACK_STACK_LEVEL,
            "chargingProfilePurpose": purpose.value,
            "chargingProfileKind": kind.value,
            "chargingSchedule": schedule,
        },
    }


def _period(order: LimitOrder, unit: RateUnit) -> dict[str, Any]:
    if unit is RateUnit.AMPERES:
        return {"startPeriod": 0, "limit": floor_tenths(order.current.a)}
    watts = math.floor(order.current.a * order.voltage_v * order.phases + 1e-6)
    return {"startPeriod": 0, "limit": watts, "numberPhases": order.phases}
