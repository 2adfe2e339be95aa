"""Answers of those above are taken in before what they say next: that may name what an answer has just named (OCPP-J 1.6 §4.1, 2.x part 4 §4.1)."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from custom_components.evenload.engine.model.uplink import UplinkConfig
from custom_components.evenload.engine.uplink.dialler import Dialler

NUMBERED = {"transactionId": 7001}
NAMES_IT = [2, "above", "RemoteStopTransaction", NUMBERED]


class Station:
    """Begins a transaction above as soon as it may, and notes in which order it hears of that."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_done = asyncio.Event()
        self.dialler: Dialler

    async def wanted(self) -> None:
        """Want a connection at once."""

    async def serve(self) -> None:
        answer = await self.dialler.call("StartTransaction", {})
        assert answer == NUMBERED
        self.heard.append("the number")
        await asyncio.Event().wait()

    async def answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        assert (action, payload) == ("RemoteStopTransaction", NUMBERED)
        self.heard.append("what names it")
        self.is_done.set()
        return {"status": "Accepted"}


async def both_at_once(socket: ServerConnection) -> None:
    """Answer the first call, and say the next thing in the same moment."""
    number = json.loads(await socket.recv())[1]
    said = [[3, number, NUMBERED], NAMES_IT]
    for frame in said:
        await socket.send(json.dumps(frame))
    await socket.wait_closed()


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with serve(
        both_at_once, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")]
    ) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_number_is_known_before_a_call_that_names_it_is_answered(
    url: str,
) -> None:
    station = Station()
    station.dialler = Dialler(
        UplinkConfig(url=url, identity="A"),
        station.wanted,
        station.serve,
        station.answer,
        lambda *_: None,
    )
    living = asyncio.create_task(station.dialler.live())
    try:
        async with asyncio.timeout(5):
            await station.is_done.wait()
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
    assert station.heard == ["the number", "what names it"]
