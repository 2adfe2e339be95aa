"""Answers about who may charge where: local list and reservations (OCPP 1.6 §5.1, §5.10, §5.13, §5.15)."""

from typing import TYPE_CHECKING

from simulator.ocpp16.outlet import Outlet, Reservation
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import choice, moment, objects, optional, required
from simulator.ocppj.frames import CallError, Payload
from simulator.pilot import Activity

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint

LIST_DISABLED = -1


def get_local_list_version(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.10: -1 where there is no local list, 0 where it is empty."""
    if not charge_point.configuration.flag("LocalAuthListEnabled"):
        return Answer({"listVersion": LIST_DISABLED})
    return Answer({"listVersion": charge_point.authorization.known.list_version})


def send_local_list(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.15: the whole list, or changes to it; an entry without information is removed."""
    version = required(payload, "listVersion", int)
    full = choice(payload, "updateType", ("Differential", "Full")) == "Full"
    entries = objects(payload, "localAuthorizationList")
    known = charge_point.authorization.known
    if not charge_point.configuration.flag("LocalAuthListEnabled"):
        return status("NotSupported")
    if len(entries) > charge_point.configuration.number("SendLocalListMaxLength"):
        return status("Failed")
    if not full and version <= known.list_version:
        return status("VersionMismatch")
    listed = {} if full else dict(known.listed)
    for entry in entries:
        id_tag = required(entry, "idTag", str)
        listed.pop(id_tag, None)
        if "idTagInfo" in entry:
            listed[id_tag] = required(entry, "idTagInfo", dict)
    known.listed, known.list_version = listed, version
    return status("Accepted")


def reserve_now(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.13: a connector, or with 0 any that is free; the same id again changes the reservation."""
    connector_id = required(payload, "connectorId", int)
    reservation_id = required(payload, "reservationId", int)
    id_tag, parent = (
        required(payload, "idTag", str),
        optional(payload, "parentIdTag", str),
    )
    expires_at = moment(payload, "expiryDate")
    if expires_at is None:
        raise CallError("ProtocolError", "expiryDate is missing")
    if connector_id != 0 and connector_id not in charge_point.outlets:
        return status("Rejected")
    everywhere = list(charge_point.outlets.values())
    asked = everywhere if connector_id == 0 else [charge_point.outlets[connector_id]]
    free = [outlet for outlet in asked if _is_free(outlet, reservation_id)]
    if not free:
        return status(_why_not(asked))
    _cancel(everywhere, reservation_id)
    free[0].reservation = Reservation(reservation_id, id_tag, parent, expires_at)
    return status("Accepted", lambda: _tell(charge_point))


def cancel_reservation(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.1."""
    found = _cancel(
        list(charge_point.outlets.values()), required(payload, "reservationId", int)
    )
    return status("Accepted" if found else "Rejected", lambda: _tell(charge_point))


def _is_free(outlet: Outlet, reservation_id: int) -> bool:
    mine = (
        outlet.reservation is not None
        and outlet.reservation.reservation_id == reservation_id
    )
    return mine or outlet.activity is Activity.AVAILABLE


def _why_not(outlets: list[Outlet]) -> str:
    """The status that says best why there is no room."""
    reasons = {Activity.FAULTED: "Faulted", Activity.UNAVAILABLE: "Unavailable"}
    found = [reasons.get(outlet.activity, "Occupied") for outlet in outlets]
    return "Occupied" if "Occupied" in found else found[0]


def _cancel(outlets: list[Outlet], reservation_id: int) -> bool:
    reserved = [
        o
        for o in outlets
        if o.reservation and o.reservation.reservation_id == reservation_id
    ]
    for outlet in reserved:
        outlet.reservation = None
    return bool(reserved)


async def _tell(charge_point: ChargePoint) -> None:
    charge_point.statuses.update()


HANDLERS = {
    "CancelReservation": cancel_reservation,
    "GetLocalListVersion": get_local_list_version,
    "ReserveNow": reserve_now,
    "SendLocalList": send_local_list,
}
