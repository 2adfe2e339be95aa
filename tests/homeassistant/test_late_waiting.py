"""What was told late is corrected after a reload or a restart that came first."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload import session_late, session_statistics
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import LateEnergy
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site

pytestmark = pytest.mark.usefixtures("socket_enabled")

engine, entry = real_site.engine, real_site.entry

KEY = EvseKey("garage", 1)
NOW = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
LATE = LateEnergy(KEY, False, NOW, {NOW - timedelta(hours=3): 2000.0})
FILE = "evenload.site.late_energy"


@pytest.fixture
def corrected(monkeypatch: pytest.MonkeyPatch) -> list[LateEnergy]:
    """What was corrected; nothing is until `settled`."""
    found: list[LateEnergy] = []

    async def correct(_: HomeAssistant, late: LateEnergy) -> None:
        found.append(late)

    monkeypatch.setattr(session_statistics, "async_correct", correct)
    monkeypatch.setattr(session_statistics, "SETTLED_S", 9e6)
    return found


@pytest.fixture
async def site(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    corrected: list[LateEnergy],
    entry: MockConfigEntry,
) -> AsyncGenerator[Site]:
    """The engine of a site with a recorder."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry.runtime_data
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("how", ["reload", "restart"])
async def test_it_is_corrected_in_the_next_life(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    site: Site,
    corrected: list[LateEnergy],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    site._bookkeeper.late.observers.tell(None, LATE)
    await hass.async_block_till_done()
    assert len(hass_storage[FILE]["data"]["late"]) == 1
    assert await hass.config_entries.async_unload(entry.entry_id)
    if how == "restart":
        # Nothing is left but the disk.
        del hass.data[session_late._WAITING]
    monkeypatch.setattr(session_statistics, "SETTLED_S", 0.0)
    assert await hass.config_entries.async_setup(entry.entry_id)
    async with asyncio.timeout(5):
        while not corrected:
            await asyncio.sleep(0.01)
    await hass.async_block_till_done()
    assert corrected == [LATE]
    assert hass_storage[FILE]["data"] == {"late": []}
    # Once is enough.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert corrected == [LATE]


async def test_a_flood_that_is_not_over_is_not_lost(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    site: Site,
) -> None:
    since, until = (NOW - timedelta(hours=hours) for hours in (3, 2))
    site._bookkeeper._notes.late.rose(KEY, 2000, since, until, NOW, exported=False)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    [one] = hass_storage[FILE]["data"]["late"]
    assert list(one["hours"].values()) == [2000.0]


async def test_what_cannot_be_read_costs_nothing_else(
    hass: HomeAssistant, hass_storage: dict[str, Any], corrected: list[LateEnergy]
) -> None:
    hass_storage[FILE] = {"version": 1, "key": FILE, "data": {"late": [{"key": 1}]}}
    assert await session_late.waiting_of(hass, "site").earlier() == ()
