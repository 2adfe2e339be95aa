"""Sets up automations of our blueprints, as their owner does: by their file and their fields."""

import asyncio
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.components.blueprint.models import DomainBlueprints
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

FOLDER = Path(__file__).parents[2] / "custom_components/evenload/blueprints/automation"
FILES = sorted((FOLDER / "evenload").glob("*.yaml"))


async def use(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Set up an automation of a blueprint; what is left out is as the blueprint proposes."""
    config = {"use_blueprint": {"path": f"evenload/{name}.yaml", "input": inputs}}
    with patch.object(DomainBlueprints, "blueprint_folder", FOLDER):
        assert await async_setup_component(
            hass, "automation", {"automation": {"id": name, "alias": name, **config}}
        )
        await hass.async_block_till_done()
    automation = hass.states.get(f"automation.{name}")
    assert automation is not None
    assert automation.state == "on"


async def restart(hass: HomeAssistant) -> None:
    """Let automations believe that Home Assistant has just started; they need not be done after it."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    for _ in range(20):
        await asyncio.sleep(0)


async def end(hass: HomeAssistant) -> None:
    """Turn the automations off: they wait for times to come."""
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )
