"""What is learnt is on the disk when the vault says so."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.core import CoreState, HomeAssistant
import pytest

from custom_components.evenload.engine.vault import Part
from custom_components.evenload.vault import StoreVault


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Do not stand in for the disk: it is the point."""
    return {}


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """A folder of its own."""
    return str(tmp_path)


@pytest.fixture
def vault(hass: HomeAssistant) -> StoreVault:
    """A vault of one site."""
    return StoreVault(hass, "site")


async def test_what_is_saved_is_loaded_by_the_next(
    hass: HomeAssistant, vault: StoreVault
) -> None:
    assert await vault.load(Part.STATE) is None
    await vault.save(Part.STATE, {"next": 1})
    await vault.save(Part.STATE, {"next": 2})
    assert await StoreVault(hass, "site").load(Part.STATE) == {"next": 2}
    assert await vault.load(Part.SESSIONS) is None
    assert await StoreVault(hass, "other").load(Part.STATE) is None


async def test_a_save_during_a_stop_is_not_put_off(
    hass: HomeAssistant, vault: StoreVault, tmp_path: Path
) -> None:
    hass.set_state(CoreState.stopping)
    await vault.save(Part.STATE, {"next": 1})
    assert (tmp_path / ".storage" / "evenload.site.state").exists()
    hass.set_state(CoreState.running)


async def test_a_full_disk_is_told(hass: HomeAssistant, vault: StoreVault) -> None:
    full = patch(
        "homeassistant.util.file.AtomicWriter.open", side_effect=OSError(28, "full")
    )
    with full, pytest.raises(OSError, match="full"):
        await vault.save(Part.STATE, {"next": 1})
    await vault.save(Part.STATE, {"next": 2})
    assert await vault.load(Part.STATE) == {"next": 2}


async def test_a_removed_vault_leaves_no_file(
    hass: HomeAssistant, vault: StoreVault, tmp_path: Path
) -> None:
    saved: dict[str, Any] = {"next": 1}
    for part in Part:
        await vault.save(part, saved)
    await vault.remove()
    assert list((tmp_path / ".storage").glob("evenload*")) == []
