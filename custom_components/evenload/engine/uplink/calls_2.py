"""What a CSMS of 2.x asks of a station, of whatever version (2.0.1 and 2.1 part 2)."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..csms.frames import CallFault
from ..csms.framing import Fault
from ..csms.meters import moment
from ..model.access import ListedToken, Reservation, TokenKind
from ..model.errors import NotConnected, StationRefused
from ..model.stations import OcppVersion
from ..model.uplink import Domain
from .deeds import REJECTED, Deeds
from .limits_2 import LimitCalls2
from .names import TRANSACTION
from .refusals import as_told, refused
from .remote_starts import RemoteStart, keep
from .requests import Requests
from .settings_2 import SettingCalls2, speaks_2
from .tokens import tag_of
from .upkeep_2 import UpkeepCalls2

type Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

# What only a station of 2.x can be asked, word for word, by who decides it; None: whoever asks.
AS_SAID: dict[str, Domain | None] = {
    "ClearDisplayMessage": Domain.CONFIGURATION,
    "ClearVariableMonitoring": Domain.CONFIGURATION,
    "CostUpdated": Domain.TRANSACTIONS,
    "CustomerInformation": Domain.TRANSACTIONS,
    "GetBaseReport": None,
    "GetDisplayMessages": None,
    "GetInstalledCertificateIds": Domain.FIRMWARE,
    "GetMonitoringReport": None,
    "GetReport": None,
    "SetDisplayMessage": Domain.CONFIGURATION,
    "SetMonitoringBase": Domain.CONFIGURATION,
    "SetMonitoringLevel": Domain.CONFIGURATION,
    "SetVariableMonitoring": Domain.CONFIGURATION,
}


class Calls2:
    """Answers the calls of one CSMS."""

    def __init__(
        self,
        deeds: Deeds,
        version: OcppVersion,
        tell: Callable[[str, dict[str, Any]], None],
    ) -> None:
        """Have them done; `tell` sends what answers in a message of its own."""
        self._deeds = deeds
        self._house = deeds.house
        self._requests = Requests(deeds.house.names)
        self._handlers: dict[str, Handler] = {
            **LimitCalls2(deeds, version, tell).handlers,
            **SettingCalls2(deeds.house).handlers,
            **UpkeepCalls2(deeds.house).handlers,
            "CancelReservation": self._cancel_reservation,
            "ChangeAvailability": self._change_availability,
            "ClearCache": self._clear_cache,
            "DataTransfer": self._data_transfer,
            "GetLocalListVersion": self._list_version,
            "GetTransactionStatus": self._status_of_transaction,
            "RequestStartTransaction": self._start,
            "RequestStopTransaction": self._stop,
            "ReserveNow": self._reserve,
            "Reset": self._reset,
            "SendLocalList": self._send_list,
            "TriggerMessage": self._trigger,
            "UnlockConnector": self._unlock,
        }

    async def answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer a call. Raises `CallFault` for what cannot be asked."""
        try:
            return await self._answer(action, payload)
        except NotConnected:
            return refused(action, payload)
        except StationRefused as refusal:
            raise as_told(refusal) from refusal

    async def _answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        if (handler := self._handlers.get(action)) is not None:
            return await handler(payload)
        if action not in AS_SAID or not speaks_2(self._house):
            raise CallFault(Fault.NOT_SUPPORTED, f"{action[:50]} is not answered here")
        domain = AS_SAID[action]
        if domain is not None and not self._house.decides(domain):
            return refused(action, payload)
        return await self._house.commands.call(action, self._requests.numbered(payload))

    async def _change_availability(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.available(
            payload.get("evse", {}).get("id", 0),
            operative=payload["operationalStatus"] == "Operative",
        )

    async def _reset(self, payload: dict[str, Any]) -> dict[str, Any]:
        house, kind = self._house, payload["type"]
        if kind == "ImmediateAndResume" and house.station.version != OcppVersion.V21:
            return dict(REJECTED)
        if speaks_2(house):
            return await self._deeds.passed(Domain.AVAILABILITY, "Reset", payload)
        # 1.6 §5.14 has no word for "when nobody charges any more".
        if "evseId" in payload or (kind == "OnIdle" and house.running()):
            return dict(REJECTED)

        async def reset() -> None:
            await house.commands.reset(hard=kind == "Immediate")

        return await self._deeds.done(Domain.AVAILABILITY, reset())

    async def _unlock(self, payload: dict[str, Any]) -> dict[str, Any]:
        house = self._house
        if speaks_2(house):
            return await self._deeds.passed(
                Domain.TRANSACTIONS, "UnlockConnector", payload, "UnlockFailed"
            )
        if not house.decides(Domain.TRANSACTIONS):
            return {"status": "UnlockFailed"}
        has_one = house.station.version is OcppVersion.V16
        if payload["evseId"] not in house.station.evses or (
            has_one and payload["connectorId"] != 1
        ):
            return {"status": "UnknownConnector"}
        if house.running_at(payload["evseId"]) is not None:
            # F05: it is not to end one, and that is what unlocking does in 1.6 (§5.18).
            return {"status": "OngoingAuthorizedTransaction"}
        return await self._deeds.unlock(payload["evseId"])

    async def _status_of_transaction(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Say whether a transaction goes on, and whether anything of it is still to come (E14): from the station, or from us."""
        house, untold = self._house, self._house.has_untold()
        if speaks_2(house):
            said = await house.commands.call("GetTransactionStatus", payload)
            return {**said, "messagesInQueue": untold or bool(said["messagesInQueue"])}
        said = {"messagesInQueue": untold or not house.station.connected}
        if "transactionId" in payload:
            said["ongoingIndicator"] = payload["transactionId"] in house.running()
        return said

    async def _start(self, payload: dict[str, Any]) -> dict[str, Any]:
        evse, token = payload.get("evseId"), payload["idToken"]
        theirs, tag = payload["remoteStartId"], tag_of(token)

        async def start() -> None:
            if speaks_2(self._house):
                said = {
                    "idToken": token,
                    "remoteStartId": self._requests.number(theirs),
                    **({} if evse is None else {"evseId": evse}),
                }
                answer = await self._house.commands.call(
                    "RequestStartTransaction", said
                )
                if answer.get("status") != "Accepted":
                    raise StationRefused("", "RequestStartTransaction", "Rejected")
                return
            await self._house.commands.start(evse, tag)
            start = RemoteStart(theirs, token)
            keep(self._house.names, start, tag, evse, self._house.now())

        return await self._deeds.start(
            evse, start(), payload.get("chargingProfile"), is_oldest=False
        )

    async def _stop(self, payload: dict[str, Any]) -> dict[str, Any]:
        theirs = payload["transactionId"]
        ours = self._house.names.ours(TRANSACTION, theirs)

        async def stop() -> None:
            await self._house.commands.stop(theirs if ours is None else ours)

        return await self._deeds.done(Domain.TRANSACTIONS, stop())

    async def _reserve(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.reserve(
            Reservation(
                id=payload["id"],
                token=payload["idToken"]["idToken"],
                until=moment(payload["expiryDateTime"]),
                evse=payload.get("evseId"),
                group=payload.get("groupIdToken", {}).get("idToken"),
            )
        )

    async def _cancel_reservation(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.cancel(payload["reservationId"])

    async def _list_version(self, _payload: dict[str, Any]) -> dict[str, Any]:
        return {"versionNumber": max(0, await self._deeds.list_version() or 0)}

    async def _send_list(self, payload: dict[str, Any]) -> dict[str, Any]:
        lines = [_line(one) for one in payload.get("localAuthorizationList", ())]
        return await self._deeds.send_list(
            payload["versionNumber"], lines, payload["updateType"]
        )

    async def _clear_cache(self, _payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.clear_cache()

    async def _trigger(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.trigger(
            payload["requestedMessage"], payload.get("evse", {}).get("id")
        )

    async def _data_transfer(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._deeds.transfer(payload)


def _line(said: dict[str, Any]) -> ListedToken:
    token, info = said["idToken"], said.get("idTokenInfo")
    kind = next(
        (kind for kind in TokenKind if kind == token["type"]), TokenKind.CENTRAL
    )
    if info is None:
        return ListedToken(token["idToken"], None, kind=kind)
    until = info.get("cacheExpiryDateTime")
    return ListedToken(
        token["idToken"],
        info["status"] == "Accepted",
        None if until is None else moment(until),
        info.get("groupIdToken", {}).get("idToken"),
        kind,
    )
