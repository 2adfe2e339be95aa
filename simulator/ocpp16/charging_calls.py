"""Answers of the Smart Charging profile (OCPP 1.6 §5.5, §5.7, §5.16)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.ocpp16.profile_json import PURPOSES, read_profile, write_schedule
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import choice, format_time, optional, required, seconds
from simulator.ocppj.frames import Payload
from simulator.profiles import Installed, ProfileRefused, RateUnit

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint


def set_charging_profile(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.16: the limit applies from this moment."""
    connector_id = required(payload, "connectorId", int)
    profile = read_profile(required(payload, "csChargingProfiles", dict))
    outlet = charge_point.outlets.get(connector_id)
    transaction = outlet.transaction if outlet else None
    try:
        profile = charge_point.discharging.understood(connector_id, profile)
        entry = Installed(connector_id, profile, charge_point.now())
        charge_point.profiles.install(
            entry,
            in_transaction=transaction is not None,
            transaction_id=transaction.transaction_id if transaction else None,
        )
    except ProfileRefused:
        return status("Rejected")
    charge_point.smart_charging.tick()
    return status("Accepted")


def clear_charging_profile(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.5: one by its id, or all that match every other field given."""
    removed = charge_point.profiles.clear(_filter(payload))
    charge_point.smart_charging.tick()
    return status("Accepted" if removed else "Unknown")


def _filter(payload: Payload) -> Callable[[Installed], bool]:
    profile_id = optional(payload, "id", int)
    connector_id = optional(payload, "connectorId", int)
    stack_level = optional(payload, "stackLevel", int)
    named = "chargingProfilePurpose" in payload
    purpose = (
        PURPOSES[choice(payload, "chargingProfilePurpose", tuple(PURPOSES))]
        if named
        else None
    )
    if profile_id is not None:
        return lambda entry: entry.profile.profile_id == profile_id
    return lambda entry: (
        connector_id in (None, entry.evse_id)
        and stack_level in (None, entry.profile.stack_level)
        and purpose in (None, entry.profile.purpose)
    )


def get_composite_schedule(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.7."""
    connector_id = required(payload, "connectorId", int)
    duration_s = seconds(payload, "duration")
    asked = "chargingRateUnit" in payload
    unit = (
        RateUnit(choice(payload, "chargingRateUnit", tuple(RateUnit)))
        if asked
        else RateUnit.AMPERES
    )
    known = connector_id == 0 or connector_id in charge_point.outlets
    if not known or duration_s == 0 or unit not in charge_point.profiles.rules.units:
        return status("Rejected")
    schedule = charge_point.smart_charging.composite(connector_id, duration_s, unit)
    return Answer(
        {
            "status": "Accepted",
            "connectorId": connector_id,
            "scheduleStart": format_time(charge_point.now()),
            "chargingSchedule": write_schedule(schedule),
        }
    )


HANDLERS = {
    "ClearChargingProfile": clear_charging_profile,
    "GetCompositeSchedule": get_composite_schedule,
    "SetChargingProfile": set_charging_profile,
}
