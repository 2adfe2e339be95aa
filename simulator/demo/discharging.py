"""The car of the demo that carries the house: how it begins."""

import asyncio
from contextlib import suppress

from . import home
from .home_assistant import HomeAssistant, RefusedError

PATIENCE_S = 30


async def begin(home_assistant: HomeAssistant) -> None:
    """Have the car carry the house, as soon as Home Assistant can be told to."""
    unique_id = f"{home.V2G_STATION.identity}_1_v2g_mode"
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while not await _choose(home_assistant, unique_id):
                await asyncio.sleep(0.5)


async def _choose(home_assistant: HomeAssistant, unique_id: str) -> bool:
    registry = await home_assistant.call("config/entity_registry/list")
    found = [each["entity_id"] for each in registry if each["unique_id"] == unique_id]
    if not found:
        return False
    try:
        await home_assistant.call(
            "call_service",
            domain="select",
            service="select_option",
            service_data={"option": home.V2G_MODE},
            target={"entity_id": found[0]},
        )
    except RefusedError:
        return False
    return True
