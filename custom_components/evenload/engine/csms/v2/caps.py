"""Has a 2.1 station itself bound what it feeds back, where the owner allows less than it can (2.1 R04, LimitMaxDischarge)."""

import asyncio
from collections.abc import Awaitable, Callable
import logging

from ...model.errors import EvenloadError
from ...model.identity import masked
from ...model.orders import WHOLE_STATION
from ...model.stations import OcppVersion
from ..discharging.target import tenths
from ..host import Host
from .editions import Edition
from .vehicles import Vehicles

_LOGGER = logging.getLogger(__name__)

CONTROL = "LimitMaxDischarge"

type Cap = Callable[[float | None], Awaitable[None]]


class Caps:
    """The hard cap of one station: setpoints keep to what the owner allows, and this holds should one ever not."""

    def __init__(
        self, identity: str, host: Host, edition: Edition, vehicles: Vehicles, cap: Cap
    ) -> None:
        """Serve one connection; `cap` tells the station."""
        self._identity = identity
        self._host = host
        self._edition = edition
        self._vehicles = vehicles
        self._cap = cap
        self._task: asyncio.Task[None] | None = None
        # What the station took; before that nobody knows what it holds.
        self._held: tuple[float | None, ...] = ()

    def look(self) -> None:
        """Tell the station where something else is to hold than it took."""
        wanted = self._wanted() if self._is_possible() else ()
        if wanted and wanted != self._held and self._task is None:
            self._task = asyncio.create_task(self._tell(wanted))

    def _is_possible(self) -> bool:
        known = self._host.capabilities(self._identity).v2x
        has_control = any(CONTROL in one.controls for one in known.values())
        return self._edition.version is OcppVersion.V21 and has_control

    def _wanted(self) -> tuple[float | None, ...]:
        """Return the percentage that is to hold (None: none), in a tuple; nothing where it cannot be said.

        One control counts for all EVSEs of a station: the one that may give most decides.
        """
        configs = self._host.v2g(self._identity)
        if not configs:
            # What was told once is no longer ours to say.
            return (None,)
        shares = [
            self._share(evse, config.maximum_w)
            for evse, config in configs.items()
            if evse != WHOLE_STATION
        ]
        known = [share for share in shares if share is not None]
        if not known or len(known) < len(shares):
            return ()
        percent = tenths(100.0 * max(known))
        return (percent if percent < 100.0 else None,)

    def _share(self, evse: int, allowed_w: float) -> float | None:
        """Return which part of an EVSE's most is allowed, or None where that is not known in watts.

        The percentage is one of the vehicle's rated power: where it told that, and it is less than the EVSE's, it counts.
        """
        traits = self._host.capabilities(self._identity).evse_traits.get(evse)
        if traits is None or not traits.maximum_w:
            return None
        needs = self._vehicles.asked(evse)
        told_w = None if needs is None else needs.whole("maxDischargePower")
        return allowed_w / min(traits.maximum_w, told_w or traits.maximum_w)

    async def _tell(self, wanted: tuple[float | None, ...]) -> None:
        try:
            await self._cap(wanted[0])
        except EvenloadError as error:
            name = type(error).__name__
            _LOGGER.debug(
                "Capping what %s feeds back: %s", masked(self._identity), name
            )
            self._task = None
            return
        self._held, self._task = wanted, None
        # Another may be wanted by now.
        self.look()
