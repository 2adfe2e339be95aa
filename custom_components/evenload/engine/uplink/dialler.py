"""The connection to a CSMS above: dialled again and again, with calls and answers both ways (OCPP-J 1.6 §3, 2.x part 4 §3)."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
import contextlib
import logging
from random import uniform
import ssl
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    InvalidURI,
)
from websockets.typing import Subprotocol

from ..csms.exchange import Exchange
from ..csms.frames import (
    UNKNOWN_ID,
    Call,
    CallError,
    CallFault,
    CallResult,
    Ignored,
    dump_error,
    dump_result,
    parse,
)
from ..csms.framing import FRAMINGS, Fault
from ..model.errors import EvenloadError, NotConnected
from ..model.identity import masked
from ..model.stations import OcppVersion
from ..model.uplink import UplinkConfig

_LOGGER = logging.getLogger(__name__)

SUBPROTOCOLS = {
    OcppVersion.V16: "ocpp1.6",
    OcppVersion.V201: "ocpp2.0.1",
    OcppVersion.V21: "ocpp2.1",
}

# Between two tries, in seconds: from the first to the last, each longer than the one before, and none quite the same.
FIRST_RETRY_S, LAST_RETRY_S = 1.0, 60.0

# So long the other side has for its goodbye.
CLOSE_S = 2.0

# A connection that lasted so long was a good one: the next try comes soon.
GOOD_S = 60.0

# One call is outstanding at a time (OCPP-J 1.6 §4.1.1). Who sends more is read no further while so many are in hand.
MOST_IN_HAND = 16

# RFC 6585 §4, and RFC 9110 §15.6: from there on it is the server that cannot.
_TOO_MANY, _THEIR_FAULT = 429, 500

type Answer = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


class Dialler:
    """One station's connection upward."""

    def __init__(
        self,
        config: UplinkConfig,
        wanted: Callable[[], Awaitable[None]],
        serve: Callable[[], Awaitable[None]],
        answer: Answer,
        lost: Callable[[str, bool], None],
    ) -> None:
        """Dial nowhere yet.

        `wanted` returns when there is a station to speak for, `serve` runs while a connection is open, `answer` answers calls, `lost` hears why there is none, and whether the
        other side has said no.
        """
        self._config = config
        self._wanted = wanted
        self._serve = serve
        self._answer = answer
        self._lost = lost
        self._exchange: Exchange | None = None
        self._socket: ClientConnection | None = None
        self._answering: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Dial, serve, and dial again, until cancelled."""
        loop, wait_s = asyncio.get_running_loop(), FIRST_RETRY_S
        while True:
            await self._wanted()
            began, refused = loop.time(), False
            try:
                reason = await self._once()
            except (InvalidHandshake, InvalidURI, ssl.SSLError, ValueError) as error:
                # Those of TLS are errors of the system, too.
                reason, refused = str(error), not _passes(error)
            except (OSError, TimeoutError, ConnectionClosed) as error:
                reason = str(error) or type(error).__name__
            self._lost(reason, refused)
            if loop.time() - began > GOOD_S:
                wait_s = FIRST_RETRY_S
            await asyncio.sleep(wait_s * uniform(0.75, 1.25))  # not a secret
            wait_s = min(LAST_RETRY_S, wait_s * 2)

    async def call(
        self, action: str, payload: dict[str, Any], timeout_s: float | None = None
    ) -> dict[str, Any]:
        """Call, and return the answer's payload. Raises `NotConnected`, `StationSilent` or `StationRefused` of the other side."""
        if self._exchange is None:
            raise NotConnected(self._config.identity)
        return await self._exchange.call(action, payload, timeout_s)

    def hang_up(self) -> None:
        """Let the connection go; it is dialled anew."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _once(self) -> str:
        config = self._config
        context = None
        if config.url.startswith("wss:"):
            context = await asyncio.to_thread(_context, config)
        url = f"{config.url.rstrip('/')}/{quote(config.identity, safe='')}"
        async with connect(
            url,
            subprotocols=[Subprotocol(SUBPROTOCOLS[config.version])],
            additional_headers=_authorization(config),
            ssl=context,
            max_size=2**20,
            # It takes longer than all else here, and memory for each station; messages are small.
            compression=None,
            open_timeout=20,
            close_timeout=CLOSE_S,
            ping_interval=60,
        ) as socket:
            if socket.subprotocol != SUBPROTOCOLS[config.version]:
                raise ValueError(f"It does not speak OCPP {config.version}")
            self._socket = socket

            async def send(text: str) -> None:
                try:
                    await socket.send(text)
                except ConnectionClosed:
                    raise NotConnected(config.identity) from None

            self._exchange = exchange = Exchange(config.identity, send)
            serving = asyncio.ensure_future(self._serve())
            serving.add_done_callback(self._served)
            try:
                while True:
                    await self._receive(socket, exchange, await socket.recv())
            except ConnectionClosed as closed:
                return str(closed)
            except asyncio.CancelledError:
                # Else it would be closed as if something had gone wrong.
                await socket.close(1001, "The station is not spoken for any more")
                raise
            finally:
                self._exchange = self._socket = None
                exchange.end()
                serving.cancel()
                for task in self._answering:
                    task.cancel()
                await asyncio.gather(serving, *self._answering, return_exceptions=True)

    def _served(self, serving: asyncio.Future[None]) -> None:
        """Let go of a connection over which nothing is told any more."""
        if serving.cancelled():
            return
        error = serving.exception()
        if error is not None and not isinstance(
            error, EvenloadError | ConnectionClosed
        ):
            _LOGGER.error(
                "Telling of %s failed", masked(self._config.identity), exc_info=error
            )
        self.hang_up()

    async def _receive(
        self, socket: ClientConnection, exchange: Exchange, text: str | bytes
    ) -> None:
        try:
            match frame := parse(text, FRAMINGS[self._config.version]):
                case Call():
                    # However many come at once: stations, meters and limits have their turn between them, and so has who waits for an answer that came
                    # just before: a call may name what that has named.
                    await asyncio.sleep(0)
                    # It may take a while, and answers to what we ask come meanwhile.
                    while len(self._answering) >= MOST_IN_HAND:
                        await asyncio.wait(
                            self._answering, return_when=asyncio.FIRST_COMPLETED
                        )
                    task = asyncio.create_task(self._reply(socket, frame))
                    self._answering.add(task)
                    task.add_done_callback(self._answering.discard)
                case CallResult() | CallError():
                    exchange.resolve(frame)
                case _:
                    _LOGGER.debug("Nothing that is said to a station")
        except Ignored as ignored:
            _LOGGER.debug("Ignored a frame from above: %s", ignored)
        except CallFault as fault:
            await self._refuse(socket, fault.call_id or UNKNOWN_ID, fault)

    async def _reply(self, socket: ClientConnection, call: Call) -> None:
        try:
            text = dump_result(call.id, await self._answer(call.action, call.payload))
        except CallFault as fault:
            await self._refuse(socket, call.id, fault)
            return
        except EvenloadError as error:
            _LOGGER.debug("Answering above: %s", type(error).__name__)
            await self._refuse(
                socket, call.id, CallFault(Fault.GENERIC, "The station does not answer")
            )
            return
        with contextlib.suppress(ConnectionClosed):
            await socket.send(text)

    async def _refuse(
        self, socket: ClientConnection, call_id: str | int, fault: CallFault
    ) -> None:
        code = FRAMINGS[self._config.version].code(fault.fault)
        with contextlib.suppress(ConnectionClosed):
            await socket.send(dump_error(call_id, code, fault.description))


def _passes(error: Exception) -> bool:
    """Whether an error says nothing of who is refused: the other side is overloaded or not there, or broke off."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        return status == _TOO_MANY or status >= _THEIR_FAULT
    return isinstance(
        error,
        InvalidMessage | ssl.SSLEOFError | ssl.SSLSyscallError | ssl.SSLZeroReturnError,
    )


def _authorization(config: UplinkConfig) -> dict[str, str]:
    """Return how the station proves itself (HTTP Basic, RFC 7617)."""
    if not config.password:
        return {}
    name = config.username or config.identity
    secret = base64.b64encode(f"{name}:{config.password}".encode()).decode()
    return {"Authorization": f"Basic {secret}"}


def _context(config: UplinkConfig) -> ssl.SSLContext:
    """Return how an encrypted connection is made. Raises `OSError` or `ssl.SSLError`."""
    context = ssl.create_default_context(cafile=config.authority)
    if config.certificate is not None:
        context.load_cert_chain(config.certificate, config.private_key)
    return context
