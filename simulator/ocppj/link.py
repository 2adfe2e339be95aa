"""The websocket to the central system: dial, redial, one call at a time (OCPP-J 1.6 §3, §4; 2.0.1 part 4 §3, §4)."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
import logging
from typing import Any
import uuid

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.frames import CloseCode

from simulator.clock import Clock, within
from simulator.faults import Faults
from simulator.ocppj.aftermath import Aftermath
from simulator.ocppj.dialling import BackOff, Dial, may_go_deaf
from simulator.ocppj.frames import (
    Call,
    CallError,
    ErrorReply,
    Frame,
    FrameError,
    Payload,
    Result,
    ResultError,
    Send,
    decode,
    encode,
)
from simulator.quirks import Quirk, edited_by

_LOGGER = logging.getLogger(__name__)

CALL_TIMEOUT_S = 30.0
FRAMES_KEPT = 5000

type Serve = Callable[[Call], Coroutine[Any, Any, None]]


class NotConnected(Exception):
    """There is no connection to send on."""


class Link:
    """One station's connection, redialled for as long as the station is on."""

    def __init__(
        self,
        url: str,
        identity: str,
        clock: Clock,
        faults: Faults,
        subprotocols: Sequence[str] = ("ocpp1.6",),
    ) -> None:
        """Prepare to dial; `run` dials."""
        self.identity = identity
        self.dial = Dial(url, identity, tuple(subprotocols))
        self.subprotocol: str | None = None
        self.back_off = BackOff()
        self.aftermath = Aftermath(self, clock)
        self.frames: deque[tuple[str, str]] = deque(maxlen=FRAMES_KEPT)
        self.online = asyncio.Event()
        self.offline = asyncio.Event()
        self.offline.set()
        self.refusal: str | None = None
        self.is_accepted: Callable[[], bool] = lambda: True
        self.on_failure: Callable[[], None] = lambda: None
        self.on_open: Callable[[], Coroutine[Any, Any, None]] | None = None
        self._clock = clock
        self._faults = faults
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._socket: ClientConnection | None = None
        self._pending: dict[str, asyncio.Future[Payload]] = {}
        self._turn = asyncio.Lock()
        self._heard_at_s = 0.0

    async def run(self, serve: Serve) -> None:
        """Hold a connection, hand each call of the central system to `serve`, and redial when it breaks."""
        failures = 0
        try:
            while True:
                await self._wanted.wait()
                try:
                    async with self.dial.open(self._faults) as socket:
                        failures = -1
                        await self._hold(socket, serve)
                except InvalidHandshake as error:
                    self.refusal = str(error)
                except OSError, WebSocketException, TimeoutError:
                    pass
                failures += 1
                if failures:
                    self.on_failure()
                delay_s = self.back_off.after(max(0, failures - 1))
                await self._clock.sleep(self._faults.redials_after_s or delay_s)
        finally:
            self.aftermath.cancel()

    async def call(
        self, action: str, payload: Payload, timeout_s: float = CALL_TIMEOUT_S
    ) -> Payload:
        """Send a call when no other is outstanding and return its answer.

        Raises CallError, TimeoutError or NotConnected.
        """
        quirks = self._faults.about(action, payload, self.is_accepted())
        if self._faults.rewrite:
            payload = self._faults.rewrite(action, payload)
        await self.aftermath.linger(quirks)
        if any(quirk.silent for quirk in quirks):
            self.aftermath.follow(quirks, payload)
            return {}
        call = Call(str(uuid.uuid4()), action, edited_by(quirks, payload))
        return await self._read(call, await self._ask(call, timeout_s, quirks))

    async def call_beside(self, action: str, payload: Payload) -> None:
        """Make a call whose answer nobody waits for."""
        try:
            await self.call(action, payload)
        except CallError, TimeoutError, NotConnected:
            return

    def keep_frames(self, count: int) -> None:
        """Remember only so many of the latest texts, where there are many stations."""
        self.frames = deque(self.frames, maxlen=count)

    async def send(self, frame: Frame) -> None:
        """Send a frame; raises NotConnected."""
        await self.send_raw(encode(frame))

    async def notify(self, action: str, payload: Payload) -> None:
        """Send a message that nobody answers (2.1); raises NotConnected."""
        quirks = self._faults.about(action, payload, self.is_accepted())
        if not any(quirk.silent for quirk in quirks):
            await self.send(Send(str(uuid.uuid4()), action, edited_by(quirks, payload)))
        self.aftermath.follow(quirks, payload)

    async def send_raw(self, data: str | bytes) -> None:
        """Send anything at all; raises NotConnected."""
        if self._socket is None:
            raise NotConnected(self.identity)
        self.frames.append(
            ("sent", data if isinstance(data, str) else data.decode(errors="replace"))
        )
        try:
            await self._socket.send(data)
        except WebSocketException as error:
            raise NotConnected(self.identity) from error

    async def drop(self) -> None:
        """Close the connection, and redial in time."""
        if self._socket:
            await self._socket.close(CloseCode.GOING_AWAY)

    async def cut(self) -> None:
        """Lose the connection without a word, and redial in time."""
        self.sever()

    def sever(self) -> None:
        """Lose the connection as when a cable is pulled: without a closing handshake."""
        if self._socket:
            self._socket.transport.abort()

    def tick(self) -> None:
        """Close what has been silent for too long, if this station does that."""
        patience_s = self._faults.closes_when_idle_s
        if patience_s and self.online.is_set():
            if self._clock.monotonic() - self._heard_at_s >= patience_s:
                self._heard_at_s = self._clock.monotonic()
                self.aftermath.spawn(self.drop())

    @property
    def stays_offline(self) -> bool:
        """Whether it was told not to dial."""
        return not self._wanted.is_set()

    def stay_offline(self) -> None:
        """Do not dial until told to."""
        self._wanted.clear()

    def dial_again(self) -> None:
        """Dial whenever there is no connection."""
        self._wanted.set()

    async def _ask(self, call: Call, timeout_s: float, quirks: list[Quirk]) -> Payload:
        async with self._turn:
            answer = asyncio.get_running_loop().create_future()
            self._pending[call.message_id] = answer
            try:
                await self.send(call)
                self.aftermath.follow(quirks, call.payload)
                return await within(self._clock, answer, timeout_s)
            finally:
                del self._pending[call.message_id]
                if answer.done() and not answer.cancelled():
                    # The connection may have ended while nobody waited for the answer yet, or any more.
                    answer.exception()

    async def _read(self, call: Call, answer: Payload) -> Payload:
        """Take note of an answer, as well as the quirks let it."""
        quirks = self._faults.about(
            f"{call.action}Response", answer, self.is_accepted()
        )
        self.aftermath.follow(quirks, answer)
        await self.aftermath.linger(quirks)
        for quirk in quirks:
            if quirk.error is not None:
                # OCPP 2.1 part 4 §4.2.4: the one who called says that it cannot read the answer.
                await self.send(ResultError(call.message_id, quirk.error))
                raise CallError(quirk.error, "as told")
            if quirk.silent:
                raise TimeoutError(f"{call.action} was answered, but not heard")
        return edited_by(quirks, answer)

    async def _hold(self, socket: ClientConnection, serve: Serve) -> None:
        """Read until the connection ends."""
        may_go_deaf(socket, self._faults)
        self._socket, self.refusal = socket, None
        self.subprotocol = socket.subprotocol
        self._heard_at_s = self._clock.monotonic()
        if self.on_open:
            await self.on_open()
        self.offline.clear()
        self.online.set()
        serving: set[asyncio.Task[None]] = set()
        try:
            async for text in socket:
                self._heard_at_s = self._clock.monotonic()
                plain = text if isinstance(text, str) else text.decode(errors="replace")
                self.frames.append(("received", plain))
                self._receive(text, serve, serving)
        finally:
            for task in serving:
                task.cancel()
            self._socket = None
            self.online.clear()
            self.offline.set()
            for answer in self._pending.values():
                if not answer.done():
                    answer.set_exception(NotConnected(self.identity))

    def _receive(
        self, text: str | bytes, serve: Serve, serving: set[asyncio.Task[None]]
    ) -> None:
        try:
            frame = decode(text)
        except FrameError as error:
            _LOGGER.debug("%s: %s", self.identity, error)
            return
        if isinstance(frame, Call):
            task = asyncio.create_task(serve(frame))
            serving.add(task)
            task.add_done_callback(serving.discard)
            return
        answer = self._pending.get(frame.message_id)
        if answer is None or answer.done():
            return
        if isinstance(frame, Result):
            answer.set_result(frame.payload)
        elif isinstance(frame, ErrorReply):
            answer.set_exception(
                CallError(frame.code, frame.description, frame.details)
            )
