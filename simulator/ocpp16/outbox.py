"""Transaction messages, kept in order until the central system has them (OCPP 1.6 §3.7, §3.8, §9.1.27-28)."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from simulator.clock import Clock
from simulator.ocpp16.configuration import Configuration
from simulator.ocppj.frames import CallError, Payload
from simulator.ocppj.link import Link, NotConnected

UNKNOWN_TRANSACTION = -1
READINGS_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Message:
    """A message about a transaction, which may not have the central system's id yet."""

    action: str
    payload: Payload
    local_id: str
    attempts: int = 0


class Outbox:
    """The queue of one station; it outlives reboots."""

    def __init__(
        self,
        link: Link,
        clock: Clock,
        configuration: Configuration,
        ready: asyncio.Event,
    ) -> None:
        """Send over the link whenever the station is registered and connected."""
        self._link = link
        self._clock = clock
        self._configuration = configuration
        self._ready = ready
        self._messages: list[Message] = []
        self._ids: dict[str, int] = {}
        self._filled = asyncio.Event()
        self.empty = asyncio.Event()
        self.empty.set()
        self.last_sent: dict[str, Payload] = {}
        self.on_started: Callable[[str, Payload], None] = lambda local_id, answer: None

    def __len__(self) -> int:
        """How many messages wait."""
        return len(self._messages)

    def put(self, message: Message) -> None:
        """Queue a message behind those before it."""
        self._messages.append(message)
        self._make_room()
        self._filled.set()
        self.empty.clear()

    async def run(self) -> None:
        """Send for ever, one after the other."""
        while True:
            await self._filled.wait()
            await self._ready.wait()
            await self._send_first()
            if not self._messages:
                self._filled.clear()
                self.empty.set()

    def snapshot(self) -> dict[str, Any]:
        """What to keep over a reboot."""
        return {
            "messages": [asdict(message) for message in self._messages],
            "ids": self._ids,
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Take up again what was kept."""
        self._ids = dict(saved["ids"])
        self._messages = [Message(**message) for message in saved["messages"]]
        if self._messages:
            self._filled.set()
            self.empty.clear()

    async def _send_first(self) -> None:
        message = self._messages[0]
        payload = self._patched(message)
        self.last_sent[message.action] = payload
        try:
            answer = await self._link.call(message.action, payload)
        except NotConnected, TimeoutError:
            # No answer is no refusal: the message stays first, with its own timestamp.
            await self._clock.sleep(1.0)
            return
        except CallError:
            await self._retry_later(message)
            return
        self._remove(message)
        if message.action == "StartTransaction" and isinstance(
            answer.get("transactionId"), int
        ):
            self._ids[message.local_id] = answer["transactionId"]
            self.on_started(message.local_id, answer)
        elif message.action == "StopTransaction":
            self._ids.pop(message.local_id, None)

    async def _retry_later(self, message: Message) -> None:
        """Wait longer after each failure, and give up after so many (§9.1.27)."""
        tried = replace(message, attempts=message.attempts + 1)
        if tried.attempts >= self._configuration.number("TransactionMessageAttempts"):
            self._remove(message)
            return
        self._messages[0] = tried
        await self._clock.sleep(
            self._configuration.number("TransactionMessageRetryInterval")
            * tried.attempts
        )

    def _patched(self, message: Message) -> Payload:
        """The payload with the central system's id in it."""
        if message.action == "StartTransaction":
            return message.payload
        return message.payload | {
            "transactionId": self._ids.get(message.local_id, UNKNOWN_TRANSACTION)
        }

    def _remove(self, message: Message) -> None:
        if self._messages and self._messages[0] is message:
            del self._messages[0]

    def _make_room(self) -> None:
        """Meter values may be lost when memory is short, never a start or a stop (§3.7)."""
        readings = [
            n
            for n, message in enumerate(self._messages)
            if n and message.action == "MeterValues"
        ]
        if len(readings) > READINGS_KEPT:
            del self._messages[readings[0]]
