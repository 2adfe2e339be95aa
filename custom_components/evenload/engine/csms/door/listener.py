"""The port that stations dial: handshake, identity, version, TLS. It is independent of every other setting."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from http import HTTPStatus
import logging
import ssl
from typing import Protocol
from urllib.parse import unquote
from weakref import WeakKeyDictionary

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ...model.configuration import ListenerConfig
from ...model.identity import is_valid_identity, masked
from ...model.security import Entrance, TlsFailure
from ...model.stations import OcppVersion
from ..connection import Adapter, Connection
from ..dialects.matching import quirks_of
from ..host import Host
from ..turns import Turns
from .admission import ADOPTED_FRAME_BYTES, PENDING_FRAME_BYTES, Waiting
from .certificates import CertificateFacts
from .doorstep import peer_of
from .gate import Arrival, Gate, Keyring, TurnedAway
from .ports import Ports
from .renewal import Renewal, Told

_LOGGER = logging.getLogger(__name__)

# Newest first: the newest version both speak is chosen (design.md, "Stations").
_SUBPROTOCOLS = {
    "ocpp2.1": OcppVersion.V21,
    "ocpp2.0.1": OcppVersion.V201,
    "ocpp1.6": OcppVersion.V16,
}

# What stands for bytes that are no UTF-8: two stations would end up with one name.
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"

type AdapterFactory = Callable[[Connection, Host], Adapter]


class Guard(Keyring, Told, Protocol):
    """Who knows the keys of the stations, and hears what happens at the ports."""

    def accepts(self, identity: str, entrance: Entrance) -> bool:
        """Whether who came in like this may stay."""

    def not_agreed(self, address: str, failure: TlsFailure) -> None:
        """Tell that somebody could not agree on encryption with this machine."""


class Listener:
    """Accepts stations and serves each until it goes."""

    def __init__(
        self,
        config: ListenerConfig,
        host: Host,
        adapters: dict[OcppVersion, AdapterFactory],
        on_refused: Callable[[str], None],
        guard: Guard,
        now: Callable[[], datetime],
    ) -> None:
        """Keep what is needed; `on_refused` hears why (`identity`, `too_many`) a station was turned away."""
        self._host = host
        self._adapters = adapters
        self._on_refused = on_refused
        self._guard = guard
        self._now = now
        self._gate = Gate(guard)
        self._ports = Ports(config, guard.not_agreed)
        self._waiting = Waiting()
        self._turns = Turns()
        self._renewal: Renewal | None = None
        self._watch: asyncio.Task[None] | None = None
        # How those came in whose handshake is not over.
        self._entering: WeakKeyDictionary[ServerConnection, Entrance] = (
            WeakKeyDictionary()
        )

    @property
    def port(self) -> int:
        """The port that is open, or the one that was asked for; without encryption where there are two."""
        return self._ports.port

    @property
    def tls_port(self) -> int | None:
        """The port with encryption, if there is one."""
        return self._ports.tls_port

    @property
    def certificate(self) -> CertificateFacts | None:
        """What is known of the certificate in use."""
        return None if self._ports.tls is None else self._ports.tls.facts

    async def open(self) -> None:
        """Open the port.

        Raises:
            ListenerError: `address_in_use`, `cannot_bind` or `invalid_certificate`.

        """
        await self._ports.open(
            self._serve, self._process_request, self._select_subprotocol
        )
        if self._ports.tls is not None:
            self._renewal = Renewal(self._ports.tls, self._guard, self._now)
            self._watch = asyncio.create_task(
                self._renewal.watch(), name="evenload certificate"
            )

    async def close(self) -> None:
        """Close the port and every connection (1001)."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        await self._ports.close()

    async def reload_certificate(self) -> None:
        """Use the certificate that the files hold now; nobody is disconnected. Raises `ListenerError`."""
        if self._renewal is not None:
            await self._renewal.reload()

    async def _process_request(
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
        arrival = arrival_of(socket, request, identity)
        if not self._host.is_adopted(identity):
            if not self._waiting.has_room(identity, asyncio.get_running_loop().time()):
                self._on_refused("too_many")
                return socket.respond(
                    HTTPStatus.SERVICE_UNAVAILABLE, "Too many unknown stations\n"
                )
            self._entering[socket] = self._gate.announce(arrival)
            return None
        entrance = await self._gate.judge(arrival)
        if isinstance(entrance, TurnedAway):
            response = socket.respond(entrance.status, entrance.text)
            for name, value in entrance.headers:
                response.headers[name] = value
            return response
        self._entering[socket] = entrance
        return None

    def _select_subprotocol(
        self, socket: ServerConnection, offered: Sequence[Subprotocol]
    ) -> Subprotocol | None:
        """Return the newest common version, before one that the station is known not to master."""
        identity = identity_of(socket.request.path) if socket.request else None
        avoided = quirks_of(self._host.info(identity or "")).avoids
        common = [
            Subprotocol(name)
            for name, version in _SUBPROTOCOLS.items()
            if name in offered and version in self._adapters
        ]
        return min(
            common, key=lambda name: _SUBPROTOCOLS[name] in avoided, default=None
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
        entrance = self._entering.pop(socket, Entrance())
        connection = Connection(
            socket,
            identity,
            entrance.address,
            lambda made: factory(made, self._host),
            self._turns,
        )
        connection.entrance = entrance
        if self._host.is_adopted(identity):
            if not self._guard.accepts(identity, entrance):
                # It was adopted, or its owner required more of it, while it was coming in.
                await socket.close(1012, "Dial again")
                return
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


def arrival_of(socket: ServerConnection, request: Request, identity: str) -> Arrival:
    """Return what somebody shows who says to be this station."""
    transport = socket.transport
    tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
    authorizations = request.headers.get_all("Authorization")
    hosts = request.headers.get_all("Host")
    before = request.path.partition("?")[0].rstrip("/").rpartition("/")[0]
    scheme = "ws" if tls is None else "wss"
    return Arrival(
        identity=identity,
        address=peer_of(transport),
        encrypted=tls is not None,
        authorization=authorizations[0] if len(authorizations) == 1 else None,
        certificate=None if tls is None else tls.getpeercert(binary_form=True),
        url=f"{scheme}://{hosts[0]}{before}/" if hosts else None,
    )
