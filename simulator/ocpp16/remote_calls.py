"""Answers to remote control: start, stop, reset, unlock, trigger (OCPP 1.6 §5.11, §5.12, §5.14, §5.17, §5.18)."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.ocpp16.outlet import Outlet
from simulator.ocpp16.profile_json import read_profile
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import choice, optional, required
from simulator.ocppj.frames import Payload
from simulator.profiles import Profile, Purpose

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint

STATION = 0


def remote_start(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.11: for a connector, or the first that is free; a profile brought along must be a TxProfile without an id."""
    id_tag = required(payload, "idTag", str)
    brought = optional(payload, "chargingProfile", dict)
    profile = read_profile(brought) if brought is not None else None
    if profile and (
        profile.purpose is not Purpose.TX or profile.transaction_id is not None
    ):
        return status("Rejected")
    outlet = _startable(charge_point, optional(payload, "connectorId", int), id_tag)
    if outlet is None or charge_point.registration.status != "Accepted":
        return status("Rejected")
    return status("Accepted", lambda: _start(charge_point, outlet, id_tag, profile))


def _startable(
    charge_point: ChargePoint, connector_id: int | None, id_tag: str
) -> Outlet | None:
    if connector_id is None:
        outlets = sorted(
            charge_point.outlets.values(),
            key=lambda outlet: outlet.evse.vehicle is None,
        )
    else:
        outlets = (
            [charge_point.outlets[connector_id]]
            if connector_id in charge_point.outlets
            else []
        )
    for outlet in outlets:
        free = (
            outlet.transaction is None
            and not (outlet.finishing and charge_point.faults.needs_replug)
            and outlet.operative
            and outlet.evse.error is None
        )
        if free and charge_point.sessions.may_use(outlet, id_tag):
            return outlet
    return None


async def _start(
    charge_point: ChargePoint, outlet: Outlet, id_tag: str, profile: Profile | None
) -> None:
    asks = charge_point.configuration.flag("AuthorizeRemoteTxRequests")
    if not asks or await charge_point.authorization.allows(id_tag):
        charge_point.sessions.permit(outlet, id_tag, profile)


def remote_stop(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.12."""
    transaction_id = required(payload, "transactionId", int)
    for outlet in charge_point.outlets.values():
        if outlet.transaction and outlet.transaction.transaction_id == transaction_id:
            return status("Accepted", partial(_stop, charge_point, outlet, "Remote"))
    return status("Rejected")


async def _stop(charge_point: ChargePoint, outlet: Outlet, reason: str) -> None:
    charge_point.sessions.stop(outlet, reason)


def reset(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.14."""
    hard = choice(payload, "type", ("Hard", "Soft")) == "Hard"
    return status(
        "Accepted", lambda: charge_point.reboot("HardReset" if hard else "SoftReset")
    )


def unlock_connector(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.18: a transaction on it ends first."""
    outlet = charge_point.outlets.get(required(payload, "connectorId", int))
    if outlet is None:
        return status("NotSupported")
    if outlet.transaction:
        return status("Unlocked", lambda: _stop(charge_point, outlet, "UnlockCommand"))
    return status("Unlocked")


def trigger_message(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.17, and ExtendedTriggerMessage of the security whitepaper: the answer first, then the message."""
    message = required(payload, "requestedMessage", str)
    connector_id = optional(payload, "connectorId", int)
    trigger = TRIGGERS.get(message)
    if trigger is None:
        return status("NotImplemented")
    if connector_id not in (None, STATION) and connector_id not in charge_point.outlets:
        return status("Rejected")
    return status("Accepted", lambda: trigger(charge_point, connector_id))


async def _send_boot(charge_point: ChargePoint, connector_id: int | None) -> None:
    await charge_point.registration.boot()


async def _send_heartbeat(charge_point: ChargePoint, connector_id: int | None) -> None:
    await charge_point.registration.heartbeat()


async def _send_statuses(charge_point: ChargePoint, connector_id: int | None) -> None:
    wanted = (
        [STATION, *charge_point.outlets] if connector_id is None else [connector_id]
    )
    for each in wanted:
        charge_point.statuses.report(each)


async def _send_meter_values(
    charge_point: ChargePoint, connector_id: int | None
) -> None:
    for outlet in charge_point.outlets.values():
        if connector_id in (None, STATION, outlet.connector_id):
            charge_point.metering.report(outlet, "MeterValuesSampledData", "Trigger")


async def _send_firmware_status(
    charge_point: ChargePoint, connector_id: int | None
) -> None:
    charge_point.files.report_firmware()


async def _send_diagnostics_status(
    charge_point: ChargePoint, connector_id: int | None
) -> None:
    charge_point.files.report_diagnostics()


async def _send_log_status(charge_point: ChargePoint, connector_id: int | None) -> None:
    charge_point.files.report_log()


async def _sign_certificate(
    charge_point: ChargePoint, connector_id: int | None
) -> None:
    await charge_point.certificates.request_own()


TRIGGERS: dict[str, Callable[[ChargePoint, int | None], Coroutine[Any, Any, None]]] = {
    "BootNotification": _send_boot,
    "DiagnosticsStatusNotification": _send_diagnostics_status,
    "FirmwareStatusNotification": _send_firmware_status,
    "Heartbeat": _send_heartbeat,
    "LogStatusNotification": _send_log_status,
    "MeterValues": _send_meter_values,
    "SignChargePointCertificate": _sign_certificate,
    "StatusNotification": _send_statuses,
}

HANDLERS = {
    "ExtendedTriggerMessage": trigger_message,
    "RemoteStartTransaction": remote_start,
    "RemoteStopTransaction": remote_stop,
    "Reset": reset,
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
}
