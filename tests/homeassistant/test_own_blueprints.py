"""Our blueprints are there for whoever installs Evenload, and the owner's word about them holds."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import DomainBlueprints
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import yaml as yaml_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.own_blueprints import FOLDER
from tests.homeassistant.blueprints import FILES, end

NAMES = {f"evenload/{file.name}" for file in FILES}
PRICE = "evenload/pause_above_price.yaml"
STORE = "evenload.blueprints"


@pytest.fixture
async def shelf(
    hass: HomeAssistant, tmp_path: Path, hass_storage: dict[str, Any]
) -> Path:
    """The folder of a Home Assistant with automations."""
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "configuration.yaml").touch()
    assert await async_setup_component(hass, "automation", {})
    await hass.async_block_till_done()
    return tmp_path / "blueprints/automation"


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the site up, or set it up again."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


def files(shelf: Path) -> set[str]:
    """Return the blueprints that are ours by their place."""
    return {str(file.relative_to(shelf)) for file in shelf.glob("evenload/*")}


def test_where_they_are_kept() -> None:
    assert {str(file.relative_to(FOLDER)) for file in FILES} == NAMES


async def test_they_are_offered_beside_home_assistants_own(
    hass: HomeAssistant, entry: MockConfigEntry, shelf: Path
) -> None:
    await start(hass, entry)
    offered = await async_get_blueprints(hass).async_get_blueprints()
    assert (
        {path for path in offered if not path.startswith("homeassistant/")}
        == NAMES
        == files(shelf)
    )
    assert len(offered) > len(NAMES)
    names = {getattr(blueprint, "name", "") for blueprint in offered.values()}
    assert "Evenload: Pause charging above a price" in names


async def test_what_the_owner_deleted_or_changed_is_not_touched(
    hass: HomeAssistant, entry: MockConfigEntry, shelf: Path
) -> None:
    await start(hass, entry)
    (shelf / PRICE).unlink()
    changed = shelf / "evenload/holiday.yaml"
    changed.write_text("blueprint: my own")
    await start(hass, entry)
    assert files(shelf) == NAMES - {PRICE}
    assert changed.read_text() == "blueprint: my own"


async def test_what_was_there_before_us_is_not_touched(
    hass: HomeAssistant, entry: MockConfigEntry, shelf: Path
) -> None:
    earlier = shelf / PRICE
    earlier.parent.mkdir(parents=True)
    earlier.write_text("blueprint: my own")
    await start(hass, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    assert files(shelf) == {PRICE}
    assert earlier.read_text() == "blueprint: my own"


async def test_an_update_brings_the_new_edition(
    hass: HomeAssistant, entry: MockConfigEntry, shelf: Path, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier"
    (earlier / PRICE).parent.mkdir(parents=True)
    text = (FOLDER / PRICE).read_text()
    (earlier / PRICE).write_text(text.replace("Pay at most", "Price at most"))
    with patch("custom_components.evenload.own_blueprints.FOLDER", earlier):
        await start(hass, entry)
    assert files(shelf) == {PRICE}
    before = (shelf / PRICE).read_text()
    await start(hass, entry)
    assert files(shelf) == NAMES
    assert (shelf / PRICE).read_text() == before.replace("Price at most", "Pay at most")


async def test_without_the_site_they_go_but_for_one_that_is_used(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    shelf: Path,
    tmp_path: Path,
    hass_storage: dict[str, Any],
) -> None:
    await start(hass, entry)
    inputs = {"price": "sensor.price", "switches": ["switch.garage_charging_allowed"]}
    automation = {"id": "price", "use_blueprint": {"path": PRICE, "input": inputs}}
    written = yaml_util.dump({"automation": [automation]})
    (tmp_path / "configuration.yaml").write_text(written)
    await hass.services.async_call("automation", "reload", blocking=True)
    assert hass.states.async_entity_ids("automation")

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert files(shelf) == {PRICE}
    assert STORE not in hass_storage
    await end(hass)


async def test_a_full_disk_is_said_and_stops_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    shelf: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    full = OSError(28, "No space left on device")
    with patch.object(DomainBlueprints, "async_add_blueprint", side_effect=full):
        await start(hass, entry)
    assert "The blueprints could not be written: [Errno 28]" in caplog.text
    assert entry.state is ConfigEntryState.LOADED
