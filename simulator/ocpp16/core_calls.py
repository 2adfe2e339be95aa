"""Answers of the Core profile: configuration, availability, cache, data transfer (OCPP 1.6 §5.2-5.4, §5.6, §5.8)."""

from typing import TYPE_CHECKING

from simulator.ocpp16.configuration import Access, Key
from simulator.ocpp16.outlet import Outlet
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import choice, optional, required
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint


def change_availability(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.2: a connector, or all with 0; a running transaction is let end first."""
    connector_id = required(payload, "connectorId", int)
    operative = choice(payload, "type", ("Operative", "Inoperative")) == "Operative"
    if connector_id == 0:
        charge_point.operative = operative
        outlets = list(charge_point.outlets.values())
    elif connector_id in charge_point.outlets:
        outlets = [charge_point.outlets[connector_id]]
    else:
        return status("Rejected")
    scheduled = [_change_outlet(outlet, operative) for outlet in outlets]

    async def tell() -> None:
        charge_point.statuses.update()
        for outlet in outlets:
            charge_point.sessions.start_if_allowed(outlet)

    return status("Scheduled" if any(scheduled) else "Accepted", tell)


def _change_outlet(outlet: Outlet, operative: bool) -> bool:
    """Change now, or say that it must wait."""
    waits = not operative and outlet.transaction is not None
    outlet.becomes_inoperative = waits
    if not waits:
        outlet.operative = operative
    return waits


def change_configuration(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.3."""
    name, value = required(payload, "key", str), required(payload, "value", str)
    if evse_id := charge_point.discharging.evse_of(name):
        return status(charge_point.discharging.write(evse_id, value))
    result = charge_point.configuration.change(name, value)
    if result == "Accepted" and name.lower() == "authorizationkey":
        return status(result, lambda: _use_new_password(charge_point, value))
    if result == "Accepted" and name.lower() == "websocketpinginterval":
        charge_point.link.dial.ping_interval_s = float(value) or None
    return status(result)


async def _use_new_password(charge_point: ChargePoint, password: str) -> None:
    """A new password is used at once, on a new connection (security whitepaper A01)."""
    charge_point.link.dial.password = password
    await charge_point.link.drop()


def get_configuration(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.8: the keys asked for, or all."""
    names = [n for n in optional(payload, "key", list, []) if isinstance(n, str)]
    configuration = charge_point.configuration
    if not names:
        return Answer(
            {
                "configurationKey": [
                    _entry(charge_point, key) for key in configuration.readable()
                ]
            }
        )
    known = {name: key for name in names if (key := configuration.find(name))}
    return Answer(
        {
            "configurationKey": [_entry(charge_point, key) for key in known.values()],
            "unknownKey": [name for name in names if name not in known],
        }
    )


def _entry(charge_point: ChargePoint, key: Key) -> Payload:
    entry: Payload = {"key": key.name, "readonly": key.access is Access.READ}
    if key.access is not Access.WRITE:
        entry["value"] = charge_point.configuration.text(key.name)
    return entry


def clear_cache(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.4."""
    if not charge_point.configuration.flag("AuthorizationCacheEnabled"):
        return status("Rejected")
    charge_point.authorization.known.cached.clear()
    return status("Accepted")


def data_transfer(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.6: the only messages that this station may know are about discharging."""
    vendor = required(payload, "vendorId", str)
    message = optional(payload, "messageId", str, "")
    data = optional(payload, "data", str, "")
    return charge_point.messages.take(vendor, message, data)


HANDLERS = {
    "ChangeAvailability": change_availability,
    "ChangeConfiguration": change_configuration,
    "ClearCache": clear_cache,
    "DataTransfer": data_transfer,
    "GetConfiguration": get_configuration,
}
