"""What happens before a station's first word: agreeing on encryption, and noticing why that fails."""

import asyncio
from collections.abc import Callable
import ssl
from typing import ClassVar, cast, override

from websockets.asyncio.server import ServerConnection

from ...model.security import TlsFailure
from .tls import Handshake, Tls

# Some stations take seconds for their part of the arithmetic.
HANDSHAKE_PATIENCE_S = 15.0

# A crowd of stations comes at once after a power cut; who never goes on must not keep them out for long.
HANDSHAKES_AT_ONCE = 300

# How a client that wants encryption begins (RFC 8446 §5.1: a handshake record).
_CLIENT_HELLO = b"\x16\x03"

type OnFailure = Callable[[str, TlsFailure], None]


class Doorstep:
    """The encrypted port's waiting area."""

    def __init__(self, tls: Tls, on_failure: OnFailure) -> None:
        """Encrypt with what `tls` holds at the moment; failures are told with the address that they came from."""
        self._tls = tls
        self._on_failure = on_failure
        self._tasks: dict[asyncio.Task[None], asyncio.Transport] = {}

    def connections(self) -> type[ServerConnection]:
        """Return the connections that wait here."""

        class Here(EncryptedConnection):
            doorstep = self

        return Here

    def clear(self) -> None:
        """Send everybody away who has not come in yet."""
        for transport in self._tasks.values():
            transport.abort()

    def greet(self, connection: EncryptedConnection, plain: asyncio.Transport) -> None:
        """Agree on encryption with who has just come."""
        if len(self._tasks) >= HANDSHAKES_AT_ONCE:
            plain.abort()
            return
        task = asyncio.create_task(self._encrypt(connection, plain))
        self._tasks[task] = plain
        task.add_done_callback(self._tasks.pop)

    async def _encrypt(
        self, connection: EncryptedConnection, plain: asyncio.Transport
    ) -> None:
        address = peer_of(plain)
        handshake = Handshake()
        try:
            transport = await asyncio.get_running_loop().start_tls(
                plain,
                connection,
                self._tls.context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_PATIENCE_S,
                ssl_shutdown_timeout=1.0,
            )
        except (OSError, ssl.SSLError) as error:
            self._on_failure(address, handshake.explained(error))
            plain.abort()
            return
        if transport is not None:
            connection.encrypted(transport)


class EncryptedConnection(ServerConnection):
    """A websocket that begins when its encryption stands."""

    doorstep: ClassVar[Doorstep]

    # What arrives between the last word of the handshake and our hearing of its end; None once that was handed on.
    _early: list[bytes] | None = None
    _is_gone = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the encryption."""
        self._early = []
        plain = cast(asyncio.Transport, transport)
        plain.pause_reading()
        self.doorstep.greet(self, plain)

    def encrypted(self, transport: asyncio.Transport) -> None:
        """Begin."""
        early, self._early = self._early or [], None
        if self._is_gone:
            transport.abort()
            return
        super().connection_made(transport)
        for data in early:
            super().data_received(data)

    @override
    def data_received(self, data: bytes) -> None:
        """Take what the station says."""
        if self._early is None:
            super().data_received(data)
        else:
            self._early.append(data)

    @override
    def eof_received(self) -> None:
        """Note that the station says no more."""
        if self._early is None:
            super().eof_received()
        else:
            self._is_gone = True

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the station has gone."""
        if self._early is None and not self._is_gone:
            super().connection_lost(exc)
        self._is_gone = True


def plain_connections(on_failure: OnFailure) -> type[ServerConnection]:
    """Return websockets that notice when a station wants encryption where there is none."""

    class PlainConnection(ServerConnection):
        _has_spoken = False

        @override
        def data_received(self, data: bytes) -> None:
            if not self._has_spoken and data.startswith(_CLIENT_HELLO):
                on_failure(peer_of(self.transport), TlsFailure.ON_PLAIN_PORT)
            self._has_spoken = True
            super().data_received(data)

    return PlainConnection


def peer_of(transport: asyncio.BaseTransport) -> str:
    """Return where a connection comes from."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if peer else ""
