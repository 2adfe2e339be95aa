"""The websocket under a connection: what is sent leaves in time or not at all, and the last frames are remembered."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Protocol

from websockets.exceptions import ConnectionClosed

from ..model.errors import NotConnected
from .recollection import Recollection

# So much always finds room behind nothing else, in characters: what is sent is held for a line that is full.
_SMALL = 4096

# A station that has not read for this long what it is sent will not read a goodbye either.
SEND_PATIENCE_S = 5.0


class Socket(Protocol):
    """The part of a websocket that a connection uses."""

    @property
    def transport(self) -> asyncio.WriteTransport:
        """What carries it."""

    async def send(self, message: str) -> None:
        """Send a text frame."""

    async def recv(self) -> str | bytes:
        """Receive a frame."""

    async def ping(self, data: bytes | None = None) -> Awaitable[float]:
        """Send a ping; what is returned is done when the pong comes."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close it."""


class Wire:
    """One websocket of one station."""

    def __init__(self, socket: Socket, identity: str) -> None:
        """Take over an open websocket."""
        self._socket = socket
        self._identity = identity
        self._recollection = Recollection()
        self._closing: asyncio.Task[None] | None = None
        self._later: set[asyncio.Task[None]] = set()
        self.is_open = True

    async def receive(self) -> str | bytes:
        """Wait for a frame. Raises websockets' `ConnectionClosed`."""
        message = await self._socket.recv()
        if self.is_open:
            self._recollection.keep(
                "in",
                message
                if isinstance(message, str)
                else message.decode(errors="replace"),
            )
        return message

    async def send(self, text: str, after_s: float = 0.0) -> None:
        """Send a frame, or see to it that it is sent in a while. Raises `NotConnected`."""
        if not self.is_open:
            raise NotConnected(self._identity)
        if after_s > 0:
            later = asyncio.create_task(self._send_later(text, after_s))
            self._later.add(later)
            later.add_done_callback(self._later.discard)
            return
        self._recollection.keep("out", text)
        if len(text) >= _SMALL or self._socket.transport.get_write_buffer_size():
            await self._patiently(self._socket.send(text))
            return
        # Nothing is in its way: there is nothing to be patient with.
        try:
            await self._socket.send(text)
        except ConnectionClosed:
            raise NotConnected(self._identity) from None

    async def ping(self) -> Awaitable[float]:
        """Send a ping; what is returned is done when the pong comes. Raises `NotConnected`."""
        return await self._patiently(self._socket.ping())

    def hang_up(self, code: int, reason: str) -> None:
        """Close the websocket, without waiting for it."""
        self.is_open = False
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))

    def end(self) -> None:
        """Note that the websocket is closed."""
        self.is_open = False
        for later in self._later:
            later.cancel()

    def frames(self) -> list[dict[str, str]]:
        """Return the last frames, secrets removed."""
        return self._recollection.frames()

    async def _send_later(self, text: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        with suppress(NotConnected):
            await self.send(text)

    async def _close(self, code: int, reason: str) -> None:
        with suppress(NotConnected):
            await self._patiently(self._socket.close(code, reason))

    async def _patiently[T](self, sending: Awaitable[T]) -> T:
        """Wait until something is on its way, but not for ever: a full line would hold up the closing, too."""
        try:
            async with asyncio.timeout(SEND_PATIENCE_S):
                return await sending
        except TimeoutError:
            self.is_open = False
            self._socket.transport.abort()
            raise NotConnected(self._identity) from None
        except ConnectionClosed:
            raise NotConnected(self._identity) from None
