"""Answers about availability, resets and the network (G03, G04, B09, B11, B12)."""

from typing import TYPE_CHECKING

from simulator.ocpp2.outlet import Outlet
from simulator.ocpp2.replies import refusal
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import choice, optional, required
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

SLOTS = (1, 2)


def change_availability(station: ChargingStation, payload: Payload) -> Answer:
    """G03, G04: a connector, an EVSE or all; a running transaction is let end first."""
    wanted = choice(payload, "operationalStatus", ("Inoperative", "Operative"))
    evse, operative = optional(payload, "evse", dict, {}), wanted == "Operative"
    evse_id = required(evse, "id", int) if evse else 0
    if evse_id and evse_id not in station.outlets:
        return refusal("Rejected", "UnknownEVSE")
    connector_id = optional(evse, "connectorId", int, 1)
    if evse_id and connector_id not in station.outlets[evse_id].connector_ids:
        return refusal("Rejected", "UnknownConnectorId")
    if not evse_id:
        station.operative = operative
    outlets = [o for n, o in station.outlets.items() if evse_id in (0, n)]
    scheduled = [_change(outlet, operative) for outlet in outlets]

    async def tell() -> None:
        station.statuses.update()
        for outlet in outlets:
            station.transactions.look(outlet)

    return status("Scheduled" if any(scheduled) else "Accepted", tell)


def _change(outlet: Outlet, operative: bool) -> bool:
    """Change now, or say that it must wait."""
    waits = not operative and outlet.transaction is not None
    outlet.becomes_inoperative = waits
    if not waits:
        outlet.operative = operative
    return waits


def reset(station: ChargingStation, payload: Payload) -> Answer:
    """B11, B12: the station or one EVSE, now or when it is idle."""
    kinds = ("Immediate", "OnIdle", "ImmediateAndResume")
    kind = choice(payload, "type", kinds if station.version == "2.1" else kinds[:2])
    evse_id = optional(payload, "evseId", int)
    if kind == "ImmediateAndResume":
        return refusal("Rejected", "UnsupportedRequest")
    if evse_id is not None and evse_id not in station.outlets:
        return refusal("Rejected", "UnknownEVSE")
    outlets = [o for n, o in station.outlets.items() if evse_id in (None, n)]
    busy = [outlet for outlet in outlets if outlet.transaction]
    if kind == "OnIdle" and busy:
        if evse_id is None:
            station.resets_when_idle = True
        else:
            busy[0].resets = True
        return status("Scheduled")
    if evse_id is None:
        return status("Accepted", lambda: station.reboot("ImmediateReset"))

    async def restart() -> None:
        station.transactions.end(outlets[0], "ResetCommand", "ImmediateReset")
        await station.reset_evse(outlets[0])

    return status("Accepted", restart)


def set_network_profile(station: ChargingStation, payload: Payload) -> Answer:
    """B09: there are two slots; a profile is used when the priority says so, after a reboot."""
    slot = required(payload, "configurationSlot", int)
    profile = required(payload, "connectionData", dict)
    required(profile, "ocppCsmsUrl", str)
    if slot not in SLOTS:
        return refusal("Rejected", "InvalidConfSlot")
    if required(profile, "ocppTransport", str) != "JSON":
        return refusal("Rejected", "InvalidNetworkConf")
    if not profile["ocppCsmsUrl"].startswith(("ws://", "wss://")):
        return refusal("Rejected", "InvalidURL")
    now = station.device_model.number("SecurityCtrlr.SecurityProfile")
    if required(profile, "securityProfile", int) < now:
        # B09.FR.04
        return refusal("Rejected", "NoSecurityDowngrade")
    station.network.profiles[str(slot)] = profile
    return status("Accepted")


HANDLERS = {
    "ChangeAvailability": change_availability,
    "Reset": reset,
    "SetNetworkProfile": set_network_profile,
}
