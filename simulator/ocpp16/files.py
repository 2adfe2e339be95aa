"""Firmware and logs: what a station tells while it downloads, installs and uploads (OCPP 1.6 §4.4, §4.5, §5.9, §5.19).

No file is transferred. A location with "missing" in it cannot be reached; one that ends like `fw-2.3.1.bin` is version 2.3.1.
"""

from dataclasses import replace
from datetime import datetime
import re
from typing import TYPE_CHECKING

from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import choice, moment, required
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint

STEP_S = 1.0
UNREACHABLE = "missing"
PEM_START = "-----BEGIN CERTIFICATE-----"


class Files:
    """What a station is transferring."""

    def __init__(self, charge_point: ChargePoint) -> None:
        """Start idle."""
        self._charge_point = charge_point
        self._firmware: Payload = {"status": "Idle"}
        self._firmware_action = "FirmwareStatusNotification"
        self._diagnostics = "Idle"
        self._log: Payload = {"status": "Idle"}

    def report_firmware(self) -> None:
        """Send how the firmware update stands."""
        self._charge_point.notify(self._firmware_action, self._firmware)

    def report_diagnostics(self) -> None:
        """Send how the upload of diagnostics stands."""
        self._charge_point.notify(
            "DiagnosticsStatusNotification", {"status": self._diagnostics}
        )

    def report_log(self) -> None:
        """Send how the upload of a log stands."""
        self._charge_point.notify("LogStatusNotification", self._log)

    async def upload_diagnostics(self, location: str) -> None:
        """Pretend to upload."""
        for self._diagnostics in (
            "Uploading",
            "UploadFailed" if UNREACHABLE in location else "Uploaded",
        ):
            self.report_diagnostics()
            await self._charge_point.clock.sleep(STEP_S)
        self._diagnostics = "Idle"

    async def upload_log(self, location: str, request_id: int) -> None:
        """Pretend to upload."""
        for step in (
            "Uploading",
            "UploadFailure" if UNREACHABLE in location else "Uploaded",
        ):
            self._log = {"status": step, "requestId": request_id}
            self.report_log()
            await self._charge_point.clock.sleep(STEP_S)
        self._log = {"status": "Idle"}

    async def update_firmware(
        self, location: str, at: datetime, request_id: int | None = None
    ) -> None:
        """Pretend to download and install, and really reboot."""
        charge_point = self._charge_point
        await charge_point.clock.sleep(
            max(0.0, (at - charge_point.now()).total_seconds())
        )
        signed = request_id is not None
        self._firmware_action = (
            "SignedFirmwareStatusNotification"
            if signed
            else "FirmwareStatusNotification"
        )
        if UNREACHABLE in location:
            steps = ["Downloading", "DownloadFailed"]
        else:
            steps = [
                "Downloading",
                "Downloaded",
                *(["SignatureVerified"] if signed else []),
                "Installing",
            ]
        for step in steps:
            self._firmware = {"status": step} | (
                {"requestId": request_id} if signed else {}
            )
            self.report_firmware()
            await charge_point.clock.sleep(STEP_S)
        if steps[-1] == "Installing":
            await self._install(location)
        self._firmware = {"status": "Idle"}

    async def _install(self, location: str) -> None:
        station = self._charge_point.station
        if version := re.search(r"(\d+(?:\.\d+)+)", location.rsplit("/", 1)[-1]):
            station.nameplate = replace(station.nameplate, firmware=version[1])
        await self._charge_point.reboot("Reboot")
        await self._charge_point.ready.wait()
        self._firmware = self._firmware | {"status": "Installed"}
        self.report_firmware()


def get_diagnostics(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.9."""
    location = required(payload, "location", str)
    return Answer(
        {"fileName": "diagnostics.log"},
        lambda: charge_point.files.upload_diagnostics(location),
    )


def update_firmware(charge_point: ChargePoint, payload: Payload) -> Answer:
    """§5.19."""
    location, at = (
        required(payload, "location", str),
        moment(payload, "retrieveDate") or charge_point.now(),
    )
    return Answer({}, lambda: charge_point.files.update_firmware(location, at))


def signed_update_firmware(charge_point: ChargePoint, payload: Payload) -> Answer:
    """Security whitepaper, L01: the signing certificate must at least look like one."""
    request_id, firmware = (
        required(payload, "requestId", int),
        required(payload, "firmware", dict),
    )
    location = required(firmware, "location", str)
    at = moment(firmware, "retrieveDateTime") or charge_point.now()
    if not required(firmware, "signingCertificate", str).startswith(PEM_START):
        return status("InvalidCertificate")
    return status(
        "Accepted", lambda: charge_point.files.update_firmware(location, at, request_id)
    )


def get_log(charge_point: ChargePoint, payload: Payload) -> Answer:
    """Security whitepaper, N01."""
    request_id = required(payload, "requestId", int)
    kind = choice(payload, "logType", ("DiagnosticsLog", "SecurityLog"))
    location = required(required(payload, "log", dict), "remoteLocation", str)
    answer: Payload = {"status": "Accepted", "filename": f"{kind}.log"}
    return Answer(answer, lambda: charge_point.files.upload_log(location, request_id))


HANDLERS = {
    "GetDiagnostics": get_diagnostics,
    "GetLog": get_log,
    "SignedUpdateFirmware": signed_update_firmware,
    "UpdateFirmware": update_firmware,
}
