"""What can be asked of a 1.6 station (OCPP 1.6 §5; security whitepaper §5)."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

from ...model.capabilities import Capabilities
from ...model.errors import InvalidRequest, StationRefused
from ...model.limits import RateUnit
from ...model.orders import LimitOrder, Outcome
from ..commands import CompositeSchedule, ConfigurationValue, SchedulePeriod
from ..connection import Connection
from ..frames import CallFault
from .ids import to_send
from .limits import Limits16
from .meters import moment

# What only a station sends: a station could do nothing with it.
_FROM_STATION = frozenset(
    {
        "Authorize",
        "BootNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "LogStatusNotification",
        "MeterValues",
        "SecurityEventNotification",
        "SignCertificate",
        "SignedFirmwareStatusNotification",
        "StartTransaction",
        "StatusNotification",
        "StopTransaction",
    }
)

# What an answer to GetConfiguration holds (§6.24).
_CONFIGURATION = frozenset({"configurationKey", "unknownKey"})

_SECURITY_MESSAGES = frozenset({"LogStatusNotification", "SignChargePointCertificate"})


class Commands16:
    """Sends calls and reads their answers; what a station is seen to accept is told to `learn`."""

    def __init__(
        self,
        connection: Connection,
        capabilities: Callable[[], Capabilities],
        learn: Callable[[Capabilities], None],
    ) -> None:
        """Serve one connection."""
        self._connection = connection
        self._limits = Limits16(connection, capabilities, learn)

    async def set_availability(self, evse: int, *, operative: bool) -> bool:
        """Take an EVSE (0: the station) in or out of service; False when that waits for a transaction's end."""
        kind = "Operative" if operative else "Inoperative"
        status = await self._ask(
            "ChangeAvailability",
            {"connectorId": evse, "type": kind},
            "Accepted",
            "Scheduled",
        )
        return status == "Accepted"

    async def unlock(self, evse: int) -> None:
        """Release the cable."""
        # Some stations answer with "Accepted", which 1.6 does not know here.
        await self._ask(
            "UnlockConnector", {"connectorId": evse}, "Unlocked", "Accepted"
        )

    async def reset(self, *, hard: bool) -> None:
        """Restart the station; softly lets it end transactions properly."""
        await self._ask("Reset", {"type": "Hard" if hard else "Soft"})

    async def start(self, evse: int | None, token: str) -> None:
        """Begin a transaction for this token."""
        payload: dict[str, Any] = {"idTag": token}
        if evse is not None:
            payload["connectorId"] = evse
        await self._ask("RemoteStartTransaction", payload)

    async def stop(self, transaction_id: str) -> None:
        """End a transaction."""
        await self._ask(
            "RemoteStopTransaction", {"transactionId": to_send(transaction_id)}
        )

    async def trigger(self, message: str, evse: int | None = None) -> None:
        """Ask the station to send a message now."""
        payload: dict[str, Any] = {"requestedMessage": message}
        if evse is not None:
            payload["connectorId"] = evse
        await self._ask(
            "ExtendedTriggerMessage"
            if message in _SECURITY_MESSAGES
            else "TriggerMessage",
            payload,
        )

    async def get_configuration(
        self, keys: Sequence[str] = ()
    ) -> Mapping[str, ConfigurationValue]:
        """Read settings inside the station; all of them when no key is named."""
        answer = await self._connection.call(
            "GetConfiguration", {"key": list(keys)} if keys else {}
        )
        entries = answer.get("configurationKey", [])
        if not isinstance(entries, list) or (
            answer and not _CONFIGURATION & answer.keys()
        ):
            raise StationRefused(
                self._connection.identity, "GetConfiguration", "an unreadable answer"
            )
        return {
            str(entry["key"]): ConfigurationValue(
                _text(entry.get("value")), readonly=bool(entry.get("readonly"))
            )
            for entry in entries
            if isinstance(entry, dict) and "key" in entry
        }

    async def set_configuration(self, key: str, value: str) -> bool:
        """Write a setting; returns whether it waits for a restart of the station."""
        payload = {"key": key, "value": value}
        return (
            await self._ask(
                "ChangeConfiguration", payload, "Accepted", "RebootRequired"
            )
            == "RebootRequired"
        )

    async def composite_schedule(
        self, evse: int, duration_s: int, unit: RateUnit | None = None
    ) -> CompositeSchedule:
        """Ask what the station will allow over the next `duration_s` seconds."""
        payload: dict[str, Any] = {"connectorId": evse, "duration": duration_s}
        if unit is not None:
            payload["chargingRateUnit"] = unit.value
        answer = await self._call("GetCompositeSchedule", payload, ("Accepted",))
        try:
            return _composite(evse, answer)
        except (
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
            OverflowError,
            CallFault,
        ) as error:
            raise StationRefused(
                self._connection.identity, "GetCompositeSchedule", "an unreadable one"
            ) from error

    async def set_limit(self, order: LimitOrder) -> Outcome:
        """Give an EVSE or the station a limit, and remember what the station accepts."""
        return await self._limits.set(order)

    def restarted(self) -> None:
        """Let what the station refused before its restart be asked again."""
        self._limits.restarted()

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any message of 1.6 as the specification writes it, and return the answer."""
        if action in _FROM_STATION:
            raise InvalidRequest(action, "only a station sends this message")
        return await self._connection.call(action, payload)

    async def _ask(self, action: str, payload: dict[str, Any], *welcome: str) -> str:
        answer = await self._call(action, payload, welcome or ("Accepted",))
        return str(answer["status"])

    async def _call(
        self, action: str, payload: dict[str, Any], welcome: tuple[str, ...]
    ) -> dict[str, Any]:
        answer = await self._connection.call(action, payload)
        by_case = {word.lower(): word for word in welcome}
        status = str(answer.get("status", ""))
        if status.lower() not in by_case:
            raise StationRefused(
                self._connection.identity,
                action,
                status or "an answer without a status",
            )
        return {**answer, "status": by_case[status.lower()]}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _finite(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"not a limit: {number}")
    return number


def _composite(evse: int, answer: dict[str, Any]) -> CompositeSchedule:
    schedule = answer["chargingSchedule"]
    start = answer.get("scheduleStart")
    return CompositeSchedule(
        evse=evse,
        unit=RateUnit(schedule["chargingRateUnit"]),
        start=moment(start) if start else None,
        periods=tuple(
            SchedulePeriod(
                int(period["startPeriod"]),
                _finite(period["limit"]),
                period.get("numberPhases"),
            )
            for period in schedule["chargingSchedulePeriod"]
        ),
    )
