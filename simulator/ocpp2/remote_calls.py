"""Answers to remote control: start, stop, unlock, trigger, transaction status (F01-F06, E14)."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.ocpp2.outlet import Outlet, Permission, Token
from simulator.ocpp2.profile_json import read_profile
from simulator.ocpp2.replies import refusal
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import optional, required
from simulator.ocppj.frames import Payload
from simulator.profiles import Installed, Profile, Purpose
from simulator.setpoints import Refused

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation


def read_token(payload: Payload, name: str = "idToken") -> Token:
    """An IdTokenType; raises CallError."""
    token = required(payload, name, dict)
    required(token, "idToken", str)
    required(token, "type", str)
    return token


def request_start(station: ChargingStation, payload: Payload) -> Answer:
    """F01, F02: on an EVSE, or the first that is free; a profile brought along must be a TxProfile without an id."""
    token = read_token(payload)
    group = read_token(payload, "groupIdToken") if "groupIdToken" in payload else None
    remote_start_id = required(payload, "remoteStartId", int)
    if station.registration.status != "Accepted":
        # B02.FR.05
        return refusal("Rejected", "NotEnabled")
    outlet = _startable(station, optional(payload, "evseId", int), token, group)
    if outlet is None:
        return refusal("Rejected", "TxInProgress")
    brought = optional(payload, "chargingProfile", dict)
    try:
        profile = _profile(station, outlet, brought) if brought else None
    except Refused as refused:
        return refusal("Rejected", refused.reason, refused.info)
    permission = Permission(
        token, group, remote_start_id=remote_start_id, profile=profile
    )
    answer: Payload = {"status": "Accepted"}
    if outlet.transaction:
        # The cable was first: F02.FR.01
        answer["transactionId"] = outlet.transaction.transaction_id
    return Answer(answer, lambda: _start(station, outlet, permission))


def _startable(
    station: ChargingStation,
    evse_id: int | None,
    token: Token,
    group: Token | None,
) -> Outlet | None:
    outlets = sorted(station.outlets.values(), key=lambda outlet: not outlet.connected)
    for outlet in outlets:
        free = (
            outlet.permission is None
            and outlet.operative
            and not outlet.evse.error
            and not outlet.needs_replug
        )
        wanted = evse_id in (None, outlet.evse_id)
        if wanted and free and station.transactions.may_use(outlet, token, group):
            return outlet
    return None


def _profile(station: ChargingStation, outlet: Outlet, brought: Payload) -> Profile:
    """The profile of a remote start, as it may be (F01.FR.08-FR.11, K05)."""
    profile = read_profile(brought, station.version)
    if profile.purpose is not Purpose.TX or profile.transaction_id is not None:
        raise Refused("InvalidProfile", "a TxProfile of no transaction")
    station.rules.check_brought(Installed(outlet.evse_id, profile, station.now()))
    return profile


async def _start(
    station: ChargingStation, outlet: Outlet, permission: Permission
) -> None:
    if station.device_model.flag("AuthCtrlr.AuthorizeRemoteStart"):
        judged = await station.authorization.permit(permission.token)
        if judged is None:
            return
        permission = replace(permission, allowed=judged.allowed)
    station.transactions.permit(outlet, permission, "RemoteStart")


def request_stop(station: ChargingStation, payload: Payload) -> Answer:
    """F03."""
    outlet = _running(station, required(payload, "transactionId", str))
    if outlet is None:
        return refusal("Rejected", "TxNotFound")

    async def stop() -> None:
        station.transactions.withdraw(outlet, "RemoteStop", "Remote")

    return status("Accepted", stop)


def _running(station: ChargingStation, transaction_id: str) -> Outlet | None:
    for outlet in station.outlets.values():
        transaction = outlet.transaction
        if transaction and transaction.transaction_id == transaction_id:
            return outlet
    return None


def get_transaction_status(station: ChargingStation, payload: Payload) -> Answer:
    """E14."""
    transaction_id = optional(payload, "transactionId", str)
    answer: Payload = {"messagesInQueue": station.outbox.holds(transaction_id)}
    if transaction_id is not None:
        answer["ongoingIndicator"] = _running(station, transaction_id) is not None
    return Answer(answer)


def unlock_connector(station: ChargingStation, payload: Payload) -> Answer:
    """F05."""
    outlet = station.outlets.get(required(payload, "evseId", int))
    connector_id = required(payload, "connectorId", int)
    if outlet is None or connector_id not in outlet.connector_ids:
        return status("UnknownConnector")
    if outlet.permission and outlet.transaction:
        return status("OngoingAuthorizedTransaction")
    return status("Unlocked")


def trigger_message(station: ChargingStation, payload: Payload) -> Answer:
    """F06: the answer first, then the message."""
    trigger = TRIGGERS.get(required(payload, "requestedMessage", str))
    evse = optional(payload, "evse", dict, {})
    evse_id = required(evse, "id", int) if evse else None
    if trigger is None:
        return status("NotImplemented")
    if evse_id and evse_id not in station.outlets:
        return refusal("Rejected", "UnknownEVSE")
    if payload["requestedMessage"] == "BootNotification":
        if station.registration.status == "Accepted":
            # F06.FR.17
            return refusal("Rejected", "NotEnabled")
    wanted = [o for o in station.outlets.values() if evse_id in (None, 0, o.evse_id)]
    if payload["requestedMessage"] == "TransactionEvent":
        if not any(outlet.transaction for outlet in wanted):
            return refusal("Rejected", "TxNotFound")
    return status("Accepted", lambda: trigger(station, wanted))


async def _boot(station: ChargingStation, wanted: list[Outlet]) -> None:
    await station.registration.boot("Triggered")


async def _heartbeat(station: ChargingStation, wanted: list[Outlet]) -> None:
    await station.registration.heartbeat()


async def _statuses(station: ChargingStation, wanted: list[Outlet]) -> None:
    for outlet in wanted:
        station.statuses.report(outlet.evse_id)


async def _meter_values(station: ChargingStation, wanted: list[Outlet]) -> None:
    for outlet in wanted:
        station.metering.trigger(outlet)


async def _transaction_events(station: ChargingStation, wanted: list[Outlet]) -> None:
    measurands = "SampledDataCtrlr.TxUpdatedMeasurands"
    for outlet in wanted:
        readings = station.metering.reading(outlet, measurands, "Trigger")
        if outlet.transaction:
            # F06.FR.07: with the state that it is in.
            outlet.transaction.told_state = None
        station.transactions.events.update(outlet, "Trigger", readings)


async def _firmware_status(station: ChargingStation, wanted: list[Outlet]) -> None:
    station.files.report_firmware()


async def _log_status(station: ChargingStation, wanted: list[Outlet]) -> None:
    station.files.report_log()


async def _sign_certificate(station: ChargingStation, wanted: list[Outlet]) -> None:
    await station.certificates.request_own()


TRIGGERS: dict[
    str, Callable[[ChargingStation, list[Outlet]], Coroutine[Any, Any, None]]
] = {
    "BootNotification": _boot,
    "FirmwareStatusNotification": _firmware_status,
    "Heartbeat": _heartbeat,
    "LogStatusNotification": _log_status,
    "MeterValues": _meter_values,
    "SignChargingStationCertificate": _sign_certificate,
    "StatusNotification": _statuses,
    "TransactionEvent": _transaction_events,
}

HANDLERS = {
    "GetTransactionStatus": get_transaction_status,
    "RequestStartTransaction": request_start,
    "RequestStopTransaction": request_stop,
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
}
