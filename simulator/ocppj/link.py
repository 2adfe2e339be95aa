"""The websocket to the central system: dial, redial, one call at a time (OCPP-J 1.6 §3, §4)."""

import asyncio
import base64
from collections import deque
from collections.abc import Callable, Coroutine
import logging
import ssl
from typing import Any
from urllib.parse import quote
import uuid

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.frames import CloseCode, Frame as WebSocketFrame, Opcode

from simulator.clock import Clock, within
from simulator.faults import Faults
from simulator.ocppj.frames import (
    Call,
    CallError,
    ErrorReply,
    Frame,
    FrameError,
    Payload,
    Result,
    decode,
    encode,
)

_LOGGER = logging.getLogger(__name__)

SUBPROTOCOL = "ocpp1.6"
CALL_TIMEOUT_S = 30.0
FIRST_REDIAL_S = 1.0
LAST_REDIAL_S = 30.0
FRAMES_KEPT = 5000

type Serve = Callable[[Call], Coroutine[Any, Any, None]]


class NotConnected(Exception):
    """There is no connection to send on."""


class Link:
    """One station's connection, redialled for as long as the station is on."""

    def __init__(self, url: str, identity: str, clock: Clock, faults: Faults) -> None:
        """Prepare to dial; `run` dials."""
        self.address = f"{url.rstrip('/')}/{quote(identity, safe='')}"
        self.identity = identity
        self.password: str | None = None
        self.tls: ssl.SSLContext | None = None
        self.ping_interval_s: float | None = None
        self.frames: deque[tuple[str, str]] = deque(maxlen=FRAMES_KEPT)
        self.online = asyncio.Event()
        self.offline = asyncio.Event()
        self.offline.set()
        self.refusal: str | None = None
        self._clock = clock
        self._faults = faults
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._socket: ClientConnection | None = None
        self._pending: dict[str, asyncio.Future[Payload]] = {}
        self._turn = asyncio.Lock()

    async def run(self, serve: Serve) -> None:
        """Hold a connection, hand each call of the central system to `serve`, and redial when it breaks."""
        delay_s = FIRST_REDIAL_S
        while True:
            await self._wanted.wait()
            try:
                async with self._dial() as socket:
                    delay_s = FIRST_REDIAL_S
                    await self._hold(socket, serve)
            except InvalidHandshake as error:
                self.refusal = str(error)
            except OSError, WebSocketException, TimeoutError:
                pass
            await self._clock.sleep(delay_s)
            delay_s = min(2 * delay_s, LAST_REDIAL_S)

    async def call(
        self, action: str, payload: Payload, timeout_s: float = CALL_TIMEOUT_S
    ) -> Payload:
        """Send a call when no other is outstanding and return its answer.

        Raises CallError, TimeoutError or NotConnected.
        """
        if self._faults.rewrite:
            payload = self._faults.rewrite(action, payload)
        async with self._turn:
            message_id = str(uuid.uuid4())
            answer = asyncio.get_running_loop().create_future()
            self._pending[message_id] = answer
            try:
                await self.send(Call(message_id, action, payload))
                return await within(self._clock, answer, timeout_s)
            finally:
                del self._pending[message_id]
                if answer.done() and not answer.cancelled():
                    # The connection may have ended while nobody waited for the answer yet, or any more.
                    answer.exception()

    async def send(self, frame: Frame) -> None:
        """Send a frame; raises NotConnected."""
        await self.send_raw(encode(frame))

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

    def cut(self) -> None:
        """Lose the connection as when a cable is pulled: without a closing handshake."""
        if self._socket:
            self._socket.transport.abort()

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

    def _dial(self) -> connect:
        headers = {}
        if self.password is not None:
            credentials = f"{self.identity}:{self.password}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(credentials).decode()}"
        return connect(
            self.address,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            additional_headers=headers,
            ssl=self.tls,
            ping_interval=self.ping_interval_s,
            open_timeout=10,
            close_timeout=2,
            proxy=None,
        )

    def _may_go_deaf(self, socket: ClientConnection) -> None:
        """Let the faults decide about answers to pings, which the library gives by itself."""
        send_frame = socket.protocol.send_frame

        def send_unless_deaf(frame: WebSocketFrame) -> None:
            if not (frame.opcode is Opcode.PONG and self._faults.deaf_to_pings):
                send_frame(frame)

        socket.protocol.send_frame = send_unless_deaf  # type: ignore[method-assign]

    async def _hold(self, socket: ClientConnection, serve: Serve) -> None:
        """Read until the connection ends."""
        self._may_go_deaf(socket)
        self._socket, self.refusal = socket, None
        self.offline.clear()
        self.online.set()
        serving: set[asyncio.Task[None]] = set()
        try:
            async for text in socket:
                self.frames.append(
                    (
                        "received",
                        text
                        if isinstance(text, str)
                        else text.decode(errors="replace"),
                    )
                )
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
