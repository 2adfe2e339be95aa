"""Answering the central system: find the handler, or the word for no."""

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
from simulator.ocppj.frames import Call, CallError

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


def answer(charge_point: ChargePoint, call: Call) -> Answer:
    """The answer by handler; raises CallError."""
    handler = HANDLERS.get(call.action)
    if handler is None:
        raise CallError("NotImplemented", call.action)
    return handler(charge_point, call.payload)


def refuse(action: str) -> Answer:
    """The answer of a station that does not want to; raises CallError."""
    if action not in HANDLERS:
        raise CallError("NotImplemented", action)
    refusal = REFUSALS.get(action, "Rejected")
    if refusal is None:
        raise CallError("NotSupported", "as told")
    return status(refusal)
