"""Limits as OCPP 1.6 charging profiles (§3.13, §7.8 ChargingProfile)."""

from datetime import datetime
from typing import Any

from ...model.capabilities import Place, ProfileKind, Purpose, Rung
from ...model.orders import LimitOrder
from ..limiting.amounts import (
    lease_begin,
    lease_duration_s,
    lease_end,
    long_ago,
    period,
    profile_id,
)
from ..limiting.ladder import place_of
from .ids import to_send

# §7.10.
PURPOSES = {
    Purpose.STATION_MAXIMUM: "ChargePointMaxProfile",
    Purpose.TX_DEFAULT: "TxDefaultProfile",
    Purpose.TX: "TxProfile",
}

# §7.9.
_KINDS = {
    ProfileKind.ABSOLUTE: "Absolute",
    ProfileKind.RECURRING: "Recurring",
    ProfileKind.RELATIVE: "Relative",
}


def set_charging_profile(
    order: LimitOrder, rung: Rung, now: datetime
) -> dict[str, Any]:
    """Return the payload of SetChargingProfile for an order."""
    profile: dict[str, Any] = {
        "chargingProfileId": profile_id(order),
        "stackLevel": rung.stack_level,
        "chargingProfilePurpose": PURPOSES[rung.purpose],
        "chargingProfileKind": _KINDS[rung.kind],
    }
    schedule: dict[str, Any] = {
        "chargingRateUnit": rung.unit.value,
        "chargingSchedulePeriod": [period(order, rung.unit)],
    }
    expires = place_of(order) in {Place.LEASE, Place.TRANSACTION}
    if rung.kind is ProfileKind.RECURRING:
        profile["recurrencyKind"] = "Daily"
    if rung.kind is not ProfileKind.RELATIVE:
        schedule["startSchedule"] = lease_begin(now) if expires else long_ago(now)
    if expires and rung.kind is ProfileKind.RELATIVE:
        profile["validTo"] = lease_end(order, now)
    elif expires:
        schedule["duration"] = lease_duration_s(order, now)
    if rung.purpose is Purpose.TX and order.transaction_id is not None:
        profile["transactionId"] = to_send(order.transaction_id)
    return {
        "connectorId": order.evse,
        "csChargingProfiles": {**profile, "chargingSchedule": schedule},
    }
