"""What those above ask of several stations that are one to them: each deed is its EVSE's, or all stations'."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..csms.commands import Commands, ConfigurationValue
from ..model.access import ListedToken, Reservation
from ..model.errors import (
    EvenloadError,
    InvalidRequest,
    NotConnected,
    StationRefused,
    StationSilent,
)
from ..model.identity import EvseKey
from ..model.orders import WHOLE_STATION
from ..model.upkeep import ANY_RETRIES, Firmware, LogKind, Retries

# What members are made to say, and what one of 1.6 says in place of what only one of 2.x has.
_OF_MEMBERS = frozenset({"MeterValues", "StatusNotification", "TransactionEvent"})
_OLDER = {"TransactionEvent": "MeterValues"}


class Many:
    """Passes on what is asked (`asked.Asked`); what only one real station has is refused."""

    def __init__(
        self,
        name: str,
        stations: Callable[[], Iterable[str]],
        commands: Callable[[str], Commands],
        key: Callable[[int], EvseKey],
        origin: Callable[[str], tuple[str, str] | None],
        own: Callable[[str], bool],
    ) -> None:
        """Ask these stations; `key` finds an EVSE by its number, `origin` whose a transaction is, and what its station calls it.

        `own` says what the one station has to say of itself, and returns whether it could.
        """
        self._name = name
        self._stations = stations
        self._commands = commands
        self._key = key
        self._origin = origin
        self._own = own
        # Who keeps a place, by the numbers of those above.
        self._reserved: dict[int, str] = {}

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Refuse: there is no one station that would say it."""
        raise self._no(action)

    async def set_availability(self, evse: int, *, operative: bool) -> bool:
        """Take an EVSE, or all stations, in or out of service."""
        if evse != WHOLE_STATION:
            commands, number = self._at(evse)
            return await commands.set_availability(number, operative=operative)
        done: list[bool] = []

        async def set_one(commands: Commands) -> None:
            done.append(await commands.set_availability(0, operative=operative))

        await self._all(set_one)
        return all(done)

    async def unlock(self, evse: int) -> None:
        """Release the cable."""
        commands, number = self._at(evse)
        await commands.unlock(number)

    async def reset(self, *, hard: bool) -> None:
        """Restart all stations."""

        async def reset(commands: Commands) -> None:
            await commands.reset(hard=hard)

        await self._all(reset)

    async def start(self, evse: int | None, token: str) -> None:
        """Begin a transaction; an EVSE has to be named."""
        if evse is None:
            raise self._no("RequestStartTransaction")
        commands, number = self._at(evse)
        await commands.start(number, token)

    async def stop(self, transaction_id: str) -> None:
        """End a transaction."""
        found = self._origin(transaction_id)
        if found is None:
            raise self._no("RequestStopTransaction")
        identity, ours = found
        await self._commands(identity).stop(ours)

    async def trigger(self, message: str, evse: int | None = None) -> None:
        """Have one EVSE say something, or all stations."""
        if not evse and self._own(message):
            return
        if message not in _OF_MEMBERS:
            raise StationRefused(self._name, "TriggerMessage", "NotImplemented")
        if evse:
            commands, number = self._at(evse)
            await _say(commands, message, number)
            return

        async def say(commands: Commands) -> None:
            await _say(commands, message, None)

        await self._all(say)

    async def reserve(self, reservation: Reservation) -> None:
        """Keep an EVSE for a token; it has to be named."""
        if reservation.evse is None:
            raise self._no("ReserveNow")
        key = self._key_of(reservation.evse)
        commands = self._commands(key.identity)
        await commands.reserve(
            Reservation(
                id=reservation.id,
                token=reservation.token,
                until=reservation.until,
                evse=key.evse,
                group=reservation.group,
            )
        )
        self._reserved[reservation.id] = key.identity

    async def cancel_reservation(self, reservation_id: int) -> None:
        """Take a reservation back."""
        identity = self._reserved.get(reservation_id)
        if identity is None:
            raise self._no("CancelReservation")
        await self._commands(identity).cancel_reservation(reservation_id)
        del self._reserved[reservation_id]

    async def local_list_version(self) -> int:
        """Refuse: each station has a list of its own."""
        raise self._no("GetLocalListVersion")

    async def send_local_list(
        self, version: int, tokens: Sequence[ListedToken], *, full: bool
    ) -> None:
        """Refuse, as above."""
        raise self._no("SendLocalList")

    async def clear_cache(self) -> None:
        """Let all stations forget the tokens that they have learnt."""

        async def clear(commands: Commands) -> None:
            await commands.clear_cache()

        await self._all(clear)

    async def get_configuration(
        self, keys: Sequence[str] = ()
    ) -> Mapping[str, ConfigurationValue]:
        """Return nothing: what is set in each station is the owner's affair."""
        return {}

    async def set_configuration(self, key: str, value: str) -> bool:
        """Refuse, as above."""
        raise self._no("ChangeConfiguration")

    async def data_transfer(
        self, vendor: str, message: str | None = None, data: Any = None
    ) -> Any:
        """Refuse: no maker is meant."""
        raise StationRefused(self._name, "DataTransfer", "UnknownVendorId")

    async def get_log(
        self,
        location: str,
        kind: LogKind = LogKind.DIAGNOSTICS,
        oldest: datetime | None = None,
        latest: datetime | None = None,
        retries: Retries = ANY_RETRIES,
    ) -> str | None:
        """Refuse: each station has a log of its own."""
        raise self._no("GetLog")

    async def update_firmware(self, firmware: Firmware) -> None:
        """Refuse: stations are of different makes."""
        raise self._no("UpdateFirmware")

    async def _all(self, do: Callable[[Commands], Awaitable[None]]) -> None:
        """Ask all that are connected; raises what the last raised that did not do it, and `NotConnected` where nobody is there."""
        trouble: EvenloadError | None = NotConnected(self._name)
        asked = False
        for identity in self._stations():
            try:
                commands = self._commands(identity)
            except NotConnected:
                continue
            if not asked:
                asked, trouble = True, None
            try:
                await do(commands)
            except (
                StationRefused,
                StationSilent,
                InvalidRequest,
                NotConnected,
            ) as error:
                trouble = error
        if trouble is not None:
            raise trouble

    def _at(self, evse: int) -> tuple[Commands, int]:
        key = self._key_of(evse)
        return self._commands(key.identity), key.evse

    def _key_of(self, evse: int) -> EvseKey:
        try:
            return self._key(evse)
        except KeyError:
            raise self._no("EVSE") from None

    def _no(self, action: str) -> StationRefused:
        return StationRefused(self._name, action, "Rejected")


async def _say(commands: Commands, message: str, evse: int | None) -> None:
    try:
        await commands.trigger(message, evse)
    except InvalidRequest:
        if message not in _OLDER:
            raise StationRefused("", "TriggerMessage", "NotImplemented") from None
        await commands.trigger(_OLDER[message], evse)
