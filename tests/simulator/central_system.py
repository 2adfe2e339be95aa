"""A central system of a few lines: it answers what stations send, checks it against the schemas, and calls them."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
import json
from pathlib import Path
from ssl import SSLContext
from typing import Any, Self

import jsonschema_rs
import ocpp.v16
from websockets.asyncio.server import Server, ServerConnection, serve

SCHEMAS = Path(ocpp.v16.__file__).parents[1]
FOLDERS = {"ocpp1.6": "v16", "ocpp2.0.1": "v201", "ocpp2.1": "v21"}

# Messages of 2.1 that are sent, not called.
SENT = {"NotifyPeriodicEventStream"}

type Payload = dict[str, Any]


class StationError(Exception):
    """A station answered with a CALLERROR."""

    def __init__(self, code: str, description: str) -> None:
        """Keep the code."""
        super().__init__(code, description)
        self.code = code


@cache
def validator(spoken: str, name: str) -> Any:
    """The schema of that name, in that version."""
    path = SCHEMAS / FOLDERS[spoken] / "schemas" / f"{name}.json"
    schema = json.loads(path.read_text(encoding="utf-8-sig"))
    # 0.1 and binary fractions do not go together; tenths are checked by the tests that are about limits.
    schema = json.loads(
        json.dumps(schema).replace('"multipleOf": 0.1', '"multipleOf": 1e-9')
    )
    draft = "Draft4" if spoken == "ocpp1.6" else "Draft6"
    return getattr(jsonschema_rs, f"{draft}Validator")(schema)


def violations(name: str, payload: Payload, spoken: str = "ocpp1.6") -> list[str]:
    """What the schema of that name finds wrong; a call has its action's name."""
    if spoken != "ocpp1.6" and not name.endswith("Response"):
        name = name if name in SENT else f"{name}Request"
    return [error.message for error in validator(spoken, name).iter_errors(payload)]


class CentralSystem:
    """It serves every station that dials; `received` is what they sent, in order."""

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        speaks: Sequence[str] = tuple(FOLDERS),
    ) -> None:
        """Tell the stations the time of that clock, and speak one of those versions with each."""
        self.speaks = list(speaks)
        self.received: list[tuple[str, Payload]] = []
        self.invalid: list[str] = []
        self.answers: dict[str, Callable[[Payload], Payload | None]] = {}
        self.headers: dict[str, str] = {}
        self.connections = 0
        self._now = now
        self._sockets: dict[str, ServerConnection] = {}
        self._pending: dict[str, tuple[str, asyncio.Future[Payload]]] = {}
        self._transaction_id = 100
        self.frames: list[list[Any]] = []
        self._server: Server | None = None
        self._defaults: dict[str, Callable[[Payload], Payload | None]] = {
            "BootNotification": self._boot,
            "Heartbeat": lambda _: {"currentTime": self.time()},
            "StartTransaction": self._start,
            "StopTransaction": lambda _: {},
            "TransactionEvent": self._transaction_event,
            "Authorize": self._authorize,
            "NotifyEVChargingNeeds": lambda _: {"status": "Accepted"},
            "NotifyEVChargingSchedule": lambda _: {"status": "Accepted"},
            "Get15118EVCertificate": lambda _: {"status": "Failed", "exiResponse": ""},
            "DataTransfer": lambda _: {"status": "Accepted"},
            "SignCertificate": lambda _: {"status": "Accepted"},
        }

    async def __aenter__(self) -> Self:
        """Listen."""
        await self.listen(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Listen no more."""
        await self.close()

    async def listen(self, port: int, ssl: SSLContext | None = None) -> None:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            port,
            select_subprotocol=lambda _, offered: next(
                (each for each in self.speaks if each in offered), None
            ),
            compression=None,
            ping_interval=None,
            ssl=ssl,
        )

    async def close(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        return next(iter(self._server.sockets)).getsockname()[1]

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def time(self) -> str:
        return self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def sent(self, action: str) -> list[Payload]:
        """Every call of that action."""
        return [payload for name, payload in self.received if name == action]

    def actions(self) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for name, _ in self.received:
            counts[name] += 1
        return counts

    async def call(self, identity: str, action: str, payload: Payload) -> Payload:
        """Call a station and wait for its answer."""
        return await (await self.ask(identity, action, payload))

    async def ask(
        self, identity: str, action: str, payload: Payload
    ) -> asyncio.Future[Payload]:
        """Call a station; its answer will come."""
        spoken = self.spoken(identity)
        wrong = violations(action, payload, spoken)
        assert not wrong, wrong
        message_id = f"{action}-{len(self._pending)}"
        self._pending[message_id] = (action, asyncio.Future())
        await self.send(identity, json.dumps([2, message_id, action, payload]))
        return self._pending[message_id][1]

    def spoken(self, identity: str) -> str:
        """The version that was agreed on with a station."""
        return self._sockets[identity].subprotocol or "ocpp1.6"

    async def send(self, identity: str, text: str) -> None:
        """Send anything to a station."""
        await self._sockets[identity].send(text)

    async def _serve(self, socket: ServerConnection) -> None:
        identity = socket.request.path.rsplit("/", 1)[-1]
        self.headers = dict(socket.request.headers)
        self.connections += 1
        self._sockets[identity] = socket
        async for text in socket:
            try:
                parts = json.loads(text)
            except ValueError:
                continue
            await self._take(socket, parts)

    async def _take(self, socket: ServerConnection, parts: list[Any]) -> None:
        self.frames.append(parts)
        match parts:
            case [6, _, action, payload]:
                self.received.append((action, payload))
                self._judge(socket, action, payload)
            case [2, message_id, action, payload]:
                self.received.append((action, payload))
                self._judge(socket, action, payload)
                answer = self.answers.get(
                    action, self._defaults.get(action, lambda _: {})
                )(payload)
                if answer is not None and "error" in answer:
                    await socket.send(
                        json.dumps([4, message_id, answer["error"], "", {}])
                    )
                elif answer is not None:
                    await socket.send(json.dumps([3, message_id, answer]))
            case [3, message_id, payload]:
                action, future = self._pending[message_id]
                self._judge(socket, f"{action}Response", payload)
                future.set_result(payload)
            case [4, message_id, code, description, _] if message_id in self._pending:
                self._pending[message_id][1].set_exception(
                    StationError(code, description)
                )

    def _judge(self, socket: ServerConnection, name: str, payload: Payload) -> None:
        spoken = socket.subprotocol or "ocpp1.6"
        try:
            found = violations(name, payload, spoken)
        except FileNotFoundError:
            found = ["there is no such message"]
        self.invalid += [f"{name}: {error}" for error in found]

    def _authorize(self, payload: Payload) -> Payload:
        info = "idTokenInfo" if "idToken" in payload else "idTagInfo"
        return {info: {"status": "Accepted"}}

    def _transaction_event(self, payload: Payload) -> Payload:
        if "idToken" in payload:
            return {"idTokenInfo": {"status": "Accepted"}}
        return {}

    def _boot(self, _: Payload) -> Payload:
        return {"status": "Accepted", "currentTime": self.time(), "interval": 300}

    def _start(self, _: Payload) -> Payload:
        self._transaction_id += 1
        return {
            "transactionId": self._transaction_id,
            "idTagInfo": {"status": "Accepted"},
        }
