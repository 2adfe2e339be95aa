"""Limits as charging profiles of OCPP 2.0.1 and 2.1 (2.0.1 part 2 §2.10 ChargingProfileType, K01; 2.1 K28)."""

from datetime import datetime
from typing import Any

from ...model.capabilities import Place, ProfileKind, Purpose, Rung
from ...model.orders import LimitOrder
from ..limiting.amounts import (
    amount,
    lease_begin,
    lease_duration_s,
    lease_end,
    long_ago,
    moment,
    period,
    profile_id,
)
from ..limiting.ladder import place_of

PURPOSES = {
    Purpose.STATION_MAXIMUM: "ChargingStationMaxProfile",
    Purpose.TX_DEFAULT: "TxDefaultProfile",
    Purpose.TX: "TxProfile",
}

_KINDS = {
    ProfileKind.ABSOLUTE: "Absolute",
    ProfileKind.RECURRING: "Recurring",
    ProfileKind.RELATIVE: "Relative",
    ProfileKind.DYNAMIC: "Dynamic",
}

# Kinds whose schedule begins at a time of day; the others must not name one (K01.FR.40, K01.FR.41).
_BEGIN = frozenset({ProfileKind.ABSOLUTE, ProfileKind.RECURRING})


def set_charging_profile(
    order: LimitOrder, rung: Rung, now: datetime
) -> dict[str, Any]:
    """Return the payload of SetChargingProfile for an order."""
    profile: dict[str, Any] = {
        "id": profile_id(order),
        "stackLevel": rung.stack_level,
        "chargingProfilePurpose": PURPOSES[rung.purpose],
        "chargingProfileKind": _KINDS[rung.kind],
    }
    schedule: dict[str, Any] = {
        "id": profile_id(order),
        "chargingRateUnit": rung.unit.value,
        "chargingSchedulePeriod": [period(order, rung.unit)],
    }
    expires = place_of(order) in {Place.LEASE, Place.TRANSACTION}
    if rung.kind in _BEGIN:
        schedule["startSchedule"] = lease_begin(now) if expires else long_ago(now)
        if expires:
            schedule["duration"] = lease_duration_s(order, now)
    elif rung.kind is ProfileKind.DYNAMIC:
        # It ends when it was not renewed for its duration (2.1 K28.FR.13).
        profile["dynUpdateTime"] = moment(now)
        schedule["duration"] = order.lease_s or 0
    elif expires:
        profile["validTo"] = lease_end(order, now)
    if rung.kind is ProfileKind.RECURRING:
        profile["recurrencyKind"] = "Daily"
    if rung.purpose is Purpose.TX and order.transaction_id is not None:
        profile["transactionId"] = order.transaction_id
    return {
        "evseId": order.evse,
        "chargingProfile": {**profile, "chargingSchedule": [schedule]},
    }


def schedule_update(order: LimitOrder, rung: Rung) -> dict[str, Any]:
    """Return what a dynamic schedule becomes by an order: everything else of it stays (2.1 K28)."""
    return {"limit": amount(order, rung.unit)}
