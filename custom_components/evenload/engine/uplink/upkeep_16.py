"""What a CSMS of 1.6 asks to keep a station in good order: logs and firmware (1.6 §5.9, §5.19; security whitepaper §4.5, §5.1)."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..csms.frames import CallFault
from ..csms.framing import Fault
from ..csms.meters import moment
from ..model.errors import InvalidRequest, NotConnected, StationRefused
from ..model.upkeep import Firmware
from ..model.uplink import Domain
from .deeds import REJECTED, Deeds
from .diagnostics import retries_of, sent_diagnostics
from .requests import Requests
from .settings_2 import speaks_2

type Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

# It would ask for a certificate of the station's, which is between it and the house.
_PRIVATE = frozenset({"SignChargePointCertificate"})


class UpkeepCalls16:
    """Answers those calls."""

    def __init__(self, deeds: Deeds) -> None:
        """Ask the station through the house."""
        self._deeds = deeds
        self._house = deeds.house
        self._requests = Requests(deeds.house.names)
        self.handlers: dict[str, Handler] = {
            "ExtendedTriggerMessage": self._trigger,
            "GetDiagnostics": self._get_diagnostics,
            "GetLog": self._get_log,
            "SignedUpdateFirmware": self._update_signed,
            "UpdateFirmware": self._update_firmware,
        }

    async def _trigger(self, payload: dict[str, Any]) -> dict[str, Any]:
        if payload["requestedMessage"] in _PRIVATE:
            return dict(REJECTED)
        return await self._deeds.trigger(
            payload["requestedMessage"], payload.get("connectorId")
        )

    async def _get_diagnostics(self, payload: dict[str, Any]) -> dict[str, Any]:
        if not self._house.decides(Domain.FIRMWARE):
            return {}
        begins, ends = payload.get("startTime"), payload.get("stopTime")
        try:
            name = await sent_diagnostics(
                self._house, payload["location"], begins, ends, retries_of(payload)
            )
        except StationRefused, InvalidRequest, NotConnected:
            return {}
        return {} if name is None else {"fileName": name}

    async def _get_log(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._passed("GetLog", payload)

    async def _update_firmware(self, payload: dict[str, Any]) -> dict[str, Any]:
        if not self._house.decides(Domain.FIRMWARE):
            raise CallFault(Fault.NOT_SUPPORTED, "Firmware is the owner's affair")
        firmware = Firmware(
            payload["location"],
            moment(payload["retrieveDate"]),
            retries=retries_of(payload),
        )
        await self._house.commands.update_firmware(firmware)
        return {}

    async def _update_signed(self, payload: dict[str, Any]) -> dict[str, Any]:
        signed = "UpdateFirmware" if speaks_2(self._house) else "SignedUpdateFirmware"
        return await self._passed(signed, payload)

    async def _passed(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Ask the station by a number of ours: 2.x has what the whitepaper has, in the same words."""
        asked = self._requests.numbered(payload)
        return await self._deeds.passed(Domain.FIRMWARE, action, asked)
