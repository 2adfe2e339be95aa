"""What a backup has of sessions, and what removing leaves of them."""

from pathlib import Path
import sqlite3

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.backup import async_post_backup, async_pre_backup
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.test_sessions_real import listed, replay

pytestmark = pytest.mark.usefixtures("socket_enabled")

engine, entry, site = real_site.engine, real_site.entry, real_site.site


async def test_a_backup_has_every_session_and_stops_none(
    hass: HomeAssistant, site: Site, sessions_file: Path
) -> None:
    garage = await replay(site)
    assert len(await listed(hass)) == 1
    await async_pre_backup(hass)
    resting = await hass.async_add_executor_job(sessions_file.read_bytes)
    answer = await garage.say(
        "StartTransaction",
        connectorId=1,
        idTag="CARD-0002",
        meterStart=9000,
        timestamp=dt_util.utcnow().isoformat(),
    )
    assert answer["transactionId"]
    assert await hass.async_add_executor_job(sessions_file.read_bytes) == resting
    await async_post_backup(hass)

    def in_copy() -> int:
        copy = sessions_file.with_name("copy.db")
        copy.write_bytes(resting)
        connection = sqlite3.connect(copy)
        (count,) = connection.execute("SELECT count(*) FROM sessions").fetchone()
        connection.close()
        return int(count)

    assert await hass.async_add_executor_job(in_copy) == 1
    assert len(await listed(hass)) == 2
    await garage.hang_up()


async def test_removing_deletes_the_file(
    hass: HomeAssistant, entry: MockConfigEntry, sessions_file: Path
) -> None:
    assert await hass.config_entries.async_setup(entry.entry_id)
    garage = await replay(entry.runtime_data)
    assert await hass.async_add_executor_job(sessions_file.exists)
    await garage.hang_up()
    await hass.config_entries.async_remove(entry.entry_id)
    assert not await hass.async_add_executor_job(sessions_file.exists)
