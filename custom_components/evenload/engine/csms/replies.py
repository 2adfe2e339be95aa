"""The answers to a station's calls: sent at once, but where somebody above has a say in them."""

import asyncio
from contextlib import suppress
from typing import Any

from ..model.errors import NotConnected
from ..model.stations import OcppVersion
from .frames import Call, dump_result
from .host import Above
from .wire import Wire


class Replies:
    """Those over one websocket; `above` is who else is told what the station says."""

    def __init__(self, wire: Wire) -> None:
        """Tell nobody else yet."""
        self.above: Above | None = None
        self._wire = wire
        self._later: set[asyncio.Task[None]] = set()

    async def give(
        self, call: Call, answer: dict[str, Any], version: OcppVersion, delay_s: float
    ) -> None:
        """Send an answer; one that waits for somebody above holds up no other frame. Raises `NotConnected`."""
        above = self.above
        if above is not None and above.asks(call.action):
            task = asyncio.create_task(self._give_later(call, answer, above))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
            return
        if above is not None and above.keeps(call.action, call.payload):
            try:
                above.told(version, call.action, call.payload, answer)
                await above.kept()
            finally:
                await self._wire.send(dump_result(call.id, answer), delay_s)
            return
        await self._wire.send(dump_result(call.id, answer), delay_s)
        if above is not None:
            above.told(version, call.action, call.payload, answer)

    def end(self) -> None:
        """Give no more: the websocket is closed."""
        for task in self._later:
            task.cancel()

    async def _give_later(
        self, call: Call, answer: dict[str, Any], above: Above
    ) -> None:
        said = await above.ask(call.action, call.payload, answer)
        with suppress(NotConnected):
            await self._wire.send(dump_result(call.id, said))
