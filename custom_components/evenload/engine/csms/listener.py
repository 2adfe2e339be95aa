"""The port that stations dial: handshake, identity, version, TLS. It is independent of every other setting."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
import errno
from http import HTTPStatus
import logging
import ssl
from urllib.parse import unquote

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ..model.configuration import ListenerConfig
from ..model.errors import ListenerError
from ..model.identity import is_valid_identity, masked
from ..model.stations import OcppVersion
from .admission import ADOPTED_FRAME_BYTES, PENDING_FRAME_BYTES, Waiting
from .connection import Adapter, Connection
from .host import Host

_LOGGER = logging.getLogger(__name__)

# Port scanners and browsers end in failed handshakes; the library would log each with a traceback.
_SOCKET_LOGGER = logging.getLogger(f"{__name__}.websocket")
_SOCKET_LOGGER.setLevel(logging.CRITICAL)

# Newest first: the newest version both speak is chosen (design.md, "Stations").
_SUBPROTOCOLS = {"ocpp1.6": OcppVersion.V16}

# Home Assistant waits for this when it stops.
CLOSE_PATIENCE_S = 4.0

# What stands for bytes that are no UTF-8: two stations would end up with one name.
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"

type AdapterFactory = Callable[[Connection, Host], Adapter]


class Listener:
    """Accepts stations and serves each until it goes."""

    def __init__(
        self,
        config: ListenerConfig,
        host: Host,
        adapters: dict[OcppVersion, AdapterFactory],
        on_refused: Callable[[str], None],
    ) -> None:
        """Keep what is needed; `on_refused` hears why (`identity`, `too_many`) a station was turned away."""
        self._config = config
        self._host = host
        self._adapters = adapters
        self._on_refused = on_refused
        self._server: Server | None = None
        self._waiting = Waiting()

    @property
    def port(self) -> int:
        """The port that is open, or the one that was asked for."""
        if self._server is not None:
            for socket in self._server.sockets:
                return int(socket.getsockname()[1])
        return self._config.port

    async def open(self) -> None:
        """Open the port.

        Raises:
            ListenerError: `address_in_use`, `cannot_bind` or `invalid_certificate`.

        """
        context = await asyncio.get_running_loop().run_in_executor(
            None, tls_context, self._config
        )
        try:
            self._server = await serve(
                self._serve,
                self._config.host,
                self._config.port,
                ssl=context,
                process_request=self._process_request,
                select_subprotocol=self._select_subprotocol,
                compression=None,
                # Not every station answers pings: the adapter watches the connection itself.
                ping_interval=None,
                close_timeout=2,
                max_size=ADOPTED_FRAME_BYTES,
                server_header=None,
                logger=_SOCKET_LOGGER,
            )
        except OSError as error:
            key = "address_in_use" if error.errno == errno.EADDRINUSE else "cannot_bind"
            raise ListenerError(
                key, self._config.host, self._config.port, error.strerror or ""
            ) from error

    async def close(self) -> None:
        """Close the port and every connection (1001)."""
        if self._server is None:
            return
        sockets = tuple(self._server.connections)
        self._server.close()
        try:
            async with asyncio.timeout(CLOSE_PATIENCE_S):
                await self._server.wait_closed()
        except TimeoutError:
            # Who does not read does not read a goodbye.
            for socket in sockets:
                socket.transport.abort()
            await self._server.wait_closed()
        self._server = None

    def _process_request(
        self, socket: ServerConnection, request: Request
    ) -> Response | None:
        """Refuse what cannot be a station before it costs a websocket."""
        identity = identity_of(request.path)
        if identity is None:
            return socket.respond(
                HTTPStatus.NOT_FOUND, "Dial /<identity of the station>\n"
            )
        if not is_valid_identity(identity) or _UNREADABLE in identity:
            self._on_refused("identity")
            return socket.respond(
                HTTPStatus.BAD_REQUEST, "This identity cannot be used\n"
            )
        if self._host.is_adopted(identity):
            return None
        if not self._waiting.has_room(identity, asyncio.get_running_loop().time()):
            self._on_refused("too_many")
            return socket.respond(
                HTTPStatus.SERVICE_UNAVAILABLE, "Too many unknown stations\n"
            )
        return None

    def _select_subprotocol(
        self, _socket: ServerConnection, offered: Sequence[Subprotocol]
    ) -> Subprotocol | None:
        return next(
            (Subprotocol(name) for name in _SUBPROTOCOLS if name in offered), None
        )

    async def _serve(self, socket: ServerConnection) -> None:
        """Serve one websocket until it closes."""
        request = socket.request
        identity = identity_of(request.path) if request is not None else None
        if request is None or identity is None:
            return
        if socket.subprotocol is None and "Sec-WebSocket-Protocol" in request.headers:
            # OCPP-J 1.6 §3.1.2: complete the handshake without a subprotocol, then close.
            await socket.close(1002, "No common version of OCPP")
            return
        version = _SUBPROTOCOLS.get(socket.subprotocol or "", OcppVersion.V16)
        factory = self._adapters[version]
        address = str(socket.remote_address[0]) if socket.remote_address else ""
        connection = Connection(
            socket, identity, address, lambda made: factory(made, self._host)
        )
        if self._host.is_adopted(identity):
            await self._run(connection)
            return
        now = asyncio.get_running_loop().time()
        if not self._waiting.admit(identity, now):
            await socket.close(1013, "Too many unknown stations")
            return

        # Once it is adopted, or gone, another may wait in its place.
        held = ExitStack()
        held.callback(self._waiting.release, identity)

        def lift() -> None:
            socket.protocol.max_message_size = ADOPTED_FRAME_BYTES
            held.close()

        socket.protocol.max_message_size = PENDING_FRAME_BYTES
        connection.bound(lift)
        with held:
            await self._run(connection)

    async def _run(self, connection: Connection) -> None:
        self._host.opened(connection)
        reason = "failed"
        try:
            reason = await connection.run()
        finally:
            self._host.closed(connection, reason)
            _LOGGER.debug(
                "Connection of %s ended: %s", masked(connection.identity), reason
            )


def identity_of(path: str) -> str | None:
    """Return the station's identity: the last part of the URL's path, decoded (OCPP-J 1.6 §3.1.1)."""
    last = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    return unquote(last, errors="replace") or None


def tls_context(config: ListenerConfig) -> ssl.SSLContext | None:
    """Return the TLS context of the listener, or None where it has no certificate. Reads files.

    Raises:
        ListenerError: `invalid_certificate`.

    """
    if config.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a password OpenSSL would ask for one on the terminal, and wait.
        context.load_cert_chain(config.certificate, config.private_key, password="")
    except (OSError, ssl.SSLError) as error:
        raise ListenerError(
            "invalid_certificate", config.host, config.port, str(error)
        ) from error
    return context
