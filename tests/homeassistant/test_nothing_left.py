"""What is unloaded stops, what is set up again is there once, and what is removed leaves nothing behind."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from tests.homeassistant.conftest import OPTIONS, config_entry, group, station
from tests.homeassistant.test_household import CURRENTS
from tests.homeassistant.test_real_household import measure
from tests.homeassistant.test_real_site import Station, until

SITE = "site"
# Followed at once, and what Home Assistant itself keeps for each kind of them.
TRACKED = ("track_state_change_event", "track_entity_registry_updated_event")


@pytest.fixture(autouse=True)
def engine() -> None:
    """Put nothing in the engine's place."""


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    socket_enabled: None,
    tmp_path: Path,
    hass_storage: dict[str, Any],
) -> MockConfigEntry:
    """A house with a meter, two stations and a group, in a Home Assistant that has automations and hears sentences."""
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "configuration.yaml").touch()
    for component in ("homeassistant", "automation", "conversation"):
        assert await async_setup_component(hass, component, {})
    measure(hass, 5, 5, 5)
    entry = config_entry(
        station("garage", "Garage"),
        station("drive", "Drive"),
        # Too little for either.
        group("Yard", "garage", "drive", limit=8),
        port=0,
        host="127.0.0.1",
    )
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options=OPTIONS | {"meter": CURRENTS | {"fallback_a": 12}}
    )
    return entry


@pytest.fixture
async def lived(hass: HomeAssistant, entry: MockConfigEntry) -> AsyncGenerator[None]:
    """A station has a vehicle, an unknown one has come, and the limit of the group is too small."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await live(hass, entry)
    yield
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)


async def live(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let stations come."""
    await hass.async_block_till_done()
    garage = await Station.dial(entry.runtime_data, "garage")
    await garage.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Preparing"
    )
    await until(hass, "sensor.garage_status", "preparing")
    await Station.dial(entry.runtime_data, "barn")
    async with asyncio.timeout(5):
        while not flows(hass):
            await asyncio.sleep(0.01)
    await hass.async_block_till_done()
    assert issues(hass)


def flows(hass: HomeAssistant) -> list[Any]:
    """Return the cards and forms of ours that are open."""
    return list(hass.config_entries.flow.async_progress_by_handler(DOMAIN))


def issues(hass: HomeAssistant) -> set[str]:
    """Return the repairs of ours that are shown."""
    registry = ir.async_get(hass)
    return {
        key
        for (domain, key), issue in registry.issues.items()
        if domain == DOMAIN and issue.active
    }


def followed(hass: HomeAssistant) -> Counter[str]:
    """Count who waits to be told of something, by what that is."""
    listening = Counter(hass.bus.async_listeners())
    # What is not written yet is written when Home Assistant stops.
    del listening[EVENT_HOMEASSISTANT_FINAL_WRITE]
    for signal, targets in hass.data.get("dispatcher", {}).items():
        listening[f"signal {signal}"] += len(targets)
    for key in TRACKED:
        for name, jobs in getattr(hass.data.get(key), "callbacks", {}).items():
            listening[f"{key} {name}"] += len(jobs)
    return +listening


def running() -> Counter[str]:
    """Count what runs in the background and is of ours."""
    return Counter(
        str(task.get_coro())
        for task in asyncio.all_tasks()
        if "evenload" in repr(task.get_coro()) and task is not asyncio.current_task()
    )


def timers(hass: HomeAssistant) -> list[Any]:
    """Return what of ours is still to happen."""
    scheduled = getattr(hass.loop, "_scheduled")  # noqa: B009  # asyncio does not tell it otherwise
    return [
        handle
        for handle in scheduled
        if not handle.cancelled()
        and "evenload" in repr(handle).partition(" created at")[0]
    ]


@pytest.mark.usefixtures("lived")
async def test_unloading_ends_everything_and_reloading_is_no_second_time(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    site = entry.runtime_data
    port = site.port
    states = set(hass.states.async_entity_ids())
    entities = set(er.async_get(hass).entities)
    devices = {device.id for device in dr.async_get(hass).devices}
    loaded = followed(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()

    shown = [
        state
        for state in hass.states.async_all()
        if (known := er.async_get(hass).async_get(state.entity_id))
        and known.platform == DOMAIN
    ]
    assert shown
    assert {state.state for state in shown} == {"unavailable"}
    assert (flows(hass), issues(hass), timers(hass)) == ([], set(), [])
    assert running() == Counter()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)
    unloaded = followed(hass)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await live(hass, entry)
    assert set(hass.states.async_entity_ids()) == states
    assert set(er.async_get(hass).entities) == entities
    assert {device.id for device in dr.async_get(hass).devices} == devices
    assert followed(hass) == loaded
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert followed(hass) == unloaded


@pytest.mark.usefixtures("lived")
async def test_a_removed_site_leaves_nothing_behind(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    tmp_path: Path,
    hass_storage: dict[str, Any],
) -> None:
    assert any(key.startswith(DOMAIN) for key in hass_storage)
    assert list(tmp_path.glob("blueprints/automation/evenload/*"))
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    assert not [key for key in hass_storage if key.startswith(DOMAIN)]
    assert not list(tmp_path.rglob("*evenload*"))
    known = er.async_get(hass)
    assert not [one for one in known.entities.values() if one.platform == DOMAIN]
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert not [one for one in ir.async_get(hass).issues if one[0] == DOMAIN]
    assert not hass.states.async_entity_ids_count(
        ["button", "number", "select", "switch", "event", "datetime"]
    )
    assert (flows(hass), timers(hass), running()) == ([], [], Counter())
