"""A home that can be spoken to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.homeassistant.fake_site import FakeSite

GARAGE = EvseKey("garage", 1)
DRIVE = EvseKey("drive", 1)


async def listen(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Understand sentences, on a November afternoon in Amsterdam at half past five."""
    freezer.move_to("2026-11-22 16:30:00+00:00")
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    await hass.async_block_till_done()


@pytest.fixture
async def house(
    hass: HomeAssistant, site: FakeSite, freezer: FrozenDateTimeFactory
) -> FakeSite:
    """A home that understands sentences."""
    await listen(hass, freezer)
    return site


async def say(
    hass: HomeAssistant, text: str, language: str = "en", **where: str
) -> str:
    """Say something to Home Assistant's own agent in its language, and return its answer."""
    if hass.config.language != language:
        await hass.config.async_update(language=language)
        await hass.async_block_till_done()
    result = await conversation.async_converse(
        hass, text, None, Context(), language=language, **where
    )
    speech: str = result.response.speech["plain"]["speech"]
    return speech


async def look_again(hass: HomeAssistant) -> None:
    """Let changed names arrive."""
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2))
    await hass.async_block_till_done()


def charge(site: FakeSite, key: EvseKey, **changes: Any) -> None:
    """Plug a vehicle in."""
    site.put_station(key.identity, connected=True)
    changes = {"status": EvseStatus.CHARGING, **changes}
    site.put(replace(site.evse(key), **changes))


def at(hour: int, minute: int = 0, *, day: int = 22) -> datetime:
    """Return a time in Amsterdam in winter."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)
