"""Others that are asked and do not answer, and what diagnostics show of them."""

import asyncio
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.evenload.planning_inputs import asking
from custom_components.evenload.planning_inputs.trouble import (
    InputState,
    InputTroubleError,
)
from tests.homeassistant.conftest import OPTIONS


async def test_who_does_not_answer_has_failed() -> None:
    never = asyncio.get_running_loop().create_future()
    with (
        patch.object(asking, "PATIENCE_S", 0.01),
        pytest.raises(InputTroubleError) as caught,
    ):
        await asking.async_ask(never, "East")
    assert caught.value.state is InputState.FAILED
    assert caught.value.placeholders == {"source": "East", "detail": "TimeoutError"}


async def test_diagnostics_show_how_each_input_is(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: MockConfigEntry,
) -> None:
    said = {"price_source": "entity:sensor.gone", "learn_house": True}
    options = {**OPTIONS, "outlook": said}
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["planning_inputs"]["inputs"] == {
        "price_input": {"state": "missing", "source": "sensor.gone"},
        "house_input": {"state": "learning"},
    }
    assert found["planning_inputs"]["outlook"]["import_price"] is None


async def test_who_answers() -> None:
    async def answer() -> int:
        return 7

    assert await asking.async_ask(answer(), "East") == 7
