"""Answers about charging profiles (K01, K08, K09, K10, K28)."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.ocpp2.profile_json import (
    PURPOSES,
    read_profile,
    write_periods,
    write_profile,
)
from simulator.ocpp2.replies import refusal
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import (
    choice,
    format_time,
    optional,
    plain_items,
    required,
    seconds,
)
from simulator.ocppj.frames import CallError, Payload
from simulator.profiles import Installed, Kind, ProfileRefused, Purpose, RateUnit
from simulator.setpoints import Refused

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation


def set_charging_profile(station: ChargingStation, payload: Payload) -> Answer:
    """K01: the limit applies from this moment."""
    if not station.device_model.flag("SmartChargingCtrlr.Enabled"):
        raise CallError("NotSupported", "smart charging is off")
    evse_id = required(payload, "evseId", int)
    profile = read_profile(required(payload, "chargingProfile", dict), station.version)
    if profile.kind is Kind.DYNAMIC and "dynUpdateTime" not in profile.more:
        at = {"dynUpdateTime": format_time(station.now())}
        profile = replace(profile, more={**profile.more, **at})
    try:
        profile = station.discharging.understood(profile)
        entry = Installed(evse_id, profile, station.now())
        station.rules.check(entry, station.transaction_ids())
        station.discharging.check(entry)
        station.profiles.put(entry)
    except Refused as refused:
        return refusal("Rejected", refused.reason, refused.info)
    except ProfileRefused as refused:
        return refusal("Rejected", "OutOfStorage", str(refused))
    station.smart_charging.tick()

    async def tell() -> None:
        if profile.purpose is Purpose.TX:
            station.needs.profile_came(station.outlets[evse_id], profile)

    return Answer({"status": "Accepted"} | station.discharging.answer(profile), tell)


def clear_charging_profile(station: ChargingStation, payload: Payload) -> Answer:
    """K10: one by its id, or all that match every other criterion; external constraints stay."""
    profile_id = optional(payload, "chargingProfileId", int)
    criteria = optional(payload, "chargingProfileCriteria", dict, {})
    matches = _criteria(criteria)
    if profile_id is None and not criteria:
        # K10.FR.02
        return refusal("Unknown", "MissingParam")

    def chosen(entry: Installed) -> bool:
        if entry.profile.purpose is Purpose.EXTERNAL:
            return False
        if profile_id is not None:
            return entry.profile.profile_id == profile_id
        return matches(entry)

    removed = station.profiles.clear(chosen)
    station.smart_charging.tick()
    return status("Accepted" if removed else "Unknown")


def _criteria(criteria: Payload) -> Callable[[Installed], bool]:
    evse_id = optional(criteria, "evseId", int)
    stack_level = optional(criteria, "stackLevel", int)
    purpose = None
    if "chargingProfilePurpose" in criteria:
        name = choice(criteria, "chargingProfilePurpose", tuple(PURPOSES))
        purpose = PURPOSES[name]
    return lambda entry: (
        evse_id in (None, entry.evse_id)
        and stack_level in (None, entry.profile.stack_level)
        and purpose in (None, entry.profile.purpose)
    )


def get_charging_profiles(station: ChargingStation, payload: Payload) -> Answer:
    """K09: the answer first, then the profiles in reports by EVSE and source."""
    request_id = required(payload, "requestId", int)
    evse_id = optional(payload, "evseId", int)
    criterion = required(payload, "chargingProfile", dict)
    matches = _criteria(criterion)
    wanted_ids = plain_items(criterion, "chargingProfileId", int)
    sources = plain_items(criterion, "chargingLimitSource", str)
    found = [
        entry
        for entry in station.profiles
        if evse_id in (None, entry.evse_id)
        and matches(entry)
        and (not wanted_ids or entry.profile.profile_id in wanted_ids)
        and (not sources or entry.source in sources)
    ]
    if not found:
        return status("NoProfiles")
    return status("Accepted", lambda: _report(station, request_id, found))


async def _report(
    station: ChargingStation, request_id: int, found: list[Installed]
) -> None:
    places = list(dict.fromkeys((entry.evse_id, entry.source) for entry in found))
    for number, (evse_id, source) in enumerate(places, start=1):
        report: Payload = {
            "requestId": request_id,
            "evseId": evse_id,
            "chargingLimitSource": source,
            "chargingProfile": [
                write_profile(entry.profile)
                for entry in found
                if (entry.evse_id, entry.source) == (evse_id, source)
            ],
        }
        if number < len(places):
            report["tbc"] = True
        await station.try_call("ReportChargingProfiles", report)


def get_composite_schedule(station: ChargingStation, payload: Payload) -> Answer:
    """K08."""
    evse_id, duration_s = required(payload, "evseId", int), seconds(payload, "duration")
    named = "chargingRateUnit" in payload
    default = station.device_model.items("SmartChargingCtrlr.RateUnit")[0]
    name = choice(payload, "chargingRateUnit", ("A", "W")) if named else default
    if evse_id != 0 and evse_id not in station.outlets:
        # K08.FR.05
        return refusal("Rejected", "UnknownEVSE")
    if name not in station.device_model.items("SmartChargingCtrlr.RateUnit"):
        # K08.FR.07
        return refusal("Rejected", "UnsupportedRateUnit")
    schedule = station.smart_charging.composite(evse_id, duration_s, RateUnit(name))
    periods = schedule.periods
    if station.is_dc(evse_id):
        periods = tuple(replace(p, phases=None, terminal=None) for p in periods)
    composite: Payload = {
        "evseId": evse_id,
        "duration": duration_s,
        "scheduleStart": format_time(station.now()),
        "chargingRateUnit": name,
        "chargingSchedulePeriod": [
            written | (dict(period.v2x) if station.version == "2.1" else {})
            for written, period in zip(write_periods(periods), periods, strict=True)
        ],
    }
    return Answer({"status": "Accepted", "schedule": composite})


def update_dynamic_schedule(station: ChargingStation, payload: Payload) -> Answer:
    """K28 (2.1): new values for the one period of a dynamic profile."""
    profile_id = required(payload, "chargingProfileId", int)
    update = required(payload, "scheduleUpdate", dict)
    return station.dynamic.update(profile_id, update)


def use_priority_charging(station: ChargingStation, payload: Payload) -> Answer:
    """K21 (2.1): let a priority profile hold for a transaction, or its own again."""
    wanted = required(payload, "transactionId", str)
    activate = required(payload, "activate", bool)
    running = [
        outlet
        for outlet in station.outlets.values()
        if outlet.transaction and outlet.transaction.transaction_id == wanted
    ]
    if not running:
        return refusal("Rejected", "TxNotFound")
    there = (
        entry.profile.purpose is Purpose.PRIORITY
        and entry.evse_id in (0, running[0].evse_id)
        for entry in station.profiles
    )
    if activate and not any(there):
        return refusal("NoProfile", "NotFound")

    async def change() -> None:
        transaction = running[0].transaction
        if transaction is None or transaction.urgent == activate:
            return
        transaction.urgent = activate
        station.smart_charging.tick()
        told = {"transactionId": wanted, "activated": activate}
        await station.try_call("NotifyPriorityCharging", told)

    return status("Accepted", change)


HANDLERS = {
    "ClearChargingProfile": clear_charging_profile,
    "GetChargingProfiles": get_charging_profiles,
    "GetCompositeSchedule": get_composite_schedule,
    "SetChargingProfile": set_charging_profile,
}
HANDLERS_OF_2_1 = {
    "UpdateDynamicSchedule": update_dynamic_schedule,
    "UsePriorityCharging": use_priority_charging,
}
