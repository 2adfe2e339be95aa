"""A charging station of a few lines that says exactly what a test wants it to say."""

import asyncio
import base64
from collections.abc import Callable, Sequence
import contextlib
from itertools import count
import json
import ssl
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode

type Payload = dict[str, Any]
type Reply = Payload | Callable[[Payload], Payload | None] | None

PATIENCE_S = 5.0

# The ids of calls that a station makes beside the test; nobody waits for their answers.
ASIDE = "_"

# What the station shows of its configuration; nothing differs from what the house wants.
CONFIGURATION = {
    "NumberOfConnectors": ("1", True),
    "SupportedFeatureProfiles": ("Core,SmartCharging,RemoteTrigger", True),
    "ChargingScheduleAllowedChargingRateUnit": ("Current,Power", True),
    "ChargeProfileMaxStackLevel": ("8", True),
    "MeterValueSampleInterval": ("10", False),
    "HeartbeatInterval": ("60", False),
    "MeterValuesSampledData": (
        "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered",
        False,
    ),
}


def basic(user: str, password: str | bytes) -> str:
    """An Authorization header (RFC 7617); the password may be any bytes (OCPP-J 1.6 §6.2)."""
    secret = password if isinstance(password, bytes) else password.encode()
    return "Basic " + base64.b64encode(user.encode() + b":" + secret).decode()


def configuration(**changes: tuple[str | None, bool] | None) -> Payload:
    """An answer to GetConfiguration; None takes a key out."""
    keys = CONFIGURATION | changes
    return {
        "configurationKey": [
            {"key": key, "readonly": shown[1]}
            | ({} if shown[0] is None else {"value": shown[0]})
            for key, shown in keys.items()
            if shown is not None
        ]
    }


class Dialler:
    """One websocket; `calls` are those that the server made, `answers` what it is answered (None: nothing)."""

    def __init__(
        self,
        port: int,
        identity: str,
        *,
        subprotocols: Sequence[str] | None = ("ocpp1.6",),
        tls: ssl.SSLContext | None = None,
        path: str | None = None,
        pongs: bool = True,
        password: str | bytes | None = None,
        user: str | None = None,
        source: str = "127.0.0.1",
    ) -> None:
        """Prepare to dial.

        `path` instead of the identity; `pongs` False to leave pings unanswered; a `password` is shown as HTTP Basic
        has it (`user` instead of the identity); `source` is the address to dial from.
        """
        scheme = "ws" if tls is None else "wss"
        self.url = (
            f"{scheme}://127.0.0.1:{port}{path or '/' + quote(identity, safe='')}"
        )
        self.identity = identity
        self.calls: list[tuple[str, Payload]] = []
        self.answers: dict[str, Reply] = {"GetConfiguration": configuration()}
        self.received: list[str] = []
        self.close_code: int | None = None
        self.closed = asyncio.Event()
        self._options = {
            "subprotocols": subprotocols,
            "ssl": tls,
            "additional_headers": {}
            if password is None
            else {"Authorization": basic(user or identity, password)},
            "local_addr": (source, 0),
        }
        self._pongs = pongs
        self._socket: ClientConnection
        self._reader: asyncio.Task[None]
        self._ids = count(1)
        self._frames: asyncio.Queue[list[Any]] = asyncio.Queue()
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        """Dial."""
        self._socket = await connect(
            self.url,
            **self._options,
            ping_interval=None,
            proxy=None,
            compression=None,
            close_timeout=0.5,
            max_size=None,
        )
        if not self._pongs:
            send = self._socket.protocol.send_frame
            self._socket.protocol.send_frame = lambda frame: (
                None if frame.opcode is Opcode.PONG else send(frame)
            )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        await self._socket.close()
        await self._reader

    @property
    def subprotocol(self) -> str | None:
        return self._socket.subprotocol

    def cut(self) -> None:
        """Be gone, without a word."""
        self._socket.transport.abort()

    async def close(self) -> None:
        await self._socket.close()

    async def send(self, text: str | bytes) -> None:
        await self._socket.send(text)

    async def send_text_bytes(self, data: bytes) -> None:
        """Send a text frame of any bytes."""
        await self._socket.send(data, text=True)

    async def call(self, action: str, payload: Payload) -> list[Any]:
        """Send a call and return the answering frame."""
        call_id = f"c{next(self._ids)}"
        answer = await self.ask(json.dumps([2, call_id, action, payload]))
        while answer[1] != call_id:
            answer = await self.next_answer()
        return answer

    async def result(self, action: str, payload: Payload) -> Payload:
        """Send a call and return the payload of its result."""
        answer = await self.call(action, payload)
        assert answer[0] == 3, answer
        return answer[2]

    async def error(self, action: str, payload: Payload) -> str:
        """Send a call and return the code of its CALLERROR."""
        answer = await self.call(action, payload)
        assert answer[0] == 4, answer
        return answer[2]

    async def ask(self, text: str | bytes) -> list[Any]:
        """Send anything and return the next frame that is no call."""
        await self.send(text)
        return await self.next_answer()

    async def next_answer(self) -> list[Any]:
        async with asyncio.timeout(PATIENCE_S):
            return await self._frames.get()

    async def boot(self, **fields: Any) -> Payload:
        return await self.result(
            "BootNotification",
            {"chargePointVendor": "Maker", "chargePointModel": "Box"} | fields,
        )

    async def called(self, action: str, times: int = 1) -> list[Payload]:
        """Wait until the server has made a call so often."""
        return await self.until(
            lambda: (found := self.asked(action))[: len(found) * (len(found) >= times)]
        )

    async def until[T](self, condition: Callable[[], T]) -> T:
        """Wait for something that the server's calls bring about."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            while not (found := condition()):
                await self._news.wait()
            return found

    def asked(self, action: str) -> list[Payload]:
        return [payload for name, payload in self.calls if name == action]

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                text = await self._socket.recv()
                assert isinstance(text, str)
                self.received.append(text)
                frame = json.loads(text)
                if frame[0] == 2:
                    await self._serve(*frame[1:])
                elif not str(frame[1]).startswith(ASIDE):
                    self._frames.put_nowait(frame)
        self.close_code = self._socket.close_code
        self.closed.set()

    async def _serve(self, call_id: str, action: str, payload: Payload) -> None:
        reply = self.answers.get(action, {"status": "Accepted"})
        answer = reply(payload) if callable(reply) else reply
        if answer is not None and "raw" in answer:
            await self.send(answer["raw"].replace("ID", call_id))
        elif answer is not None and "error" in answer:
            await self.send(json.dumps([4, call_id, answer["error"], "", {}]))
        elif answer is not None:
            await self.send(json.dumps([3, call_id, answer]))
        async with self._news:
            self.calls.append((action, payload))
            self._news.notify_all()
