"""What a station of 2.x says, as a CSMS of 1.6 is told it (1.6 §4)."""

import json
from typing import Any

from .names import BEGINNING, BEGUN, REGISTER, STATUS, Names, Saying
from .requests import Requests
from .samples import register_wh, to_16
from .tokens import NOBODY, tag_of

# 1.6 §7.37 Reason; what it does not know is Other.
_REASONS = frozenset(
    {
        *("DeAuthorized", "EmergencyStop", "EVDisconnected", "Local", "Other"),
        *("PowerLoss", "Reboot", "Remote"),
    }
)
_SPELLED = {"ImmediateReset": "HardReset"}

_FIRMWARE = frozenset(
    {
        *("Downloaded", "DownloadFailed", "Downloading", "Idle", "InstallationFailed"),
        *("Installing", "Installed"),
    }
)
# What it says is an end, too, and why only 2.x tells.
_FAILED = {
    "InstallVerificationFailed": "InstallationFailed",
    "InvalidSignature": "InstallationFailed",
}
_LOGS = {
    "BadMessage": "UploadFailed",
    "Idle": "Idle",
    "NotSupportedOperation": "UploadFailed",
    "PermissionDenied": "UploadFailed",
    "Uploaded": "Uploaded",
    "UploadFailure": "UploadFailed",
    "Uploading": "Uploading",
}

# What an EVSE is doing, as 1.6 says it (ChargePointStatus).
STATUSES = {
    "available": "Available",
    "preparing": "Preparing",
    "charging": "Charging",
    "suspended_ev": "SuspendedEV",
    "suspended_evse": "SuspendedEVSE",
    "finishing": "Finishing",
    "reserved": "Reserved",
    "unavailable": "Unavailable",
    "faulted": "Faulted",
}


class To16:
    """Keeps what began without a token until there is one: 1.6 starts nothing without."""

    def __init__(self, names: Names) -> None:
        """Keep names here."""
        self._names = names
        self._requests = Requests(names)

    def sayings(self, action: str, payload: dict[str, Any]) -> list[Saying]:
        """Return what to tell; nothing where 1.6 has no words for it."""
        match action:
            case "StatusNotification":
                return self._status(payload["evseId"], payload)
            case "TransactionEvent":
                said = self._event(payload)
                if (evse := payload.get("evse", {}).get("id")) is not None:
                    said += self._status(evse, payload)
                return said
            case "MeterValues":
                values = to_16(payload["meterValue"])
                said16 = {"connectorId": payload["evseId"], "meterValue": values}
                return [("MeterValues", said16)] if values else []
            case "LogStatusNotification":
                return self._log(payload)
            case "FirmwareStatusNotification":
                return self._firmware(payload)
            case "DataTransfer" if isinstance(payload.get("data", ""), str):
                return [(action, payload)]
            case "SecurityEventNotification":
                return [(action, payload)]
        return []

    def _log(self, payload: dict[str, Any]) -> list[Saying]:
        """Tell how an upload goes, in the words in which it was asked for (GetDiagnostics, or GetLog of the whitepaper)."""
        theirs = self._requests.theirs(payload.get("requestId"))
        if theirs is not None:
            said = {"status": payload["status"], "requestId": theirs}
            return [("LogStatusNotification", said)]
        status = _LOGS.get(payload["status"])
        if status is None:
            return []
        return [("DiagnosticsStatusNotification", {"status": status})]

    def _firmware(self, payload: dict[str, Any]) -> list[Saying]:
        """Tell how an installation goes, in the words in which it was asked for."""
        status = payload["status"]
        theirs = self._requests.theirs(payload.get("requestId"))
        if theirs is not None:
            said = {"status": status, "requestId": theirs}
            return [("SignedFirmwareStatusNotification", said)]
        status = _FAILED.get(status, status)
        if status not in _FIRMWARE:
            return []
        return [("FirmwareStatusNotification", {"status": status})]

    def _status(self, evse: int, payload: dict[str, Any]) -> list[Saying]:
        """Tell what the EVSE is doing by now, if that is anything new: 2.x tells it in two voices."""
        status = STATUSES.get(payload.get("_status", ""))
        if status is None or self._names.theirs(STATUS, str(evse)) == status:
            return []
        self._names.keep(STATUS, str(evse), status)
        return [("StatusNotification", status_16(evse, status, payload["timestamp"]))]

    def _event(self, payload: dict[str, Any]) -> list[Saying]:
        info, values = payload["transactionInfo"], payload.get("meterValue", [])
        ours = info["transactionId"]
        is_first = payload["eventType"] == "Started"
        if is_first and self._names.theirs(BEGUN, ours) is not None:
            # E13: the station has heard no answer, and those above would number it again.
            return []
        if (register := register_wh(values)) is not None:
            self._names.keep(REGISTER, ours, f"{register:.0f}")
        said: list[Saying] = []
        if is_first:
            beginning = {
                "evse": payload.get("evse", {}).get("id", 1),
                "at": payload["timestamp"],
                "register": self._register(ours),
            }
            self._names.keep(BEGINNING, ours, json.dumps(beginning))
        if (begun := self._names.theirs(BEGINNING, ours)) is not None:
            shown = payload.get("idToken")
            token = None if shown is None else tag_of(shown)
            is_over = payload["eventType"] == "Ended"
            if token is None and (is_over or info.get("chargingState") == "Charging"):
                token = NOBODY
            if token is None:
                return []
            said.append(
                ("StartTransaction", self._start(ours, token, json.loads(begun)))
            )
        readings = to_16(values)
        if readings and payload["eventType"] != "Ended":
            evse = payload.get("evse", {}).get("id", 1)
            metered: dict[str, object] = {"connectorId": evse, "meterValue": readings}
            said.append(("MeterValues", {**metered, "_transaction": ours}))
        if payload["eventType"] == "Ended":
            said.append(("StopTransaction", self._stop(ours, payload, readings)))
        return said

    def _start(self, ours: str, token: str, begun: dict[str, Any]) -> dict[str, object]:
        self._names.drop(BEGINNING, ours)
        self._names.keep(BEGUN, ours, "")
        return {
            "connectorId": begun["evse"],
            "idTag": token,
            "meterStart": int(begun["register"]),
            "timestamp": begun["at"],
            "_transaction": ours,
        }

    def _stop(
        self, ours: str, payload: dict[str, Any], readings: list[dict[str, Any]]
    ) -> dict[str, object]:
        reason = payload["transactionInfo"].get("stoppedReason", "Local")
        reason = _SPELLED.get(reason, reason)
        stop: dict[str, object] = {
            "meterStop": int(self._register(ours)),
            "timestamp": payload["timestamp"],
            "reason": reason if reason in _REASONS | {"HardReset"} else "Other",
            "_transaction": ours,
        }
        if readings:
            stop["transactionData"] = readings
        if (token := payload.get("idToken")) is not None:
            stop["idTag"] = tag_of(token)
        for kind in (REGISTER, BEGUN):
            self._names.drop(kind, ours)
        return stop

    def _register(self, ours: str) -> float:
        return float(self._names.theirs(REGISTER, ours) or 0.0)


def status_16(connector: int, status: str, at: str) -> dict[str, object]:
    """Return a StatusNotification of 1.6."""
    return {
        "connectorId": connector,
        "errorCode": "OtherError" if status == "Faulted" else "NoError",
        "status": status,
        "timestamp": at,
    }
