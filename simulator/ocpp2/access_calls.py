"""Answers about who may charge where: cache, local list, reservations (C11, D01, D02, H01-H04)."""

from typing import TYPE_CHECKING

from simulator.ocpp2.authorization import name_of
from simulator.ocpp2.outlet import Outlet, Reservation
from simulator.ocpp2.remote_calls import read_token
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import choice, moment, objects, optional, required
from simulator.ocppj.frames import CallError, Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation


def clear_cache(station: ChargingStation, payload: Payload) -> Answer:
    """C11."""
    if not station.device_model.flag("AuthCacheCtrlr.Enabled"):
        return status("Rejected")
    station.authorization.known.cached.clear()
    return status("Accepted")


def get_local_list_version(station: ChargingStation, payload: Payload) -> Answer:
    """D02: 0 where it is empty or not in use."""
    enabled = station.device_model.flag("LocalAuthListCtrlr.Enabled")
    version = station.authorization.known.list_version if enabled else 0
    return Answer({"versionNumber": version})


def send_local_list(station: ChargingStation, payload: Payload) -> Answer:
    """D01: the whole list, or changes to it; an entry without information is removed."""
    version = required(payload, "versionNumber", int)
    full = choice(payload, "updateType", ("Differential", "Full")) == "Full"
    entries = objects(payload, "localAuthorizationList")
    known, model = station.authorization.known, station.device_model
    if not model.flag("LocalAuthListCtrlr.Enabled") or version <= 0:
        return status("Failed")
    if len(entries) > model.number("LocalAuthListCtrlr.ItemsPerMessage"):
        raise CallError("OccurrenceConstraintViolation", "too many entries")
    if not full and version <= known.list_version:
        return status("VersionMismatch")
    listed = {} if full else dict(known.listed)
    for entry in entries:
        name = name_of(read_token(entry))
        listed.pop(name, None)
        if "idTokenInfo" in entry:
            listed[name] = required(entry, "idTokenInfo", dict)
    known.listed, known.list_version = listed, version
    model.set("LocalAuthListCtrlr.Entries", str(len(listed)))
    return status("Accepted")


def reserve_now(station: ChargingStation, payload: Payload) -> Answer:
    """H01: an EVSE, or any that is free; the same id again changes the reservation."""
    evse_id = optional(payload, "evseId", int)
    expires_at = moment(payload, "expiryDateTime")
    if expires_at is None:
        raise CallError("OccurrenceConstraintViolation", "expiryDateTime is missing")
    group = read_token(payload, "groupIdToken") if "groupIdToken" in payload else None
    reservation = Reservation(
        required(payload, "id", int), read_token(payload), group, expires_at
    )
    if not station.device_model.flag("ReservationCtrlr.Enabled"):
        return status("Rejected")
    if evse_id is not None and evse_id not in station.outlets:
        return status("Rejected")
    everywhere = list(station.outlets.values())
    asked = everywhere if evse_id is None else [station.outlets[evse_id]]
    free = [o for o in asked if _is_free(o, reservation.reservation_id)]
    if not free:
        return status(_why_not(asked))
    _cancel(station, reservation.reservation_id)
    free[0].reservation = reservation
    return status("Accepted", lambda: _tell(station))


def cancel_reservation(station: ChargingStation, payload: Payload) -> Answer:
    """H02."""
    found = _cancel(station, required(payload, "reservationId", int))
    return status("Accepted" if found else "Rejected", lambda: _tell(station))


def expire_reservations(station: ChargingStation) -> None:
    """H04: what is over is over, and told."""
    for outlet in station.outlets.values():
        reservation = outlet.reservation
        if reservation and reservation.expires_at <= station.now():
            outlet.reservation = None
            station.notify(
                "ReservationStatusUpdate",
                {
                    "reservationId": reservation.reservation_id,
                    "reservationUpdateStatus": "Expired",
                },
            )


def _is_free(outlet: Outlet, reservation_id: int) -> bool:
    reservation = outlet.reservation
    mine = reservation is not None and reservation.reservation_id == reservation_id
    return mine or outlet.status == "Available"


def _why_not(outlets: list[Outlet]) -> str:
    """The status that says best why there is no room (H01.FR.11-FR.14)."""
    found = [outlet.status for outlet in outlets]
    if {"Occupied", "Reserved"} & set(found):
        return "Occupied"
    return "Faulted" if "Faulted" in found else "Unavailable"


def _cancel(station: ChargingStation, reservation_id: int) -> bool:
    reserved = [
        outlet
        for outlet in station.outlets.values()
        if outlet.reservation and outlet.reservation.reservation_id == reservation_id
    ]
    for outlet in reserved:
        outlet.reservation = None
    return bool(reserved)


async def _tell(station: ChargingStation) -> None:
    station.statuses.update()


HANDLERS = {
    "CancelReservation": cancel_reservation,
    "ClearCache": clear_cache,
    "GetLocalListVersion": get_local_list_version,
    "ReserveNow": reserve_now,
    "SendLocalList": send_local_list,
}
