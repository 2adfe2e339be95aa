"""Messages that are told beside those that wait their turn: answers to requests, and transactions that are refused."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from .file import Message
from .weights import is_expendable


class Aside:
    """Some messages of one station, in memory and in order."""

    def __init__(
        self, most: int, gone: Callable[[Message], None] = lambda _: None
    ) -> None:
        """Hold none yet; beyond so many those go that say least, and then the oldest. `gone` hears of each that goes."""
        self._most = most
        self._gone = gone
        self._messages: deque[Message] = deque()
        self._news = asyncio.Event()
        self._last = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._messages)

    def say(self, station: str, action: str, payload: dict[str, Any]) -> None:
        """Add something that is kept nowhere else."""
        self._last += 1
        self.put(Message(self._last, station, action, payload))

    def put(self, message: Message) -> None:
        """Add a message at the end."""
        if len(self._messages) >= self._most:
            if is_expendable(message.action, message.payload):
                self._gone(message)
                return
            self._gone(self._messages.popleft())
        self._messages.append(message)
        self._news.set()

    async def next(self, _station: str) -> Message:
        """Wait for the first that is not delivered."""
        while not self._messages:
            self._news.clear()
            await self._news.wait()
        return self._messages[0]

    def delivered(self, message: Message) -> None:
        """Take the first away."""
        if self._messages and self._messages[0] is message:
            self._gone(self._messages.popleft())
