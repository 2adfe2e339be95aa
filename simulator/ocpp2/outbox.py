"""Transaction events, kept in order until the central system has them (E04, E12, E13)."""

import asyncio
from collections.abc import Callable

from simulator.clock import Clock
from simulator.ocpp2.device_model import DeviceModel
from simulator.ocppj.frames import CallError, Payload
from simulator.ocppj.link import Link, NotConnected

ACTION = "TransactionEvent"
UPDATES_KEPT = 2000


class Outbox:
    """The queue of one station; it outlives reboots."""

    def __init__(
        self, link: Link, clock: Clock, device_model: DeviceModel, ready: asyncio.Event
    ) -> None:
        """Send over the link whenever the station is registered and connected."""
        self._link = link
        self._clock = clock
        self._device_model = device_model
        self._ready = ready
        self._messages: list[Payload] = []
        self._attempts = 0
        self._filled = asyncio.Event()
        self.empty = asyncio.Event()
        self.empty.set()
        self.last_sent: dict[str, Payload] = {}
        self.on_answer: Callable[[Payload, Payload], None] = lambda event, answer: None

    def __len__(self) -> int:
        """How many messages wait."""
        return len(self._messages)

    def put(self, event: Payload) -> None:
        """Queue an event behind those before it, marked when there is nobody to hear it now (E04.FR.03)."""
        self._messages.append(
            event if self._ready.is_set() else event | {"offline": True}
        )
        self._make_room()
        self._filled.set()
        self.empty.clear()

    def holds(self, transaction_id: str | None) -> bool:
        """Whether events of that transaction, or of any, still wait (E14)."""
        return any(
            transaction_id in (None, event["transactionInfo"]["transactionId"])
            for event in self._messages
        )

    async def run(self) -> None:
        """Send for ever, one after the other."""
        while True:
            await self._filled.wait()
            await self._ready.wait()
            await self._send_first()
            if not self._messages:
                self._filled.clear()
                self.empty.set()

    def snapshot(self) -> list[Payload]:
        """What to keep over a reboot."""
        return [event | {"offline": True} for event in self._messages]

    def restore(self, saved: list[Payload]) -> None:
        """Take up again what was kept."""
        self._messages = list(saved)
        if self._messages:
            self._filled.set()
            self.empty.clear()

    async def _send_first(self) -> None:
        event = self._messages[0]
        self.last_sent[ACTION] = event
        try:
            answer = await self._link.call(ACTION, event)
        except NotConnected:
            # No answer is no refusal: the event stays first, with its own timestamp.
            await self._clock.sleep(1.0)
            return
        except CallError, TimeoutError:
            await self._retry_later(event)
            return
        self._remove(event)
        self.on_answer(event, answer)

    async def _retry_later(self, event: Payload) -> None:
        """Wait longer after each failure, and give up after so many (E13)."""
        self._attempts += 1
        attempts = self._number("MessageAttempts")
        if self._attempts >= attempts:
            self._remove(event)
            return
        await self._clock.sleep(self._number("MessageAttemptInterval") * self._attempts)

    def _number(self, name: str) -> int:
        return self._device_model.number(f"OCPPCommCtrlr.{name}[{ACTION}]")

    def _remove(self, event: Payload) -> None:
        self._attempts = 0
        if self._messages and self._messages[0] is event:
            del self._messages[0]

    def _make_room(self) -> None:
        """Periodic readings may be lost when memory is short, never a start or an end (E04.FR.07-FR.09)."""
        updates = [
            n
            for n, event in enumerate(self._messages)
            if n and event["triggerReason"] in ("MeterValuePeriodic", "MeterValueClock")
        ]
        if len(updates) > UPDATES_KEPT:
            # Every other one goes, so that what is left spans the whole time (E04.FR.08).
            for n in reversed(updates[::2]):
                del self._messages[n]
