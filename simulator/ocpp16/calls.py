"""Answering the central system: find the handler, apply the faults, send the answer (OCPP-J 1.6 §4.2)."""

from contextlib import suppress
from typing import TYPE_CHECKING

from simulator.ocpp16 import (
    access_calls,
    charging_calls,
    core_calls,
    files,
    remote_calls,
    security,
)
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.frames import Call, CallError, ErrorReply, Frame, Result
from simulator.ocppj.link import NotConnected

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint

HANDLERS = {
    **core_calls.HANDLERS,
    **remote_calls.HANDLERS,
    **charging_calls.HANDLERS,
    **access_calls.HANDLERS,
    **files.HANDLERS,
    **security.HANDLERS,
}

# What "no" is called where it is not "Rejected"; None where the answer has no status to say it with.
REFUSALS = {
    "ClearChargingProfile": "Unknown",
    "DeleteCertificate": "Failed",
    "GetConfiguration": None,
    "GetDiagnostics": None,
    "GetInstalledCertificateIds": "NotFound",
    "GetLocalListVersion": None,
    "SendLocalList": "Failed",
    "UnlockConnector": "UnlockFailed",
    "UpdateFirmware": None,
}
NONSENSE = {"state": "maybe", "because": [1, None]}


async def serve(charge_point: ChargePoint, call: Call) -> None:
    """Answer one call, and do afterwards what the answer promised."""
    faults = charge_point.faults
    # A rejected station does not talk until it has asked again (§4.2.2).
    if call.action in faults.ignore or charge_point.registration.status == "Rejected":
        return
    if faults.answer_delay_s:
        await charge_point.clock.sleep(faults.answer_delay_s)
    reply: Frame
    then = None
    try:
        given = answer(charge_point, call)
    except CallError as error:
        reply = ErrorReply(
            call.message_id, error.code, error.description, error.details
        )
    else:
        payload = NONSENSE if call.action in faults.malformed else given.payload
        if faults.rewrite:
            payload = faults.rewrite(f"{call.action}Response", payload)
        reply, then = Result(call.message_id, payload), given.then
    silent = faults.obeys_silently and call.action == "SetChargingProfile"
    if not silent:
        with suppress(NotConnected):
            await charge_point.link.send(reply)
    if then:
        charge_point.spawn(then())


def answer(charge_point: ChargePoint, call: Call) -> Answer:
    """The answer by handler or by fault; raises CallError."""
    faults = charge_point.faults
    if call.action in faults.errors:
        raise CallError(faults.errors[call.action], "as told")
    handler = HANDLERS.get(call.action)
    if handler is None:
        raise CallError("NotImplemented", call.action)
    if call.action in faults.reject:
        refusal = REFUSALS.get(call.action, "Rejected")
        if refusal is None:
            raise CallError("NotSupported", "as told")
        return status(refusal)
    return handler(charge_point, call.payload)
