"""What a CSMS of 2.x asks to keep a station in good order: logs and firmware (2.0.1 L01, N01)."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..csms.meters import moment
from ..model.errors import InvalidRequest, StationRefused
from ..model.upkeep import Firmware
from ..model.uplink import Domain
from .deeds import ACCEPTED, REJECTED
from .diagnostics import retries_of, sent_diagnostics
from .house import House
from .names import UPKEEP
from .requests import Requests
from .settings_2 import speaks_2

type Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

_SIGNED = frozenset({"signature", "signingCertificate"})


class UpkeepCalls2:
    """Answers those calls; a station of 1.6 has the same, with and without the security whitepaper."""

    def __init__(self, house: House) -> None:
        """Ask the station through the house."""
        self._house = house
        self._requests = Requests(house.names)
        self.handlers: dict[str, Handler] = {
            "GetLog": self._get_log,
            "UpdateFirmware": self._update_firmware,
        }

    async def _get_log(self, payload: dict[str, Any]) -> dict[str, Any]:
        if not self._house.decides(Domain.FIRMWARE):
            return dict(REJECTED)
        if speaks_2(self._house):
            return await self._passed("GetLog", payload)
        kind = payload["logType"]
        if kind == "SecurityLog":
            return await self._tried("GetLog", payload)
        if kind != "DiagnosticsLog":
            return dict(REJECTED)
        log = payload["log"]
        begins, ends = log.get("oldestTimestamp"), log.get("latestTimestamp")
        try:
            name = await sent_diagnostics(
                self._house, log["remoteLocation"], begins, ends, retries_of(payload)
            )
        except StationRefused, InvalidRequest:
            return dict(REJECTED)
        if name is None:
            # 1.6 §6.26: there is nothing to upload.
            return dict(REJECTED)
        self._house.names.keep(UPKEEP, "log", str(payload["requestId"]))
        return {**ACCEPTED, "filename": name}

    async def _update_firmware(self, payload: dict[str, Any]) -> dict[str, Any]:
        if not self._house.decides(Domain.FIRMWARE):
            return dict(REJECTED)
        if speaks_2(self._house):
            return await self._passed("UpdateFirmware", payload)
        said = payload["firmware"]
        if _SIGNED & said.keys():
            # Never without what it is checked with: who cannot check it does not get it.
            return await self._tried("SignedUpdateFirmware", payload)
        # 1.6 installs at once what it has fetched: it is not to fetch it sooner than it may install it.
        times = [moment(said["retrieveDateTime"])]
        if "installDateTime" in said:
            times.append(moment(said["installDateTime"]))
        try:
            await self._house.commands.update_firmware(
                Firmware(said["location"], max(times), retries=retries_of(payload))
            )
        except StationRefused, InvalidRequest:
            return dict(REJECTED)
        self._house.names.keep(UPKEEP, "firmware", str(payload["requestId"]))
        return dict(ACCEPTED)

    async def _passed(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Ask the station word for word, by a number of ours."""
        asked = self._requests.numbered(payload)
        return await self._house.commands.call(action, asked)

    async def _tried(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Ask a station of 1.6 what the whitepaper has like 2.x, and not every station."""
        try:
            return await self._passed(action, payload)
        except StationRefused, InvalidRequest:
            return dict(REJECTED)
