"""What can be asked of a 2.x station (2.0.1 and 2.1 part 2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...model.access import TokenKind
from ...model.errors import InvalidRequest, StationRefused
from ...model.orders import WHOLE_STATION
from ..commands import ConfigurationValue
from ..connection import Connection
from ..discharging.setpoints import Setpoints
from ..limiting.terms import Knowledge
from ..numbering import Numbers
from .access import Access2, written_token
from .certificates import Certificates2
from .charging import Charging2
from .device_model import DeviceModel, Key
from .directions import FROM_STATION
from .discharging import Discharging2
from .editions import Edition
from .inventory import Inventory
from .limits import Limits2
from .password import set_password
from .reports import Reports
from .setpoints import Setpoints2
from .upkeep import Upkeep2
from .variables import Variables

# Messages of which a station has one for each connector: it refuses to send one for the EVSE (F06.FR.12).
_PER_CONNECTOR = frozenset({"StatusNotification"})

# How a caller says that a message is one of the maker's own (2.1 F06).
_CUSTOM = "custom:"


class Commands2(Charging2, Discharging2, Access2, Upkeep2, Certificates2):
    """Sends calls and reads their answers; what a station is seen to accept adds to what is known of it."""

    def __init__(
        self,
        connection: Connection,
        knowledge: Knowledge,
        edition: Edition,
        model: DeviceModel,
        reports: Reports,
    ) -> None:
        """Serve one connection."""
        super().__init__(connection)
        self.limits = Limits2(connection, knowledge)
        self.variables = Variables(connection, model)
        self.inventory = Inventory(connection, reports)
        writer = Setpoints2(knowledge, edition.version)
        self._native = writer.native
        self._setpoints = Setpoints(connection, writer)
        self._knowledge = knowledge
        self._edition = edition
        self._model = model
        self._reports = reports
        self._numbers = Numbers()

    async def set_availability(self, evse: int, *, operative: bool) -> bool:
        """Take an EVSE (0: the station) in or out of service; False when that waits for a transaction's end."""
        whole = evse == WHOLE_STATION
        if whole and self._knowledge.quirks().availability_per_evse:
            count = self._knowledge.capabilities().evses or 1
            done = [
                await self.set_availability(number, operative=operative)
                for number in range(1, count + 1)
            ]
            return all(done)
        payload: dict[str, Any] = {
            "operationalStatus": "Operative" if operative else "Inoperative"
        }
        if not whole:
            payload["evse"] = {"id": evse}
        answer = await self._ask("ChangeAvailability", payload, "Accepted", "Scheduled")
        return bool(answer["status"] == "Accepted")

    async def unlock(self, evse: int) -> None:
        """Release the cable; of an EVSE with several connectors, whichever holds one."""
        connectors = self._connectors(evse)
        for connector in connectors:
            payload = {"evseId": evse, "connectorId": connector}
            try:
                await self._ask("UnlockConnector", payload, "Unlocked")
            except StationRefused:
                if connector == connectors[-1]:
                    raise
            else:
                return

    async def reset(self, *, hard: bool) -> None:
        """Restart the station; softly waits for transactions to end."""
        kind = "Immediate" if hard else "OnIdle"
        await self._ask("Reset", {"type": kind}, "Accepted", "Scheduled")

    async def start(self, evse: int | None, token: str) -> None:
        """Begin a transaction for this token."""
        payload: dict[str, Any] = {
            "idToken": written_token(token, TokenKind.CENTRAL),
            "remoteStartId": self._numbers.next(),
        }
        if evse is not None:
            payload["evseId"] = evse
        await self._ask("RequestStartTransaction", payload)

    async def stop(self, transaction_id: str) -> None:
        """End a transaction."""
        payload = {"transactionId": transaction_id}
        await self._ask("RequestStopTransaction", payload)

    async def trigger(self, message: str, evse: int | None = None) -> None:
        """Ask the station to send a message now; of an EVSE with several connectors, one for each."""
        connectors: Sequence[int | None] = (None,)
        if evse is not None and message in _PER_CONNECTOR:
            connectors = self._connectors(evse)
        for connector in connectors:
            payload = self._trigger(message)
            if evse is not None:
                payload["evse"] = {"id": evse}
                if connector is not None:
                    payload["evse"]["connectorId"] = connector
            await self._ask("TriggerMessage", payload)

    def _connectors(self, evse: int) -> range:
        traits = self._knowledge.capabilities().evse_traits.get(evse)
        count = 0 if traits is None else len(traits.connectors)
        return range(1, max(1, count) + 1)

    def _trigger(self, message: str) -> dict[str, Any]:
        if self._edition.custom_triggers and message.startswith(_CUSTOM):
            name = message.removeprefix(_CUSTOM)
            return {"requestedMessage": "CustomTrigger", "customTrigger": name}
        return {"requestedMessage": message}

    async def get_configuration(
        self, keys: Sequence[str] = ()
    ) -> Mapping[str, ConfigurationValue]:
        """Read variables, named as `device_model` says; the whole inventory when none is named."""
        if not keys:
            everything = DeviceModel()
            await self.inventory.read(everything)
            return {str(key): _shown(everything, key) for key, _ in everything}
        asked = {name: _key("GetVariables", name) for name in keys}
        # The station may be got to know meanwhile, and most of what is known of it forgotten after that.
        found = DeviceModel()
        for key in asked.values():
            if (known := self._model.get(key)) is not None:
                found.put(key, known)
        statuses = await self.variables.read(asked.values(), found)
        return {
            name: _shown(found, key)
            for name, key in asked.items()
            if statuses[key] == "Accepted"
        }

    async def set_configuration(self, key: str, value: str) -> bool:
        """Write a variable; returns whether it waits for a restart of the station."""
        asked = _key("SetVariables", key)
        status = (await self.variables.write({asked: value}))[asked]
        if status not in {"Accepted", "RebootRequired"}:
            raise StationRefused(self._connection.identity, "SetVariables", status)
        return status == "RebootRequired"

    async def set_password(self, password: str) -> None:
        """Give the station the password that it shows when it dials in."""
        await set_password(
            self._connection.identity,
            self._connection.call,
            password,
            version=self._edition.version,
            url=self._connection.entrance.url,
        )

    def pulled(self, profile: int) -> dict[str, Any] | None:
        """Return the `scheduleUpdate` for PullDynamicScheduleUpdate, from memory; None: answer it with Rejected."""
        held = self._native.pulled(profile, self._setpoints.now())
        return self.limits.pulled(profile) if held is None else held

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any message of this version as the specification writes it, and return the answer."""
        if action in FROM_STATION:
            raise InvalidRequest(action, "only a station sends this message")
        # As it came: what the maker has added may be what was asked for.
        return await self._connection.call(action, payload)


def _key(action: str, name: str) -> Key:
    try:
        return Key.parse(name)
    except ValueError as error:
        raise InvalidRequest(action, str(error)) from error


def _shown(model: DeviceModel, key: Key) -> ConfigurationValue:
    variable = model.get(key)
    if variable is None:
        return ConfigurationValue(None, readonly=False)
    return ConfigurationValue(variable.value, readonly=variable.writable is False)
