"""How long sessions are kept."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.errors import StoreUnusable
from custom_components.evenload.session_upkeep import EVERY, oldest_kept
from tests.homeassistant.fake_site import FakeSite


@pytest.mark.parametrize(
    ("months", "expected"),
    [(0, None), (1, "2026-10-01"), (11, "2025-12-01"), (24, "2024-11-01")],
)
async def test_whole_months_are_kept(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    months: int,
    expected: str | None,
) -> None:
    freezer.move_to("2026-11-22 12:00:00+00:00")
    hass.config_entries.async_update_entry(
        entry, options=entry.options | {"keep_months": months}
    )
    before = oldest_kept(entry)
    local = None if before is None else f"{dt_util.as_local(before):%Y-%m-%d}"
    assert local == expected


async def test_the_form_says_how_long(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    choose = hass.config_entries.options.async_configure
    form: dict[str, Any] = await choose(flow["flow_id"], {"next_step_id": "sessions"})
    assert form["step_id"] == "sessions"
    done = await choose(flow["flow_id"], {"keep_months": 36})
    assert done["type"] == "create_entry"
    assert entry.options["keep_months"] == 36
    assert entry.options["main_fuse_a"] == 25


async def test_it_is_looked_at_once_a_day(
    hass: HomeAssistant, site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def prune(before: object) -> int:
        asked.append(before)
        raise StoreUnusable

    monkeypatch.setattr(site, "prune_sessions", prune)
    async_fire_time_changed(hass, dt_util.utcnow() + EVERY + timedelta(seconds=1))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert asked == [None]
