"""Bills of the past stay as they were when a driver is renamed, charges for free from now on, or goes."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.real_site import until
from tests.homeassistant.test_sessions_real import (
    BEGUN,
    CARD,
    expect_prices,
    exported,
    listed,
    replay,
)
from tests.homeassistant.test_statements import driver

pytestmark = pytest.mark.usefixtures("socket_enabled")

engine, entry, site = real_site.engine, real_site.entry, real_site.site

FREE = {"tokens": [CARD], "stations": [], "more": {"counted": False}}


async def test_what_becomes_of_a_driver_changes_no_bill(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site, tmp_path: Path
) -> None:
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    anna = driver("Anna", CARD)
    hass.config_entries.async_add_subentry(entry, anna)
    await hass.async_block_till_done()
    expect_prices(site)
    garage = await replay(site)
    await until(hass, "sensor.garage_cost_of_last_session", "1.2")
    [before] = await listed(hass)
    assert (before["driver_name"], before["cost"]) == ("Anna", 1.2)
    [page] = await exported(hass, path=str(tmp_path), format="html")
    bill = await hass.async_add_executor_job(Path(page["path"]).read_text)

    hass.config_entries.async_update_subentry(entry, anna, title="Guest", data=FREE)
    await hass.async_block_till_done()
    assert await listed(hass) == [before]
    hass.config_entries.async_remove_subentry(entry, anna.subentry_id)
    await hass.async_block_till_done()
    assert await listed(hass) == [before]
    [page] = await exported(hass, path=str(tmp_path), format="html")
    month = f"{BEGUN.astimezone():%Y-%m}"
    assert Path(page["path"]).name == f"statement_{month}_anna.html"
    text = await hass.async_add_executor_job(Path(page["path"]).read_text)
    assert text == bill
    assert "1.20 EUR" in text
    await garage.hang_up()
