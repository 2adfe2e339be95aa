"""Our blueprints among the owner's: ready to be used, brought up to date, and never against the owner's word."""

import asyncio
from hashlib import sha256
import logging
from pathlib import Path

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.errors import BlueprintInUse
from homeassistant.components.blueprint.models import Blueprint, DomainBlueprints
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util import yaml as yaml_util

from .const import DOMAIN

FOLDER = Path(__file__).parent / "blueprints" / AUTOMATION

_LOGGER = logging.getLogger(__name__)


async def async_offer_blueprints(hass: HomeAssistant) -> None:
    """Put our blueprints where Home Assistant looks for them."""
    if AUTOMATION not in hass.config.components:
        return
    async with _turn(hass):
        try:
            await _offer(hass, async_get_blueprints(hass))
        # The disk may be full, or the configuration such that automations cannot be loaded anew.
        except (OSError, HomeAssistantError) as err:
            _LOGGER.warning("The blueprints could not be written: %s", err)


async def async_take_back_blueprints(hass: HomeAssistant) -> None:
    """Remove what was put there, as far as nobody has changed it and no automation uses it."""
    if AUTOMATION not in hass.config.components:
        return
    async with _turn(hass):
        try:
            await _take_back(hass, async_get_blueprints(hass))
        except OSError as err:
            _LOGGER.warning("The blueprints could not be removed: %s", err)
        await _store(hass).async_remove()


async def _offer(hass: HomeAssistant, shelf: DomainBlueprints) -> None:
    store = _store(hass)
    placed = await store.async_load() or {}
    known = dict(placed)
    for path, (ours, theirs) in (await _look(hass, shelf)).items():
        text = ours.yaml()
        if theirs == text:
            # Put there before, or imported by the owner.
            known[path] = _digest(text)
        elif _is_to_be_written(theirs, placed.get(path)):
            await shelf.async_add_blueprint(ours, path, allow_override=True)
            known[path] = _digest(text)
    if known != placed:
        await store.async_save(known)


def _is_to_be_written(theirs: str | None, placed: str | None) -> bool:
    """What the owner has deleted stays away, and what the owner has changed stays as it is."""
    if theirs is None:
        return placed is None
    return placed == _digest(theirs)


async def _take_back(hass: HomeAssistant, shelf: DomainBlueprints) -> None:
    placed = await _store(hass).async_load() or {}
    for path, (_, theirs) in (await _look(hass, shelf)).items():
        if theirs is None or placed.get(path) != _digest(theirs):
            continue
        try:
            await shelf.async_remove_blueprint(path)
        except BlueprintInUse:
            _LOGGER.info("The blueprint %s stays: an automation uses it", path)
    await hass.async_add_executor_job(_tidy, shelf.blueprint_folder / DOMAIN)


async def _look(
    hass: HomeAssistant, shelf: DomainBlueprints
) -> dict[str, tuple[Blueprint, str | None]]:
    """Return each of ours by its path, with what is there under its name."""

    def look() -> dict[str, tuple[Blueprint, str | None]]:
        return {
            (path := str(file.relative_to(FOLDER))): (
                Blueprint(
                    yaml_util.load_yaml_dict(file),
                    expected_domain=AUTOMATION,
                    path=path,
                    schema=AUTOMATION_BLUEPRINT_SCHEMA,
                ),
                _text(shelf.blueprint_folder / path),
            )
            for file in sorted(FOLDER.glob("**/*.yaml"))
        }

    return await hass.async_add_executor_job(look)


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def _tidy(folder: Path) -> None:
    """Remove our folder, where nothing else is in it."""
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@singleton(f"{DOMAIN}_blueprints_turn")
@callback
def _turn(hass: HomeAssistant) -> asyncio.Lock:
    """Return what keeps two sites from writing at the same time."""
    return asyncio.Lock()


def _store(hass: HomeAssistant) -> Store[dict[str, str]]:
    return Store(hass, 1, f"{DOMAIN}.blueprints")
