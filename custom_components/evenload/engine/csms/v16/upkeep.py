"""Logs and firmware of a 1.6 station (OCPP 1.6 §5.3, §5.9, §5.19; security whitepaper §4.5, §5.10, §5.18)."""

from datetime import datetime
import json
from typing import Any

from ...model.upkeep import ANY_RETRIES, Firmware, LogKind, Retries
from ..asking import Asking, written_retries
from ..meters import as_text
from ..numbering import Numbers


class Upkeep16(Asking):
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
        """Let the station upload a log; the one of its security has a message of its own."""
        if kind is LogKind.DIAGNOSTICS:
            payload = {
                "location": location,
                **_span("startTime", "stopTime", oldest, latest),
                **written_retries(retries),
            }
            answer = await self._call("GetDiagnostics", payload)
            return answer.get("fileName") or None
        log = {
            "remoteLocation": location,
            **_span("oldestTimestamp", "latestTimestamp", oldest, latest),
        }
        said = {
            "log": log,
            "logType": "SecurityLog",
            "requestId": self._numbers.next(),
            **written_retries(retries),
        }
        answer = await self._ask("GetLog", said, "Accepted", "AcceptedCanceled")
        return answer.get("filename")

    async def update_firmware(self, firmware: Firmware) -> None:
        """Let the station fetch and install firmware; with a signature it checks that first."""
        if firmware.signature is None or firmware.signing_certificate is None:
            payload = {
                "location": firmware.location,
                "retrieveDate": as_text(firmware.retrieve_at),
                **written_retries(firmware.retries),
            }
            await self._call("UpdateFirmware", payload)
            return
        signed = {
            "location": firmware.location,
            "retrieveDateTime": as_text(firmware.retrieve_at),
            "signingCertificate": firmware.signing_certificate,
            "signature": firmware.signature,
        }
        if firmware.install_at is not None:
            signed["installDateTime"] = as_text(firmware.install_at)
        said = {
            "requestId": self._numbers.next(),
            "firmware": signed,
            **written_retries(firmware.retries),
        }
        await self._ask("SignedUpdateFirmware", said, "Accepted", "AcceptedCanceled")

    async def data_transfer(
        self, vendor: str, message: str | None = None, data: Any = None
    ) -> Any:
        """Send a message of the maker's own. 1.6 carries only texts: anything else travels as JSON."""
        payload: dict[str, Any] = {"vendorId": vendor}
        if message is not None:
            payload["messageId"] = message
        if data is not None:
            payload["data"] = data if isinstance(data, str) else json.dumps(data)
        return (await self._ask("DataTransfer", payload)).get("data")


def _span(
    begin: str, end: str, oldest: datetime | None, latest: datetime | None
) -> dict[str, str]:
    """Return the bounds of a log that are set."""
    bounds = ((begin, oldest), (end, latest))
    return {name: as_text(at) for name, at in bounds if at is not None}
