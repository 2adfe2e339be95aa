"""OCPP 2.0.1 and 2.1 on one connection: what is answered, what is asked, and what happens of one's own accord."""

from collections.abc import Awaitable, Callable
import contextlib
from dataclasses import replace
from functools import partial

from ...model.capabilities import Capabilities
from ...model.errors import EvenloadError, StationRefused
from ...model.stations import OcppVersion
from ..connection import Connection, Handler
from ..discharging.preparing import (
    MEASURANDS as V2X_MEASURANDS,
    SAMPLE_INTERVAL_S as V2X_INTERVAL_S,
)
from ..frames import Call
from ..host import Host
from ..onboarding import Onboarding
from ..schemas import schemas
from .commands import Commands2
from .device_model import DeviceModel
from .editions import EDITIONS
from .inbound import Inbound
from .learning import FOR_LIMITS, glanced, learnt, missing
from .reports import Reports
from .setting_up import INTERVAL, OUTER, SAMPLED, allow_limits, set_up
from .v2x_learning import abilities, switches, wanted as wanted_of
from .variables import BOUNDS
from .vehicles import Vehicles


class Adapter2:
    """The 2.x side of a connection."""

    def __init__(
        self, version: OcppVersion, connection: Connection, host: Host
    ) -> None:
        """Serve one connection."""
        edition = EDITIONS[version]
        self.version = version
        self.schemas = schemas(version)
        self._identity = connection.identity
        self._host = host
        self._model = DeviceModel()
        self._reports = Reports()
        self._vehicles = Vehicles()
        self._onboarding = Onboarding(connection, host, self)
        self.commands = Commands2(
            connection,
            self._onboarding.knowledge,
            edition,
            self._model,
            self._reports,
        )
        self._inbound = Inbound(
            connection,
            host,
            self._model,
            self._reports,
            edition,
            self._vehicles,
            allow=self.commands.allow_transfer,
            cap=self.commands.cap_discharge,
            v2x_changed=self._onboarding.preparing.changed,
            clock=self._onboarding.clock,
            booted=self._onboarding.booted,
            pulled=self.commands.pulled,
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
        is_start = (
            call.action == "TransactionEvent"
            and call.payload.get("eventType") == "Started"
        )
        return self._onboarding.quirks().start_answer_delay_s if is_start else 0.0

    async def ask_to_boot(self) -> None:
        """Ask the station to say what it is."""
        await self.commands.trigger("BootNotification")

    async def glance(self) -> Capabilities:
        """Ask how limits are to be written, and turn them on: an inventory may take a minute."""
        await self.commands.variables.read(FOR_LIMITS)
        await allow_limits(self._identity, self.commands.variables, self._model)
        return glanced(self._model, self._onboarding.capabilities())

    async def learn(
        self, source: str
    ) -> tuple[Capabilities, Callable[[], Awaitable[None]]]:
        """Read the station's device model; what its inventory does not hold is asked for singly."""
        variables = self.commands.variables
        full = await self.commands.inventory.read(self._model)
        if wanted := missing(self._model, full=full):
            try:
                await variables.read(wanted)
            except EvenloadError:
                if not len(self._model):
                    raise
        await allow_limits(self._identity, variables, self._model)
        # What limits have taught meanwhile stays.
        known = self._onboarding.capabilities()
        return learnt(self._model, known, source), self._set_up

    async def _set_up(self) -> None:
        """Write what differs; what the model has taught is kept elsewhere."""
        await set_up(self._identity, self.commands.variables, self._model)
        self._model.keep(BOUNDS)

    async def prepare_v2x(self) -> None:
        """Read what the station can do of discharging, turn that on, and have it measure what flows out."""
        variables, model = self.commands.variables, self._model
        evses = sorted(self._host.v2g(self._identity))
        await variables.read([*wanted_of(evses), *SAMPLED, *OUTER, INTERVAL])
        if off := switches(model, evses):
            await variables.write(dict.fromkeys(off, "true"))
        known = self._onboarding.capabilities()
        found = abilities(model, known)
        await set_up(self._identity, variables, model, V2X_MEASURANDS, V2X_INTERVAL_S)
        model.keep(BOUNDS)
        # What limits have taught meanwhile stays.
        self._onboarding.learn(replace(self._onboarding.capabilities(), v2x=found))
        self._inbound.v2x_learnt()

    def withdraw_v2x(self) -> None:
        """Take from the station what only concerned discharging."""
        self._inbound.v2x_withdrawn()

    async def refresh(self) -> None:
        """Ask how things stand: a station that reconnects tells only what changed meanwhile."""
        for evse in range(1, (self._onboarding.capabilities().evses or 1) + 1):
            for message in ("StatusNotification", "TransactionEvent", "MeterValues"):
                # Without a transaction there is none to tell of (F06.FR.07).
                with contextlib.suppress(StationRefused):
                    await self.commands.trigger(message, evse)


Adapter201 = partial(Adapter2, OcppVersion.V201)
Adapter21 = partial(Adapter2, OcppVersion.V21)
