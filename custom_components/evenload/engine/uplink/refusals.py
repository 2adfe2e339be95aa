"""How those above are told no: in a word that the answer's schema has, and else by the error that the station gave."""

from typing import Any

from ..csms.frames import CallFault
from ..csms.framing import Fault
from ..model.errors import StationRefused

# What a station says that cannot do something at all; the rest is its own affair.
_PASSED = {fault.value: fault for fault in (Fault.NOT_SUPPORTED, Fault.NOT_IMPLEMENTED)}

# Of answers of 2.x that know no "Rejected" (2.0.1 part 2 §3): the word that comes next to it.
_WORDS = {
    "ClearDisplayMessage": "Unknown",
    "GetDisplayMessages": "Unknown",
    "GetInstalledCertificateIds": "NotFound",
}


def refused(action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of 2.x that says no."""
    match action:
        case "ClearVariableMonitoring":
            results = [{"id": one, "status": "Rejected"} for one in payload["id"]]
            return {"clearMonitoringResult": results}
        case "SetVariableMonitoring":
            fields = ("type", "severity", "component", "variable")
            results = [
                {"status": "Rejected", **{field: one[field] for field in fields}}
                for one in payload["setMonitoringData"]
            ]
            return {"setMonitoringResult": results}
        case "GetVariables" | "SetVariables":
            kind = action[:3].lower()
            results = [
                {
                    "attributeStatus": "Rejected",
                    "component": one["component"],
                    "variable": one["variable"],
                }
                for one in payload[f"{kind}VariableData"]
            ]
            return {f"{kind}VariableResult": results}
        case "GetTransactionStatus":
            # Nobody knows what a station keeps that is away; what it does keep comes later.
            return {"messagesInQueue": True}
        case "CostUpdated":
            # 2.x has no word at all for it.
            return {}
    return {"status": _WORDS.get(action, "Rejected")}


def as_told(refusal: StationRefused) -> CallFault:
    """Return the error that a station gave as one to those above."""
    fault = _PASSED.get(refusal.answer.partition(":")[0].strip(), Fault.GENERIC)
    return CallFault(fault, refusal.answer[:100])
