"""Answering the central system: find the handler, or the word for no."""

from typing import TYPE_CHECKING

from simulator.ocpp2 import (
    access_calls,
    certificates,
    charging_calls,
    der_calls,
    energy_transfer,
    files,
    monitor_calls,
    operation_calls,
    other_calls,
    remote_calls,
    reports,
    variable_calls,
)
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.frames import Call, CallError

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

HANDLERS = {
    **access_calls.HANDLERS,
    **certificates.HANDLERS,
    **charging_calls.HANDLERS,
    **energy_transfer.HANDLERS,
    **files.HANDLERS,
    **monitor_calls.HANDLERS,
    **operation_calls.HANDLERS,
    **other_calls.HANDLERS,
    **remote_calls.HANDLERS,
    **reports.HANDLERS,
    **variable_calls.HANDLERS,
}
HANDLERS_OF_2_1 = {
    **charging_calls.HANDLERS_OF_2_1,
    **der_calls.HANDLERS_OF_2_1,
    **energy_transfer.HANDLERS_OF_2_1,
    **monitor_calls.HANDLERS_OF_2_1,
    **other_calls.HANDLERS_OF_2_1,
}

# What "no" is called where it is not "Rejected"; None where the answer has no status to say it with.
REFUSALS = {
    "ClearChargingProfile": "Unknown",
    "ClearVariableMonitoring": None,
    "CostUpdated": None,
    "DeleteCertificate": "Failed",
    "GetChargingProfiles": "NoProfiles",
    "GetInstalledCertificateIds": "NotFound",
    "GetLocalListVersion": None,
    "GetTransactionStatus": None,
    "GetVariables": None,
    "SendLocalList": "Failed",
    "SetVariableMonitoring": None,
    "SetVariables": None,
    "UnlockConnector": "UnlockFailed",
    "ClearTariffs": None,
    "GetPeriodicEventStream": None,
}
# In 2.x a field that is missing violates its occurrence, where 1.6 speaks of the protocol (part 4 §4.3).
CODES = {"ProtocolError": "OccurrenceConstraintViolation"}


def answer(station: ChargingStation, call: Call) -> Answer:
    """The answer by handler; raises CallError."""
    handler = HANDLERS.get(call.action)
    if handler is None and station.version == "2.1":
        handler = HANDLERS_OF_2_1.get(call.action)
    if handler is None:
        raise CallError("NotImplemented", call.action)
    if station.registration.status == "Rejected":
        # B03.FR.08
        raise CallError("SecurityError", "the boot was rejected")
    try:
        return handler(station, call.payload)
    except CallError as error:
        code = CODES.get(error.code, error.code)
        raise CallError(code, error.description, error.details) from error


def refuse(station: ChargingStation, action: str) -> Answer:
    """The answer of a station that does not want to; raises CallError."""
    if action not in HANDLERS and action not in HANDLERS_OF_2_1:
        raise CallError("NotImplemented", action)
    refusal = REFUSALS.get(action, "Rejected")
    if refusal is None:
        raise CallError("NotSupported", "as told")
    return status(refusal)
