"""A station that is no more than its websocket."""

import asyncio
from contextlib import suppress
import json
from time import monotonic
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from .words import VERSIONS, Call, Json, limit_a

ANSWER_S = 30.0
REDIAL_S = 2.0


class ThinStation:
    """Dials, says what it is told to say, accepts whatever it is asked, and counts."""

    def __init__(self, identity: str, url: str, version: str) -> None:
        """Be ready to dial."""
        self.identity = identity
        self.drops = 0
        self.unanswered = 0
        self.answered = 0
        # Of each report: when it was sent, and the power in it.
        self.reports: list[tuple[float, float]] = []
        # Of each limit that it was given for its EVSE: when it came, and the amperes.
        self.limits: list[tuple[float, float]] = []
        self._words = VERSIONS[version]()
        self._url = f"{url}/{identity}"
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._awaited: dict[str, asyncio.Future[Json | None]] = {}
        self._last_report: Call | None = None
        self._sent = 0
        self._leaving = False
        self._redialling: asyncio.Task[None] | None = None

    async def dial(self) -> None:
        """Connect, boot, and say how things stand; try again until that is done."""
        self._leaving = False
        while not await self._arrive():
            self.drops += 1
            await asyncio.sleep(REDIAL_S)

    async def _arrive(self) -> bool:
        try:
            self._socket = await connect(
                self._url,
                subprotocols=[Subprotocol(self._words.subprotocol)],
                compression=None,
                ping_interval=None,
                open_timeout=ANSWER_S,
            )
        except OSError, TimeoutError, InvalidHandshake:
            return False
        self._reader = asyncio.create_task(self._read(self._socket))
        if await self.call(self._words.boot()) is None:
            return False
        # Who is not adopted yet may not tell it.
        await self.call(self._words.status())
        return True

    async def start(self) -> None:
        """Begin a transaction, unless there is one."""
        call = self._words.start()
        while call is not None:
            answer = await self.call(call)
            if answer is not None:
                self._words.started(answer)
                return
            await asyncio.sleep(REDIAL_S)

    async def report(self) -> float:
        """Send meter values; returns after how many seconds they were answered."""
        call, power_w = self._words.report()
        self._last_report = call
        began = monotonic()
        self.reports.append((began, power_w))
        await self.call(call)
        return monotonic() - began

    async def repeat(self) -> None:
        """Send the last meter values once more: they are no news, so that no state changes."""
        if self._last_report is not None:
            await self.call(self._last_report)

    async def obey(self) -> None:
        """Draw as much as the last limit allows, and say so."""
        if self.limits:
            await self.call(self._words.drawing(self.limits[-1][1]))

    async def heartbeat(self) -> None:
        """Say that one is there."""
        await self.call(self._words.heartbeat())

    async def leave(self) -> None:
        """Go without a word, as a station does whose power fails."""
        self._leaving = True
        if self._socket is not None:
            self._socket.transport.abort()
        if self._reader is not None:
            await self._reader
        self._socket = None

    async def call(self, call: Call) -> Json | None:
        """Send a call and return the answer, or None where it was an error or did not come; then it is counted."""
        self._sent += 1
        call_id = str(self._sent)
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._awaited[call_id] = answer
        result = None
        with suppress(TimeoutError, ConnectionClosed):
            await self._send([2, call_id, *call])
            async with asyncio.timeout(ANSWER_S):
                result = await answer
        self._awaited.pop(call_id, None)
        self.answered += result is not None
        self.unanswered += result is None and not self._leaving
        return result

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for text in socket:
                await self._receive(json.loads(text), monotonic())
        for call_id in tuple(self._awaited):
            self._settle(call_id, None)
        if not self._leaving and socket is self._socket:
            self.drops += 1
            self._redialling = asyncio.create_task(self._redial())

    async def _redial(self) -> None:
        await asyncio.sleep(REDIAL_S)
        await self.dial()

    async def _receive(self, frame: list[Any], at: float) -> None:
        match frame:
            case [2, call_id, action, payload]:
                if action == "SetChargingProfile":
                    given_a = limit_a(payload)
                    if given_a is not None:
                        self.limits.append((at, given_a))
                await self._send([3, call_id, self._words.answer(action, payload)])
            case [3, call_id, payload] if call_id in self._awaited:
                self._settle(call_id, payload)
            case [4, call_id, *_] if call_id in self._awaited:
                self._settle(call_id, None)

    def _settle(self, call_id: str, result: Json | None) -> None:
        answer = self._awaited.pop(call_id)
        if not answer.done():
            answer.set_result(result)

    async def _send(self, frame: list[Any]) -> None:
        assert self._socket is not None
        await self._socket.send(json.dumps(frame, separators=(",", ":")))
