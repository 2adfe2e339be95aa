"""OCPP 1.6 on one connection: what is answered, what is asked, and what happens of one's own accord."""

from collections.abc import Awaitable, Callable
import contextlib
from dataclasses import replace
from functools import partial

from ...model.capabilities import Capabilities
from ...model.errors import StationRefused
from ...model.stations import OcppVersion
from ..connection import Connection, Handler
from ..frames import Call
from ..host import Host
from ..onboarding import Onboarding
from ..schemas import schemas
from .commands import Commands16
from .configuration import learn, read, set_up
from .inbound import Inbound
from .v2x_configuration import prepare


class Adapter16:
    """The 1.6 side of a connection."""

    version = OcppVersion.V16

    def __init__(self, connection: Connection, host: Host) -> None:
        """Serve one connection."""
        self.schemas = schemas(OcppVersion.V16)
        self._identity = connection.identity
        self._host = host
        self._onboarding = Onboarding(connection, host, self)
        self.commands = Commands16(connection, self._onboarding.knowledge)
        self._inbound = Inbound(
            connection, host, self._onboarding.clock, self._onboarding.booted
        )
        self.spoke = self._onboarding.spoke
        self.admitted = self._onboarding.admitted
        self.permitted = self._onboarding.preparing.permitted
        self.live = self._onboarding.live

    def handler(self, action: str) -> Handler | None:
        """Return what answers an action."""
        return self._inbound.handler(action)

    def answer_delay_s(self, call: Call) -> float:
        """Return how long the answer to a call is to wait, in seconds."""
        is_start = call.action == "StartTransaction"
        return self._onboarding.quirks().start_answer_delay_s if is_start else 0.0

    async def ask_to_boot(self) -> None:
        """Ask the station to say what it is."""
        await self.commands.trigger("BootNotification")

    async def glance(self) -> Capabilities:
        """Ask nothing more: what limits need is on its way in the one answer, or asked for key by key."""
        return self._onboarding.capabilities()

    async def learn(
        self, source: str
    ) -> tuple[Capabilities, Callable[[], Awaitable[None]]]:
        """Read the station's configuration; returns what it says of it, and what writes what differs."""
        quirks = self._onboarding.quirks()
        settings = await read(self.commands, quirks)
        writing = partial(set_up, self._identity, self.commands, settings, quirks)
        # What limits have taught meanwhile stays.
        return learn(settings, self._onboarding.capabilities(), source), writing

    def withdraw_v2x(self) -> None:
        """Nothing is left in a station of 1.6: setpoints are ended."""

    async def prepare_v2x(self) -> None:
        """Read what the station can do of discharging, and have it measure what flows out."""
        onboarding = self._onboarding
        found = await prepare(
            self._identity,
            self.commands,
            onboarding.capabilities(),
            self._host.v2g(self._identity),
            onboarding.quirks(),
        )
        # What limits have taught meanwhile stays.
        onboarding.learn(replace(onboarding.capabilities(), v2x=found.v2x))

    async def refresh(self) -> None:
        """Ask how things stand: a station that reconnects tells only what changed meanwhile (§4.9)."""
        for evse in range(1, (self._onboarding.capabilities().evses or 1) + 1):
            for message in ("StatusNotification", "MeterValues"):
                with contextlib.suppress(StationRefused):
                    await self.commands.trigger(message, evse)
