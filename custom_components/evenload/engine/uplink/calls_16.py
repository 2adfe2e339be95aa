"""What a CSMS of 1.6 asks of a station, of whatever version (1.6 §5)."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..csms.frames import CallFault
from ..csms.framing import Fault
from ..csms.meters import as_text, moment
from ..model.access import ListedToken, Reservation
from ..model.errors import StationRefused
from ..model.uplink import Domain
from .deeds import ACCEPTED, REJECTED, Deeds
from .names import TRANSACTION
from .refusals import as_told
from .settings_16 import SettingCalls16
from .upkeep_16 import UpkeepCalls16

type Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Calls16:
    """Answers the calls of one CSMS."""

    def __init__(self, deeds: Deeds) -> None:
        """Have them done."""
        self._deeds = deeds
        self._house = deeds.house
        self._handlers: dict[str, Handler] = {
            **SettingCalls16(deeds).handlers,
            **UpkeepCalls16(deeds).handlers,
            "CancelReservation": self._cancel_reservation,
            "ChangeAvailability": self._change_availability,
            "ClearCache": self._clear_cache,
            "ClearChargingProfile": self._clear_profile,
            "DataTransfer": self._data_transfer,
            "GetCompositeSchedule": self._composite,
            "GetLocalListVersion": self._list_version,
            "RemoteStartTransaction": self._start,
            "RemoteStopTransaction": self._stop,
            "ReserveNow": self._reserve,
            "Reset": self._reset,
            "SendLocalList": self._send_list,
            "SetChargingProfile": self._set_profile,
            "TriggerMessage": self._trigger,
            "UnlockConnector": self._unlock,
        }

    async def answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer a call. Raises `CallFault` for what cannot be asked."""
        handler = self._handlers.get(action)
        if handler is None:
            raise CallFault(Fault.NOT_SUPPORTED, f"{action[:50]} is not answered here")
        try:
            return await handler(payload)
        except StationRefused as refusal:
            raise as_told(refusal) from refusal

    async def _change_availability(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.available(
            payload["connectorId"], operative=payload["type"] == "Operative"
        )

    async def _reset(self, payload: dict[str, Any]) -> dict[str, Any]:
        async def reset() -> None:
            await self._house.commands.reset(hard=payload["type"] == "Hard")

        return await self._deeds.done(Domain.AVAILABILITY, reset())

    async def _unlock(self, payload: dict[str, Any]) -> dict[str, Any]:
        # 1.6 §7.46 has one word for a connector without a lock, and for none at all.
        return await self._deeds.unlock(
            payload["connectorId"],
            {"NotSupported": "NotSupported", "UnknownConnector": "NotSupported"},
        )

    async def _start(self, payload: dict[str, Any]) -> dict[str, Any]:
        evse, tag = payload.get("connectorId"), payload["idTag"]

        async def start() -> None:
            await self._house.commands.start(evse, tag)

        return await self._deeds.start(
            evse, start(), payload.get("chargingProfile"), is_oldest=True
        )

    async def _stop(self, payload: dict[str, Any]) -> dict[str, Any]:
        ours = self._house.names.ours(TRANSACTION, str(payload["transactionId"]))
        if ours is None:
            return dict(REJECTED)

        async def stop() -> None:
            await self._house.commands.stop(ours)

        return await self._deeds.done(Domain.TRANSACTIONS, stop())

    async def _reserve(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.reserve(
            Reservation(
                id=payload["reservationId"],
                token=payload["idTag"],
                until=moment(payload["expiryDate"]),
                evse=payload["connectorId"] or None,
                group=payload.get("parentIdTag"),
            )
        )

    async def _cancel_reservation(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.cancel(payload["reservationId"])

    async def _list_version(self, _payload: dict[str, Any]) -> dict[str, Any]:
        version = await self._deeds.list_version()
        return {"listVersion": -1 if version is None else version}

    async def _send_list(self, payload: dict[str, Any]) -> dict[str, Any]:
        lines = [_line(one) for one in payload.get("localAuthorizationList", ())]
        return await self._deeds.send_list(
            payload["listVersion"], lines, payload["updateType"]
        )

    async def _clear_cache(self, _payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.clear_cache()

    async def _set_profile(self, payload: dict[str, Any]) -> dict[str, Any]:
        taken = self._deeds.limited(
            payload["connectorId"], payload["csChargingProfiles"], is_oldest=True
        )
        return dict(ACCEPTED if taken else REJECTED)

    async def _clear_profile(self, payload: dict[str, Any]) -> dict[str, Any]:
        found = self._deeds.unlimited(
            profile_id=payload.get("id"),
            evse=payload.get("connectorId"),
            purpose=payload.get("chargingProfilePurpose"),
            stack_level=payload.get("stackLevel"),
        )
        return {"status": "Accepted" if found else "Unknown"}

    async def _composite(self, payload: dict[str, Any]) -> dict[str, Any]:
        evse = payload["connectorId"]
        if evse and evse not in self._house.station.evses:
            return dict(REJECTED)
        schedule = self._deeds.composite(
            evse, payload["duration"], payload.get("chargingRateUnit")
        )
        return {
            "status": "Accepted",
            "connectorId": evse,
            "scheduleStart": as_text(self._house.now()),
            "chargingSchedule": schedule,
        }

    async def _trigger(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.trigger(
            payload["requestedMessage"], payload.get("connectorId")
        )

    async def _data_transfer(self, payload: dict[str, Any]) -> dict[str, Any]:
        said = await self._deeds.transfer(payload)
        return said | ({"data": str(said["data"])} if "data" in said else {})


def _line(said: dict[str, Any]) -> ListedToken:
    info = said.get("idTagInfo")
    if info is None:
        return ListedToken(said["idTag"], None)
    until = info.get("expiryDate")
    return ListedToken(
        said["idTag"],
        info["status"] == "Accepted",
        None if until is None else moment(until),
        info.get("parentIdTag"),
    )
