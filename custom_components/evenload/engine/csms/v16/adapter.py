"""OCPP 1.6 on one connection: what is answered, what is asked, and what happens of one's own accord."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import UTC, datetime
import logging

from ...model.capabilities import Capabilities
from ...model.errors import EvenloadError, StationRefused
from ...model.events import Booted, Learnt
from ...model.identity import masked
from ...model.stations import OcppVersion, StationInfo
from ..connection import Connection, Handler
from ..host import Host
from ..schemas import schemas
from ..supervision import watch
from .commands import Commands16
from .configuration import Settings, learn, set_up
from .inbound import HEARTBEAT_INTERVAL_S, Inbound

_LOGGER = logging.getLogger(__name__)

# Calls before the station has booted are lost on some stations, and drive others into a loop.
QUIET_PERIOD_S = 10.0

# A station that reconnects without booting has spoken; it may still be about to boot.
SETTLE_S = 1.0


class Adapter16:
    """The 1.6 side of a connection."""

    version = OcppVersion.V16

    def __init__(self, connection: Connection, host: Host) -> None:
        """Serve one connection."""
        self.schemas = schemas(OcppVersion.V16)
        self._connection = connection
        self._host = host
        self._identity = connection.identity
        self._spoke = asyncio.Event()
        self._booted = asyncio.Event()
        self._adopted = asyncio.Event()
        self.commands = Commands16(connection, self._capabilities, self._learn)
        self._inbound = Inbound(connection, host, self._introduced)

    def handler(self, action: str) -> Handler | None:
        """Return what answers an action."""
        return self._inbound.handler(action)

    def spoke(self) -> None:
        """Tell that the station has sent a call."""
        self._spoke.set()

    def admitted(self) -> None:
        """Tell that the station was adopted while it was connected."""
        self._adopted.set()

    async def live(self) -> None:
        """Bring the station into the house, then watch that it is still there."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(watch(self._connection, HEARTBEAT_INTERVAL_S))
            tasks.create_task(self._bring_in())

    async def _bring_in(self) -> None:
        if not self._host.is_adopted(self._identity):
            await self._wait_for_adoption()
        await self._wait_until_it_listens()
        # What the station accepts must be known before its limits are written in a unit that it may not take.
        settings = await self._learn_once()
        self._host.ready(self._connection)
        # Limits go first: there is one call at a time, and the rest can wait.
        await asyncio.sleep(SETTLE_S)
        try:
            if settings is not None:
                await set_up(self._identity, self.commands, settings)
            await self._refresh()
        except EvenloadError as error:
            _LOGGER.debug(
                "Setting up %s ended early: %s",
                masked(self._identity),
                type(error).__name__,
            )

    async def _wait_for_adoption(self) -> None:
        """Find out what the station is, for the card that announces it, and wait for the owner."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._booted.wait(), QUIET_PERIOD_S)
        if not self._booted.is_set():
            with contextlib.suppress(EvenloadError):
                await self.commands.trigger("BootNotification")
            self._host.introduced(self._connection, None)
        await self._adopted.wait()
        with contextlib.suppress(EvenloadError):
            # Otherwise it learns of its adoption only when it asks again, half a minute later.
            await self.commands.trigger("BootNotification")

    async def _wait_until_it_listens(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._spoke.wait(), QUIET_PERIOD_S)
        if not self._booted.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._booted.wait(), SETTLE_S)

    async def _learn_once(self) -> Settings | None:
        """Read the station's configuration, unless that was done for this firmware; None when it was or fails."""
        firmware = self._host.info(self._identity).firmware or ""
        if self._capabilities().learnt_from == firmware:
            return None
        try:
            settings = await self.commands.get_configuration()
        except EvenloadError as error:
            _LOGGER.debug(
                "%s does not show its configuration: %s",
                masked(self._identity),
                type(error).__name__,
            )
            return None
        self._learn(learn(settings, self._capabilities(), firmware))
        return settings

    async def _refresh(self) -> None:
        """Ask how things stand: a station that reconnects tells only what changed meanwhile (§4.9)."""
        for evse in range(1, (self._capabilities().evses or 1) + 1):
            for message in ("StatusNotification", "MeterValues"):
                with contextlib.suppress(StationRefused):
                    await self.commands.trigger(message, evse)

    def _introduced(self, info: StationInfo, adopted: bool) -> None:
        self._booted.set()
        if not adopted:
            self._host.introduced(self._connection, info)
            return
        self._host.hear(
            Booted(identity=self._identity, at=datetime.now(UTC), info=info)
        )
        known = self._capabilities()
        # Its owner may have switched on what it refused before: a restart is worth asking again.
        self.commands.restarted()
        asked_again = replace(
            known,
            station_limit=known.station_limit or None,
            evse_limit=known.evse_limit or None,
            leases=known.leases or None,
            relative=known.relative or None,
        )
        if asked_again != known:
            self._learn(asked_again)

    def _capabilities(self) -> Capabilities:
        return self._host.capabilities(self._identity)

    def _learn(self, capabilities: Capabilities) -> None:
        self._host.hear(
            Learnt(
                identity=self._identity, at=datetime.now(UTC), capabilities=capabilities
            )
        )
