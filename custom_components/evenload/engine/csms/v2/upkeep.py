"""Logs and firmware of a 2.x station (2.0.1 L01, N01, P01)."""

from datetime import datetime
from typing import Any

from ...model.upkeep import ANY_RETRIES, Firmware, LogKind, Retries
from ..asking import Asking, written_retries
from ..meters import as_text
from ..numbering import Numbers

_LOGS = {LogKind.DIAGNOSTICS: "DiagnosticsLog", LogKind.SECURITY: "SecurityLog"}


class Upkeep2(Asking):
    """Implements `csms.commands.Upkeep`."""

    _numbers: Numbers

    async def get_log(
        self,
        location: str,
        kind: LogKind = LogKind.DIAGNOSTICS,
        oldest: datetime | None = None,
        latest: datetime | None = None,
        retries: Retries = ANY_RETRIES,
    ) -> str | None:
        """Let the station upload a log to an address; returns the file's name if the station says it."""
        log = {"remoteLocation": location}
        if oldest is not None:
            log["oldestTimestamp"] = as_text(oldest)
        if latest is not None:
            log["latestTimestamp"] = as_text(latest)
        said = {
            "log": log,
            "logType": _LOGS[kind],
            "requestId": self._numbers.next(),
            **written_retries(retries),
        }
        answer = await self._ask("GetLog", said, "Accepted", "AcceptedCanceled")
        return answer.get("filename") or None

    async def update_firmware(self, firmware: Firmware) -> None:
        """Let the station fetch and install firmware; with a signature it checks that first."""
        asked = {
            "location": firmware.location,
            "retrieveDateTime": as_text(firmware.retrieve_at),
        }
        if firmware.install_at is not None:
            asked["installDateTime"] = as_text(firmware.install_at)
        if firmware.signing_certificate is not None:
            asked["signingCertificate"] = firmware.signing_certificate
        if firmware.signature is not None:
            asked["signature"] = firmware.signature
        said = {
            "requestId": self._numbers.next(),
            "firmware": asked,
            **written_retries(firmware.retries),
        }
        await self._ask("UpdateFirmware", said, "Accepted", "AcceptedCanceled")

    async def data_transfer(
        self, vendor: str, message: str | None = None, data: Any = None
    ) -> Any:
        """Send a message of the maker's own; returns the data of the answer."""
        payload: dict[str, Any] = {"vendorId": vendor}
        if message is not None:
            payload["messageId"] = message
        if data is not None:
            payload["data"] = data
        return (await self._ask("DataTransfer", payload)).get("data")
