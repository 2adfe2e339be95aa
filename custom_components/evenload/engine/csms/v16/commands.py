"""What can be asked of a 1.6 station (OCPP 1.6 §5; security whitepaper §5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...model.errors import InvalidRequest
from ..commands import ConfigurationValue
from ..connection import Connection
from ..discharging.setpoints import Setpoints
from ..limiting.terms import Knowledge
from ..numbering import Numbers
from .access import Access16
from .availability import Availability16
from .certificates import Certificates16
from .charging import Charging16
from .discharging import Discharging16
from .ids import to_send
from .limits import limits16
from .password import set_password
from .phase_key import PhaseKeys
from .setpoints import Setpoints16
from .upkeep import Upkeep16

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


class Commands16(
    Availability16,
    Charging16,
    Discharging16,
    Access16,
    Upkeep16,
    Certificates16,
):
    """Sends calls and reads their answers; what a station is seen to accept adds to what is known of it."""

    def __init__(
        self,
        connection: Connection,
        knowledge: Knowledge,
    ) -> None:
        """Serve one connection."""
        super().__init__(connection)
        self._knowledge = knowledge
        self._numbers = Numbers()
        self._phases = PhaseKeys(self, knowledge)
        self._limits = limits16(connection, knowledge)
        self._setpoints = Setpoints(connection, Setpoints16(knowledge))

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
            raise self._refused("GetConfiguration", "an unreadable answer")
        return {
            str(entry["key"]): ConfigurationValue(
                _text(entry.get("value")), readonly=bool(entry.get("readonly"))
            )
            for entry in entries
            if isinstance(entry, dict) and "key" in entry
        }

    async def set_configuration(self, key: str, value: str) -> bool:
        """Write a setting; returns whether it waits for a restart of the station."""
        answer = await self._ask(
            "ChangeConfiguration",
            {"key": key, "value": value},
            "Accepted",
            "RebootRequired",
        )
        return bool(answer["status"] == "RebootRequired")

    async def set_password(self, password: str) -> None:
        """Give the station the password that it shows when it dials in."""
        await set_password(self._connection.identity, self, password)

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any message of 1.6 as the specification writes it, and return the answer."""
        if action in _FROM_STATION:
            raise InvalidRequest(action, "only a station sends this message")
        # As it came: what the maker has added may be what was asked for.
        return await self._connection.call(action, payload)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
