"""Firmware and logs: what a station tells while it downloads, installs and uploads (L01-L03, N01).

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
    from simulator.ocpp2.charging_station import ChargingStation

STEP_S = 1.0
UNREACHABLE = "missing"
PEM_START = "-----BEGIN CERTIFICATE-----"
IDLE: Payload = {"status": "Idle"}


class Files:
    """What a station is transferring."""

    def __init__(self, station: ChargingStation) -> None:
        """Start idle."""
        self._station = station
        self._firmware = IDLE
        self._log = IDLE
        self._update_id: int | None = None
        self._log_id: int | None = None

    @property
    def updating(self) -> bool:
        """Whether firmware is being changed."""
        return self._update_id is not None

    @property
    def uploading(self) -> bool:
        """Whether a log is on its way."""
        return self._log_id is not None

    def report_firmware(self) -> None:
        """Send how the firmware update stands."""
        self._station.notify("FirmwareStatusNotification", self._firmware)

    def report_log(self) -> None:
        """Send how the upload of a log stands."""
        self._station.notify("LogStatusNotification", self._log)

    async def upload_log(self, location: str, request_id: int) -> None:
        """Pretend to upload (N01); another request takes this one's place."""
        if self.uploading:
            self._tell_log("AcceptedCanceled")
        self._log_id = request_id
        last = "UploadFailure" if UNREACHABLE in location else "Uploaded"
        for step in ("Uploading", last):
            if self._log_id != request_id:
                return
            self._tell_log(step)
            await self._station.clock.sleep(STEP_S)
        if self._log_id == request_id:
            self._log, self._log_id = IDLE, None

    def _tell_log(self, step: str) -> None:
        self._log = {"status": step, "requestId": self._log_id}
        self.report_log()

    async def update_firmware(
        self,
        request_id: int,
        location: str,
        at: datetime,
        install_at: datetime | None,
        signed: bool,
    ) -> None:
        """Pretend to download and install, and really reboot (L01, L02)."""
        self._update_id = request_id
        if at > self._station.now():
            await self._step("DownloadScheduled", at)
        await self._step("Downloading")
        if UNREACHABLE in location:
            await self._step("DownloadFailed")
        else:
            for step in ("Downloaded", *(("SignatureVerified",) if signed else ())):
                await self._step(step)
            if install_at and install_at > self._station.now():
                await self._step("InstallScheduled", install_at)
            await self._step("Installing")
            await self._install(location)
        self._firmware, self._update_id = IDLE, None

    async def _step(self, step: str, until: datetime | None = None) -> None:
        """Tell a step, and let it last."""
        self._firmware = {"status": step, "requestId": self._update_id}
        self.report_firmware()
        wait_s = (until - self._station.now()).total_seconds() if until else STEP_S
        await self._station.clock.sleep(max(0.0, wait_s))

    async def _install(self, location: str) -> None:
        station = self._station.station
        if version := re.search(r"(\d+(?:\.\d+)+)", location.rsplit("/", 1)[-1]):
            station.nameplate = replace(station.nameplate, firmware=version[1])
            firmware = self._station.device_model.at("Controller.FirmwareVersion")
            firmware.value = version[1]
        self._firmware = {"status": "InstallRebooting", "requestId": self._update_id}
        self.report_firmware()
        await self._station.clock.sleep(STEP_S)
        await self._station.reboot("Reboot", "FirmwareUpdate")
        await self._station.ready.wait()
        await self._step("Installed")
        self._station.report_security_event("FirmwareUpdated")


def update_firmware(station: ChargingStation, payload: Payload) -> Answer:
    """L01 with a signing certificate, which must at least look like one; L02 without."""
    request_id = required(payload, "requestId", int)
    firmware = required(payload, "firmware", dict)
    location = required(firmware, "location", str)
    at = moment(firmware, "retrieveDateTime") or station.now()
    install_at = moment(firmware, "installDateTime")
    signed = "signingCertificate" in firmware
    if signed and not str(firmware["signingCertificate"]).startswith(PEM_START):
        station.report_security_event("InvalidFirmwareSigningCertificate")
        return status("InvalidCertificate")
    if station.files.updating:
        return status("Rejected")
    return status(
        "Accepted",
        lambda: station.files.update_firmware(
            request_id, location, at, install_at, signed
        ),
    )


def get_log(station: ChargingStation, payload: Payload) -> Answer:
    """N01."""
    request_id = required(payload, "requestId", int)
    kind = choice(
        payload, "logType", ("DiagnosticsLog", "SecurityLog", "DataCollectorLog")
    )
    location = required(required(payload, "log", dict), "remoteLocation", str)
    said = "AcceptedCanceled" if station.files.uploading else "Accepted"
    answer: Payload = {"status": said, "filename": f"{kind}.log"}
    return Answer(answer, lambda: station.files.upload_log(location, request_id))


HANDLERS = {"GetLog": get_log, "UpdateFirmware": update_firmware}
