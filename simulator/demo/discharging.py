"""The car of the demo that carries the house: what the dashboard shows of it, and how it begins."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from . import home
from .home_assistant import HomeAssistant, RefusedError

type Card = dict[str, Any] | None

HALF = 6
PATIENCE_S = 30


def cards(tile: Callable[..., Card]) -> list[Card]:
    """What is shown of a station whose car feeds back, made by a function that makes a tile of an entity's key."""
    return [
        tile(
            "v2g_mode",
            name="Discharging",
            color="green",
            features=[{"type": "select-options"}],
        ),
        tile("setpoint", HALF, name="Told", color="amber"),
        tile("soc", HALF, name="Battery", color="green"),
        tile("hindrance", name="Why not", color="amber"),
        tile("energy_export", HALF, name="Fed back", color="purple"),
        tile(
            "minimum_soc",
            HALF,
            name="Keep at least",
            color="deep-orange",
        ),
        tile(
            "discharge_limit",
            name="Feed back at most",
            color="deep-orange",
            features=[{"type": "numeric-input", "style": "slider"}],
        ),
    ]


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
