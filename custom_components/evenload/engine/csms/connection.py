"""One connection to one station: frames in, answers out (OCPP-J 1.6 §4)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
import logging
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed

from ..model.errors import NotConnected
from ..model.identity import masked
from ..model.security import Entrance, Protection
from ..model.stations import OcppVersion
from .commands import Commands
from .door.admission import Allowance
from .exchange import Exchange, check
from .frames import (
    UNKNOWN_ID,
    Call,
    CallError,
    CallFault,
    CallResult,
    Ignored,
    ResultError,
    Send,
    dump_error,
    parse,
)
from .framing import FRAMINGS, Fault
from .host import Above
from .line import Rank
from .replies import Replies
from .schemas import Schemas
from .tolerance import mend
from .turns import Turns
from .wire import Socket, Wire

_LOGGER = logging.getLogger(__name__)

type Handler = Callable[[dict[str, Any]], dict[str, Any] | Awaitable[dict[str, Any]]]


class Adapter(Protocol):
    """What one version of OCPP brings to a connection."""

    @property
    def version(self) -> OcppVersion:
        """The version itself."""

    @property
    def schemas(self) -> Schemas:
        """The version's schemas."""

    @property
    def commands(self) -> Commands:
        """What can be asked of the station."""

    def handler(self, action: str) -> Handler | None:
        """Return what answers an action, or None when the version has no such action from a station."""

    def answer_delay_s(self, call: Call) -> float:
        """Return how long the answer to a call is to wait, in seconds."""

    def spoke(self) -> None:
        """Tell that the station has sent a call."""

    def admitted(self) -> None:
        """Tell that the station was adopted while it was connected."""

    def permitted(self) -> None:
        """Tell that the owner may have changed what the station's vehicles may feed back."""

    async def live(self) -> None:
        """Do what is to be done of one's own accord while the connection is open; cancelled when it ends."""


class Connection:
    """One websocket of one station."""

    def __init__(
        self,
        socket: Socket,
        identity: str,
        address: str,
        build: Callable[[Connection], Adapter],
        turns: Turns | None = None,
    ) -> None:
        """Take over an open websocket; all that share `turns` have their frames dealt with in turn."""
        self.identity = identity
        self.address = address
        self.entrance = Entrance(address)
        self.last_heard = asyncio.get_running_loop().time()
        self.answers_pings = False
        self._wire = Wire(socket, identity)
        self._turns = turns or Turns()
        self._exchange = Exchange(identity, self._wire.send)
        self._allowance: Allowance | None = None
        self._replies = Replies(self._wire)
        self._lift: Callable[[], None] | None = None
        self.adapter = build(self)

    @property
    def version(self) -> OcppVersion:
        """The version of OCPP that both agreed on."""
        return self.adapter.version

    @property
    def commands(self) -> Commands:
        """What can be asked of the station."""
        return self.adapter.commands

    def proved(self, protection: Protection) -> None:
        """Take it that what the station showed of its own accord is its own."""
        self.entrance = replace(self.entrance, protection=protection)

    def bound(self, lift: Callable[[], None]) -> None:
        """Bound how much a pending station may send; `lift` is called when it is adopted."""
        self._allowance = Allowance(asyncio.get_running_loop().time())
        self._lift = lift

    def admitted(self) -> None:
        """Lift the bounds: the station was adopted."""
        self._allowance = None
        if self._lift is not None:
            self._lift()
        self.adapter.admitted()

    def relay_to(self, above: Above) -> None:
        """Have somebody told all that the station says from now on."""
        self._replies.above = above

    def permitted(self) -> None:
        """Let the station be made ready for what it may feed back now."""
        self.adapter.permitted()

    async def run(self) -> str:
        """Serve the station until the websocket closes; returns why it did."""
        life = asyncio.create_task(
            self.adapter.live(), name=f"evenload {masked(self.identity)}"
        )
        life.add_done_callback(self._lived)
        try:
            while True:
                message = await self._wire.receive()
                self.last_heard = asyncio.get_running_loop().time()
                await self._turns.take()
                if self._is_too_much():
                    self.hang_up(
                        1008, "Too many messages for a station that is not adopted"
                    )
                elif self._wire.is_open:
                    await self._receive(message)
        except ConnectionClosed as closed:
            return str(closed)
        finally:
            self._wire.end()
            life.cancel()
            self._replies.end()
            await asyncio.gather(life, return_exceptions=True)
            self._exchange.end()

    async def call(
        self,
        action: str,
        payload: dict[str, Any],
        timeout_s: float | None = None,
        *,
        urgent: bool = False,
    ) -> dict[str, Any]:
        """Send a call and return the answer's payload; an urgent one goes before all that wait.

        Raises:
            InvalidRequest: the payload does not fit the schema; nothing was sent.
            NotConnected: the connection is, or goes, down.
            StationSilent: no answer within `timeout_s` seconds (10 when None).
            StationRefused: the station answered with CALLERROR.

        """
        check(self.adapter.schemas, action, payload)
        rank = Rank.LIMIT if urgent else None
        return await self._exchange.call(action, payload, timeout_s, rank=rank)

    async def call_latest(
        self, action: str, payload: dict[str, Any], is_wanted: Callable[[], bool]
    ) -> dict[str, Any]:
        """Send a call behind limits and before all else, if it is still wanted then, and return the answer's payload.

        Raises:
            Outdated: it is not; nothing was sent.
            All that `call` raises.

        """
        check(self.adapter.schemas, action, payload)
        return await self._exchange.call(
            action, payload, None, rank=Rank.SETPOINT, is_wanted=is_wanted
        )

    async def ping(self) -> None:
        """Send a ping; the pong, if any, counts as being heard."""
        with suppress(NotConnected):
            pong = asyncio.ensure_future(await self._wire.ping())
            pong.add_done_callback(self._ponged)

    def _ponged(self, pong: asyncio.Future[float]) -> None:
        if not pong.cancelled() and pong.exception() is None:
            self.answers_pings = True
            self.last_heard = asyncio.get_running_loop().time()

    def frames(self) -> list[dict[str, str]]:
        """Return the last frames, secrets removed."""
        return self._wire.frames()

    def hang_up(self, code: int, reason: str) -> None:
        """Close the connection, without waiting for it."""
        self._wire.hang_up(code, reason)

    def _is_too_much(self) -> bool:
        return self._allowance is not None and not self._allowance.take(self.last_heard)

    def _lived(self, life: asyncio.Task[None]) -> None:
        """A mistake of ours must not pass unseen; the station is still answered."""
        if not life.cancelled() and (error := life.exception()) is not None:
            _LOGGER.error("Serving %s failed", masked(self.identity), exc_info=error)

    async def _receive(self, message: str | bytes) -> None:
        """Deal with one frame; nothing that a station sends may end its connection."""
        call_id: str | int = UNKNOWN_ID
        try:
            match frame := parse(message, FRAMINGS[self.version]):
                case Call():
                    call_id = frame.id
                    said, answer = await self._answer(frame)
                    delay_s = self.adapter.answer_delay_s(frame)
                    call = Call(frame.id, frame.action, said)
                    await self._replies.give(call, answer, self.version, delay_s)
                case CallResult() | CallError():
                    self._exchange.resolve(frame)
                case Send():
                    await self._hear(frame)
                case ResultError():
                    self._misread(frame)
        except Ignored as ignored:
            _LOGGER.debug("Ignored a frame of %s: %s", masked(self.identity), ignored)
        except CallFault as fault:
            await self._refuse(
                call_id if fault.call_id == UNKNOWN_ID else fault.call_id, fault
            )
        except NotConnected:
            # The answer has nobody to go to; recv() ends the loop.
            return
        except Exception:
            _LOGGER.exception("Answering %s failed", masked(self.identity))
            await self._refuse(
                call_id, CallFault(Fault.INTERNAL, "The message could not be processed")
            )

    async def _hear(self, send: Send) -> None:
        """Take in what wants no answer, not even that it was wrong (2.1 part 4 §4.2.5)."""
        if send.action not in FRAMINGS[self.version].sends:
            raise Ignored(f"{send.action[:50]} is not said without an answer")
        try:
            await self._answer(Call(send.id, send.action, send.payload))
        except CallFault as fault:
            raise Ignored(str(fault)) from fault

    def _misread(self, error: ResultError) -> None:
        """Note that the station could not read an answer of ours (2.1 part 4 §4.2.4)."""
        _LOGGER.warning(
            "%s could not read an answer: %s", masked(self.identity), error.code[:50]
        )

    async def _answer(self, call: Call) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what was said, mended, and the answer to it."""
        self.adapter.spoke()
        handler = self.adapter.handler(call.action)
        if handler is None:
            known = call.action in self.adapter.schemas.actions
            fault = Fault.NOT_SUPPORTED if known else Fault.NOT_IMPLEMENTED
            raise CallFault(fault, f"{call.action[:50]} is not answered here")
        said = mend(self.adapter.schemas, call.action, call.payload)
        answer = handler(said)
        return said, answer if isinstance(answer, dict) else await answer

    async def _refuse(self, call_id: str | int, fault: CallFault) -> None:
        _LOGGER.debug("Refused a frame of %s: %s", masked(self.identity), fault)
        with suppress(NotConnected):
            code = FRAMINGS[self.version].code(fault.fault)
            await self._wire.send(dump_error(call_id, code, fault.description))
