"""A vehicle that will not be ready: it leaves later, or charges before the others, right from Repairs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.stations import Evse
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.mending import answered, opened, ours

KEY = "departure_too_soon"
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
SECOND = EvseKey("garage", 2)


@pytest.fixture
async def short(
    hass: HomeAssistant, site: FakeSite, freezer: FrozenDateTimeFactory
) -> FakeSite:
    """A station of two connectors: at the second one a vehicle leaves too soon."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    evse = Evse(SECOND)
    settings = replace(evse.settings, departs_at=NOW + timedelta(hours=1))
    site.put(replace(evse, settings=settings))
    site.missing_wh = {EvseKey("garage", 1): 0.0, SECOND: 7000.0}
    await hass.async_block_till_done()
    site.notice(
        Notice(
            NoticeKind.DEPARTURE_TOO_SOON,
            "garage",
            placeholders={"missing": "7", "time": "17:00"},
        )
    )
    return site


async def test_it_leaves_later(hass: HomeAssistant, short: FakeSite) -> None:
    page = await opened(hass, KEY)
    assert (page["type"], page["menu_options"]) == ("menu", ["later", "first"])
    assert page["description_placeholders"]["missing"] == "7"
    page = await answered(hass, page, next_step_id="later")
    (field,) = page["data_schema"].schema
    # An hour after it was to leave, on the clock of the house.
    assert field.description["suggested_value"] == "2026-11-22 18:00:00"
    page = await answered(hass, page, departure="2026-11-22 15:30:00")
    assert page["errors"] == {"departure": "departure_over"}
    page = await answered(hass, page, departure="2026-11-22 20:15:00")
    later = datetime(2026, 11, 22, 19, 15, tzinfo=UTC)
    assert short.asked[-1] == ("set_departure", SECOND, later)
    # Whoever plans says when that was enough.
    assert page["reason"] == "waiting"
    short.notice(Notice(NoticeKind.DEPARTURE_TOO_SOON, "garage", active=False))
    assert ours(hass, KEY) == []


async def test_it_charges_before_the_others(
    hass: HomeAssistant, short: FakeSite
) -> None:
    page = await opened(hass, KEY)
    page = await answered(hass, page, next_step_id="first")
    assert short.asked[-1] == ("boost", SECOND, True)
    assert page["reason"] == "waiting"


@pytest.mark.parametrize("step", ["later", "first"])
async def test_a_site_that_does_not_run_plans_nothing(
    hass: HomeAssistant,
    short: FakeSite,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    page = await opened(hass, KEY)
    # The page may be open while its site is unloaded.
    monkeypatch.setattr(ir, "async_delete_issue", lambda *_: None)
    assert await hass.config_entries.async_unload(entry.entry_id)
    told = await answered(hass, page, next_step_id=step)
    assert told["reason"] == "not_running"
    assert (await opened(hass, KEY))["reason"] == "not_running"
