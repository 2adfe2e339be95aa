"""Which vehicles may feed back, as 2.x stations are told it (2.1 Q01, Q02; docs/v2g-extension.md)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
import logging
from typing import Any

from ...model.errors import EvenloadError
from ...model.identity import masked
from ...model.needs import ChargingNeeds
from ...model.orders import WHOLE_STATION
from ...model.stations import OcppVersion
from ..discharging.words import VENDOR
from ..host import Host
from .editions import Edition
from .vehicles import Vehicles, vehicle_of

_LOGGER = logging.getLogger(__name__)

# The words of 2.1 (EnergyTransferModeEnumType), by what they let happen.
_CHARGING = ("AC_single_phase", "AC_two_phase", "AC_three_phase", "DC")
_BOTH_WAYS = ("AC_BPT", "DC_BPT", "AC_BPT_DER", "DC_ACDP_BPT")
_KNOWN = frozenset({*_CHARGING, *_BOTH_WAYS, "AC_DER", "DC_ACDP", "WPT"})

# Of a station that does not say what it has.
_USUAL = (*_CHARGING, *_BOTH_WAYS[:2])

type Allow = Callable[[int, str | None, Sequence[str]], Awaitable[None]]


class Permissions:
    """What the vehicles at one station may do."""

    def __init__(
        self,
        identity: str,
        host: Host,
        edition: Edition,
        vehicles: Vehicles,
        allow: Allow,
    ) -> None:
        """Serve one connection; `allow` tells the station."""
        self._identity = identity
        self._host = host
        self._edition = edition
        self._vehicles = vehicles
        self._allow = allow
        self._telling: dict[tuple[int, str], asyncio.Task[None]] = {}
        # What stations took of each EVSE's transaction: once is enough.
        self._told: dict[int, tuple[str, tuple[str, ...]]] = {}

    def allowed(self, evse: int | None, vehicle: str | None) -> tuple[str, ...]:
        """Return what a vehicle may do, in OCPP's words; nothing where it may only charge."""
        places = [
            number
            for number, config in self._host.v2g(self._identity).items()
            if evse in {None, number}
            and config.confirmed_at is not None
            and (not config.vehicles or vehicle in config.vehicles)
        ]
        if not places:
            return ()
        known = self._host.capabilities(self._identity).v2x
        said = [
            word
            for place in (*places, WHOLE_STATION)
            if place in known
            for word in known[place].transfers
            if word in _KNOWN
        ]
        return tuple(dict.fromkeys(said)) or _USUAL

    def authorized(self, id_token: dict[str, Any]) -> dict[str, Any]:
        """Return what the answer to Authorize says of it: nothing means charging only (Q01.FR.02)."""
        allowed = self.allowed(None, vehicle_of(id_token))
        if not allowed:
            return {}
        if self._edition.version is OcppVersion.V21:
            return {"allowedEnergyTransfer": list(allowed)}
        known = self._host.capabilities(self._identity).v2x
        if not any(ability.extension for ability in known.values()):
            return {}
        said = {"vendorId": VENDOR, "allowedEnergyTransfer": list(allowed)}
        return {"customData": said}

    def needed(self, evse: int, needs: ChargingNeeds) -> None:
        """Tell the station where a vehicle asks for less than it may, or for more (Q02): it then agrees with it anew."""
        if evse not in self._host.v2g(self._identity) or not needs.is_bidirectional:
            return
        allowed = self.allowed(evse, self._vehicles.name(evse))
        if bool(allowed) is ("BPT" in needs.transfer):
            return
        known = self._host.evse(self._identity, evse)
        running = None if known is None else known.transaction
        if running is None or not running.is_open:
            return
        now = running.id, allowed or _CHARGING
        on_its_way = evse, running.id
        if self._told.get(evse) != now and on_its_way not in self._telling:
            task = asyncio.create_task(self._tell(evse, *now))
            self._telling[on_its_way] = task
            task.add_done_callback(lambda _: self._telling.pop(on_its_way, None))

    def learnt(self) -> None:
        """Tell again what could not be told: more is known of the station now. A car may have been plugged in before that."""
        for evse in self._host.v2g(self._identity):
            if (needs := self._vehicles.asked(evse)) is not None:
                self.needed(evse, needs)

    async def _tell(
        self, evse: int, transaction_id: str, transfers: tuple[str, ...]
    ) -> None:
        try:
            await self._allow(evse, transaction_id, transfers)
            self._told[evse] = transaction_id, transfers
        except EvenloadError as error:
            _LOGGER.debug(
                "Telling %s what its vehicle may do: %s",
                masked(self._identity),
                type(error).__name__,
            )
