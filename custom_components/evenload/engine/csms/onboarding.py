"""Brings a station of any version into the house: wait until it listens, learn once, limit, set up, ask how things stand."""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib
from dataclasses import replace
from datetime import UTC, datetime
import logging
from typing import Any, Protocol

from ..model.capabilities import Capabilities
from ..model.clocks import Clock
from ..model.errors import EvenloadError
from ..model.events import Booted, ClockMeasured, Learnt
from ..model.identity import masked
from ..model.stations import OcppVersion, StationInfo
from .clock import StationClock
from .connection import Connection
from .dialects.matching import quirks_of
from .dialects.quirks import Quirks
from .discharging.preparing import Preparing
from .host import Host
from .limiting.terms import Knowledge, relearning
from .meters import now_text
from .supervision import watch

_LOGGER = logging.getLogger(__name__)

# Calls before the station has booted are lost on some stations, and drive others into a loop.
QUIET_PERIOD_S = 10.0

# How long limits wait for what the station says of itself: a vehicle may be charging. Inventories take a minute on slow ones.
LEARNING_PATIENCE_S = 5.0
GLANCE_PATIENCE_S = 3.0

# A station that reconnects without booting has spoken; it may still be about to boot.
SETTLE_S = 1.0

# The answer to BootNotification, and the measure of how long a silent station is believed to be there.
HEARTBEAT_INTERVAL_S = 60

# How often a pending station shall ask again whether it was adopted (1.6 §4.2: it may not do so sooner).
PENDING_INTERVAL_S = 30

# How often one shall ask again whose identity another station has, and how long it is listened to meanwhile.
REJECTED_INTERVAL_S = 600
GOODBYE_S = 1.0

SAMPLE_INTERVAL_S = 10

# What balancing and the dashboard need, the most important first.
MEASURANDS = (
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Current.Import",
    "Voltage",
    "Current.Offered",
)

# No station in the field has more; a larger number is garbage that would make entities.
MAXIMUM_EVSES = 32


class Manners(Protocol):
    """How the steps are done in one version of OCPP."""

    @property
    def version(self) -> OcppVersion:
        """The version itself."""

    async def ask_to_boot(self) -> None:
        """Ask the station to say what it is."""

    async def glance(self) -> Capabilities:
        """Ask the little that limits cannot do without; returns what is known then."""

    async def learn(
        self, source: str
    ) -> tuple[Capabilities, Callable[[], Awaitable[None]]]:
        """Read what the station can do; returns that, learnt from this `source`, and what writes what differs from the needed."""

    async def prepare_v2x(self) -> None:
        """Read what the station can do of discharging, and have it measure what flows out: its owner allows it."""

    def withdraw_v2x(self) -> None:
        """Take from the station what only concerned discharging: its owner allows none."""

    async def refresh(self) -> None:
        """Ask how things stand: a station that reconnects tells only what changed meanwhile."""


class Onboarding:
    """The way of one connection from the first word to a station that is known, limited and set up."""

    def __init__(self, connection: Connection, host: Host, manners: Manners) -> None:
        """Serve one connection."""
        self._connection = connection
        self._host = host
        self._manners = manners
        self._identity = connection.identity
        self._spoke = asyncio.Event()
        self._booted = asyncio.Event()
        self._adopted = asyncio.Event()
        self.preparing = Preparing(
            lambda: host.v2g(connection.identity),
            self._prepare_v2x,
            manners.withdraw_v2x,
        )
        self.clock = StationClock(host.clock(self._identity), self._clock_changed)
        self.knowledge = Knowledge(
            self.capabilities,
            self.quirks,
            lambda: host.overrides(connection.identity),
            self.learn,
            # 2.1 K28.
            has_dynamic=manners.version is OcppVersion.V21,
            clock=lambda: self.clock.known,
        )

    def spoke(self) -> None:
        """Tell that the station has sent a call."""
        self._spoke.set()

    def admitted(self) -> None:
        """Tell that the station was adopted while it was connected."""
        self._adopted.set()

    def booted(self, info: StationInfo) -> dict[str, Any]:
        """Take in what the station says of itself when it boots; returns the answer, which is the same in all versions."""
        if not self._host.is_adopted(self._identity):
            self._booted.set()
            self._host.introduced(self._connection, info)
            return _registration("Pending", PENDING_INTERVAL_S)
        if self._host.is_double(self._connection, info):
            # Once it has heard why.
            asyncio.get_running_loop().call_later(
                GOODBYE_S,
                self._connection.hang_up,
                1008,
                "Another station has this identity",
            )
            return _registration("Rejected", REJECTED_INTERVAL_S)
        self._booted.set()
        self._host.hear(
            Booted(identity=self._identity, at=datetime.now(UTC), info=info)
        )
        self.clock.booted()
        # Its owner may have switched on what it refused before.
        self.learn(relearning(self.capabilities(), self._source(info.firmware)))
        return _registration("Accepted", HEARTBEAT_INTERVAL_S)

    def capabilities(self) -> Capabilities:
        """Return what is known of the station so far."""
        return self._host.capabilities(self._identity)

    def learn(self, capabilities: Capabilities) -> None:
        """Tell what was learnt of the station, if that is anything new."""
        if capabilities != self.capabilities():
            at = datetime.now(UTC)
            self._host.hear(
                Learnt(identity=self._identity, at=at, capabilities=capabilities)
            )

    def _clock_changed(self, clock: Clock) -> None:
        at = datetime.now(UTC)
        self._host.hear(ClockMeasured(identity=self._identity, at=at, clock=clock))

    def quirks(self) -> Quirks:
        """Return what is odd about the station."""
        return quirks_of(self._host.info(self._identity))

    async def live(self) -> None:
        """Bring the station into the house, then watch that it is still there."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(watch(self._connection, self._heartbeat_s))
            tasks.create_task(self._bring_in())
            tasks.create_task(self.preparing.live())

    def _heartbeat_s(self) -> float:
        """Return how often a station that answers no ping is heard of, in seconds."""
        return max(HEARTBEAT_INTERVAL_S, self.capabilities().heartbeat_s or 0)

    async def _bring_in(self) -> None:
        if not self._host.is_adopted(self._identity):
            await self._wait_for_adoption()
        await self._wait_until_it_listens()
        learning = asyncio.ensure_future(self._learn_once())
        try:
            # What the station accepts should be known before its limits are written in a unit that it may not take.
            await asyncio.wait({learning}, timeout=LEARNING_PATIENCE_S)
            if not learning.done():
                await self._glance()
            self._host.ready(self._connection)
            set_up = await learning
        finally:
            learning.cancel()
        # Limits go first: there is one call at a time, and the rest can wait.
        await asyncio.sleep(SETTLE_S)
        for step in (set_up, self._manners.refresh):
            if step is not None:
                await self._try(step())
        self.preparing.came_in()
        # Some tell nothing of themselves unless they are asked.
        while (poll_s := self.quirks().poll_s) > 0:
            await asyncio.sleep(poll_s)
            await self._try(self._manners.refresh())

    async def _wait_for_adoption(self) -> None:
        """Find out what the station is, for the card that announces it, and wait for the owner."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._booted.wait(), QUIET_PERIOD_S)
        if not self._booted.is_set():
            if self._host.may_ask(self._identity):
                await self._ask_to_boot()
            self._host.introduced(self._connection, None)
        await self._adopted.wait()
        # Otherwise it learns of its adoption only when it asks again, half a minute later; and until then it takes little.
        self._booted.clear()
        await self._ask_to_boot()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._booted.wait(), QUIET_PERIOD_S)

    async def _ask_to_boot(self) -> None:
        if self.quirks().triggers_boot:
            await self._try(self._manners.ask_to_boot())

    async def _wait_until_it_listens(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._spoke.wait(), QUIET_PERIOD_S)
        if not self._booted.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._booted.wait(), SETTLE_S)

    async def _glance(self) -> None:
        """Learn what limits need of a station that takes long to tell the rest."""
        try:
            async with asyncio.timeout(GLANCE_PATIENCE_S):
                self.learn(await self._manners.glance())
        except EvenloadError as error:
            self._note(error)
        except TimeoutError:
            # It answers nothing now. Limits wait in line for the same answer.
            return

    async def _learn_once(self) -> Callable[[], Awaitable[None]] | None:
        """Read what the station can do, unless that was done for this firmware; None when it was or fails."""
        firmware = self._host.info(self._identity).firmware
        source, known = self._source(firmware), self.capabilities()
        heard = {known.learnt_from, *known.learnt_before}
        forgets = self.quirks().set_up_every_boot and self._booted.is_set()
        if source in heard and not forgets:
            return None
        try:
            learnt, set_up = await self._manners.learn(source)
        except EvenloadError as error:
            self._note(error)
            return None
        # A station that speaks now one version and now another is not read at every change.
        others = {_source(firmware, version) for version in OcppVersion} - {source}
        self.learn(replace(learnt, learnt_before=tuple(sorted(others & heard))))
        return set_up

    def _source(self, firmware: str | None) -> str:
        return _source(firmware, self._connection.version)

    async def _prepare_v2x(self) -> None:
        await self._try(self._manners.prepare_v2x())

    async def _try(self, step: Awaitable[None]) -> None:
        try:
            await step
        except EvenloadError as error:
            self._note(error)

    def _note(self, error: EvenloadError) -> None:
        _LOGGER.debug(
            "Bringing in %s: %s", masked(self._identity), type(error).__name__
        )


def _source(firmware: str | None, version: OcppVersion) -> str:
    """Return what is learnt from: a firmware, and the version of OCPP where it is not the oldest."""
    named = "" if version is OcppVersion.V16 else f" (OCPP {version})"
    return f"{firmware or ''}{named}".strip()


def _registration(status: str, interval_s: int) -> dict[str, Any]:
    """Return the answer to BootNotification."""
    return {"status": status, "currentTime": now_text(), "interval": interval_s}
