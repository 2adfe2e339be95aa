"""Who above sends more calls than one at a time costs no more memory for it, and has all of them answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.uplink import Domain, UplinkConfig
from custom_components.evenload.engine.uplink import profiles
from custom_components.evenload.engine.uplink.dialler import MOST_IN_HAND, Dialler
from tests.certificates import LOCAL
from tests.csms_above import Csms
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import connected

CALLS = 3 * MOST_IN_HAND


class House:
    """Answers nothing until it may, and counts what it has in hand."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.in_hand = self.most = 0

    async def answer(self, *_: object) -> dict[str, Any]:
        self.in_hand += 1
        self.most = max(self.most, self.in_hand)
        await self.may.wait()
        self.in_hand -= 1
        return {"status": "Accepted"}


@asynccontextmanager
async def dialling(url: str, house: House) -> AsyncIterator[None]:
    async def at_once() -> None:
        """There is somebody to speak for."""

    async def for_ever() -> None:
        await asyncio.Event().wait()

    config = UplinkConfig(url=url, identity="A", version=OcppVersion.V16)
    dialler = Dialler(config, at_once, for_ever, house.answer, lambda *_: None)
    life = asyncio.create_task(dialler.live())
    try:
        yield
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)


async def test_no_more_are_in_hand_than_a_few_and_all_are_answered() -> None:
    house, answered = House(), set[str]()
    all_answered = asyncio.Event()

    async def flood(socket: ServerConnection) -> None:
        for number in range(CALLS):
            await socket.send(json.dumps([2, str(number), "ClearCache", {}]))
        async for text in socket:
            kind, call_id, _ = json.loads(text)
            assert kind == 3
            answered.add(call_id)
            if len(answered) == CALLS:
                all_answered.set()

    protocols = [Subprotocol("ocpp1.6")]
    async with serve(flood, LOCAL, 0, subprotocols=protocols) as server:
        port = server.sockets[0].getsockname()[1]
        async with dialling(f"ws://{LOCAL}:{port}", house), asyncio.timeout(10):
            while house.in_hand < MOST_IN_HAND:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            assert house.most == MOST_IN_HAND
            house.may.set()
            await all_answered.wait()
    assert house.most == MOST_IN_HAND


async def set_profile(csms: Csms, number: int, level: int) -> str:
    reply = await csms.ask(
        "upstairs",
        "SetChargingProfile",
        connector_id=1,
        cs_charging_profiles={
            "charging_profile_id": number,
            "stack_level": level,
            "charging_profile_purpose": "TxDefaultProfile",
            "charging_profile_kind": "Relative",
            "charging_schedule": {
                "charging_rate_unit": "A",
                "charging_schedule_period": [{"start_period": 0, "limit": 10}],
            },
        },
    )
    return str(reply.status)


async def test_more_profiles_than_can_be_kept_are_rejected(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "MOST", 3)
    site, _, csms = await come("1.6", "1.6", Domain.LIMITS)
    await connected(site)
    kept = [await set_profile(csms, number, number) for number in (1, 2, 3)]
    assert kept == ["Accepted"] * 3
    assert await set_profile(csms, 4, 4) == "Rejected"
    # One by the same number, and one on the same stack level, take the place of another.
    assert await set_profile(csms, 2, 7) == "Accepted"
    assert await set_profile(csms, 5, 7) == "Accepted"
    assert await set_profile(csms, 6, 6) == "Rejected"
    await csms.ask("upstairs", "ClearChargingProfile", id=5)
    assert await set_profile(csms, 6, 6) == "Accepted"
