"""The ports that stations dial: one without encryption, one with it, or both."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
import errno
import logging

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ...model.configuration import ListenerConfig
from ...model.errors import ListenerError
from .admission import ADOPTED_FRAME_BYTES
from .doorstep import Doorstep, OnFailure, plain_connections
from .tls import Tls

# Port scanners and browsers end in failed handshakes; the library would log each with a traceback.
_SOCKET_LOGGER = logging.getLogger(f"{__name__}.websocket")
_SOCKET_LOGGER.setLevel(logging.CRITICAL)

# Home Assistant waits for this when it stops.
CLOSE_PATIENCE_S = 4.0

# A crowd of stations comes in the same moment, and is met one after the other.
_BACKLOG = 512

type Serve = Callable[[ServerConnection], Awaitable[None]]
type Answer = Callable[[ServerConnection, Request], Awaitable[Response | None]]
type Select = Callable[[ServerConnection, Sequence[Subprotocol]], Subprotocol | None]


class Ports:
    """Opens and closes them."""

    def __init__(self, config: ListenerConfig, on_failure: OnFailure) -> None:
        """Keep what is needed; `on_failure` hears of those who could not agree on encryption."""
        self._config = config
        self._on_failure = on_failure
        self._plain: Server | None = None
        self._encrypted: Server | None = None
        self._doorstep: Doorstep | None = None
        # The certificate in use; None where nothing is encrypted, or before opening.
        self.tls: Tls | None = None

    @property
    def port(self) -> int:
        """The port that is open, or the one that was asked for; without encryption where there are two."""
        return _port_of(self._plain) or _port_of(self._encrypted) or self._config.port

    @property
    def tls_port(self) -> int | None:
        """The port with encryption that is open, or the one that was asked for."""
        return _port_of(self._encrypted) or self._config.encrypted_port

    async def open(self, handler: Serve, answer: Answer, select: Select) -> None:
        """Open them.

        Raises:
            ListenerError: `address_in_use`, `cannot_bind` or `invalid_certificate`.

        """
        config = self._config
        if config.encrypted_port is not None:
            loop = asyncio.get_running_loop()
            self.tls = await loop.run_in_executor(None, Tls, config)
            self._doorstep = Doorstep(self.tls, self._on_failure)
        try:
            if config.plain_port is not None:
                self._plain = await self._open_one(
                    config.plain_port,
                    plain_connections(self._on_failure),
                    (handler, answer, select),
                )
            if config.encrypted_port is not None and self._doorstep is not None:
                self._encrypted = await self._open_one(
                    config.encrypted_port,
                    self._doorstep.connections(),
                    (handler, answer, select),
                )
        except ListenerError:
            await self.close()
            raise

    async def close(self) -> None:
        """Close them and every connection (1001)."""
        servers = [one for one in (self._plain, self._encrypted) if one is not None]
        self._plain = self._encrypted = None
        if self._doorstep is not None:
            self._doorstep.clear()
        await asyncio.gather(*(_close(server) for server in servers))

    async def _open_one(
        self,
        port: int,
        connections: type[ServerConnection],
        way: tuple[Serve, Answer, Select],
    ) -> Server:
        handler, answer, select = way
        try:
            return await serve(
                handler,
                self._config.host,
                port,
                create_connection=connections,
                process_request=answer,
                select_subprotocol=select,
                compression=None,
                # Not every station answers pings: the adapter watches the connection itself.
                ping_interval=None,
                close_timeout=2,
                max_size=ADOPTED_FRAME_BYTES,
                server_header=None,
                logger=_SOCKET_LOGGER,
                backlog=_BACKLOG,
            )
        except OSError as error:
            key = "address_in_use" if error.errno == errno.EADDRINUSE else "cannot_bind"
            raise ListenerError(
                key, self._config.host, port, error.strerror or ""
            ) from error


async def _close(server: Server) -> None:
    sockets = tuple(server.connections)
    server.close()
    try:
        async with asyncio.timeout(CLOSE_PATIENCE_S):
            await server.wait_closed()
    except TimeoutError:
        # Who does not read does not read a goodbye.
        for socket in sockets:
            socket.transport.abort()
        await server.wait_closed()


def _port_of(server: Server | None) -> int | None:
    if server is not None:
        for socket in server.sockets:
            return int(socket.getsockname()[1])
    return None
