"""Opening a websocket as a station does: address, subprotocols, credentials, certificates (OCPP-J 1.6 §3.1, §6; 2.0.1 part 4 §3)."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import random
import ssl
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame as WebSocketFrame, Opcode

from simulator.faults import Faults


@dataclass
class BackOff:
    """How long to wait before dialling again: twice as long after each failure, up to a last value."""

    first_s: float = 1.0
    last_s: float = 30.0
    spread_s: float = 0.0

    def after(self, failures: int) -> float:
        """Seconds to wait after so many failures."""
        wait_s = min(self.last_s, self.first_s * (1 << min(failures, 20)))
        return wait_s + random.random() * self.spread_s


@dataclass
class Dial:
    """What a station knows of the central system that it dials."""

    url: str
    identity: str
    subprotocols: Sequence[str]
    password: str | None = None
    tls: ssl.SSLContext | None = None
    ping_interval_s: float | None = None
    shows_certificate: bool = False

    def security_profile(self) -> str:
        """Which of the security profiles this amounts to; 0 is none (A00)."""
        if not self.url.startswith("wss:"):
            return "0" if self.password is None else "1"
        return "3" if self.shows_certificate else "2"

    def open(self, faults: Faults) -> connect:
        """Dial."""
        headers = {}
        if self.password is not None:
            credentials = f"{self.identity}:{self.password}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(credentials).decode()}"
        offered = [] if faults.offers_no_subprotocol else list(self.subprotocols)
        return connect(
            f"{self.url.rstrip('/')}/{quote(self.identity, safe='')}",
            subprotocols=offered or None,  # type: ignore[arg-type]
            additional_headers=headers,
            ssl=self.tls if self.url.startswith("wss:") else None,
            ping_interval=self.ping_interval_s,
            open_timeout=10,
            close_timeout=2,
            proxy=None,
        )


def may_go_deaf(socket: ClientConnection, faults: Faults) -> None:
    """Let the faults decide about answers to pings, which the library gives by itself."""
    send_frame = socket.protocol.send_frame

    def send_unless_deaf(frame: WebSocketFrame) -> None:
        if not (frame.opcode is Opcode.PONG and faults.deaf_to_pings):
            send_frame(frame)

    socket.protocol.send_frame = send_unless_deaf  # type: ignore[method-assign]


def trust(
    authority: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
) -> ssl.SSLContext:
    """Security profiles 2 and 3: whom the station trusts, and with a certificate of its own who it is (A00.FR.3, A00.FR.4)."""
    context = ssl.create_default_context(cafile=authority)
    if certificate:
        context.load_cert_chain(certificate, key)
    return context
