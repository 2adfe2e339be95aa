"""Sessions on the real engine: a station tells of them, and they are listed, shown and exported with what they cost."""

import asyncio
from collections.abc import Callable
import csv
from datetime import timedelta
from pathlib import Path
import sqlite3
import threading
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload import session_rows, session_services
from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.planning import Outlook, Series
from custom_components.evenload.engine.model.sessions import SessionRecord
from custom_components.evenload.engine.site import Site
from custom_components.evenload.session_tables import COLUMNS
from tests.homeassistant import real_site
from tests.homeassistant.real_site import Station, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

engine, entry, site = real_site.engine, real_site.entry, real_site.site

# The full hour two hours ago, so that quarter hours and prices are known whenever this runs.
BEGUN = dt_util.utcnow().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
CARD = "CARD-0001"


def expect_prices(site: Site) -> None:
    """20 cents in the first hour, 40 in the next, and no end."""
    values = (*(0.2,) * 4, *(0.4,) * 12)
    site.set_outlook(Outlook(import_price=Series(BEGUN, values), currency="EUR"))


async def replay(site: Site, identity: str = "garage", card: str = CARD) -> Station:
    """Tell of a session while the network was away: 2 kWh in each of two hours."""
    garage = await Station.dial(site, identity)
    answer = await garage.say(
        "StartTransaction",
        connectorId=1,
        idTag=card,
        meterStart=1000,
        timestamp=BEGUN.isoformat(),
    )
    number = answer["transactionId"]
    for minutes, wh in ((30, 2000), (60, 3000), (90, 4000)):
        at = (BEGUN + timedelta(minutes=minutes)).isoformat()
        sampled = [{"value": str(wh), "unit": "Wh"}]
        if minutes == 30:
            signed = {"value": "OCMF|{}|{}", "format": "SignedData"}
            sampled.append(signed)
        await garage.say(
            "MeterValues",
            connectorId=1,
            transactionId=number,
            meterValue=[{"timestamp": at, "sampledValue": sampled}],
        )
    await garage.say(
        "StopTransaction",
        transactionId=number,
        idTag=card,
        meterStop=5000,
        timestamp=(BEGUN + timedelta(hours=2)).isoformat(),
        reason="EVDisconnected",
    )
    return garage


async def listed(hass: HomeAssistant, **data: Any) -> list[dict[str, Any]]:
    """Return what the action lists."""
    answer = await hass.services.async_call(
        DOMAIN, "list_sessions", data, blocking=True, return_response=True
    )
    return answer["sessions"]


async def test_a_replayed_session_is_on_record_with_its_true_times_and_cost(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    expect_prices(site)
    garage = await replay(site)
    await until(hass, "sensor.garage_cost_of_last_session", "1.2")
    assert float(hass.states.get("sensor.garage_energy_of_last_session").state) == 4
    happened = hass.states.get("event.garage_activity").attributes
    assert happened["event_type"] == "session_booked"
    assert (happened["energy_kwh"], happened["cost"]) == (4.0, 1.2)
    assert happened["tag"] == "…0001"

    [one] = await listed(hass, details=True)
    assert one["started_at"] == BEGUN.isoformat()
    assert one["ended_at"] == (BEGUN + timedelta(hours=2)).isoformat()
    assert (one["energy_kwh"], one["cost"], one["currency"]) == (4.0, 1.2, "EUR")
    assert (one["meter_start_kwh"], one["meter_stop_kwh"]) == (1.0, 5.0)
    assert one["source"] == "register"
    assert len(one["quarters"]) == 8
    assert sum(quarter["cost"] for quarter in one["quarters"]) == pytest.approx(1.2)
    [signed] = one["signed"]
    assert (signed["data"], signed["encoding"]) == ("OCMF|{}|{}", "OCMF")
    assert CARD not in str(one)

    # Told again it is the same session.
    await garage.hang_up()
    again = await replay(site)
    assert [row["id"] for row in await listed(hass)] == [one["id"]]
    await again.hang_up()


async def test_sessions_are_found_by_what_is_asked(
    hass: HomeAssistant, site: Site
) -> None:
    garage = await replay(site)
    tomorrow = (dt_util.now() + timedelta(days=1)).isoformat()
    assert await listed(hass, start=tomorrow) == []
    assert await listed(hass, tag="another") == []
    for card in (CARD, CARD.lower(), f" {CARD} "):
        assert len(await listed(hass, tag=card, end=tomorrow)) == 1
    with pytest.raises(ServiceValidationError, match="end is not after"):
        await listed(hass, start=tomorrow, end=BEGUN.isoformat())
    await garage.hang_up()


async def test_the_loop_does_not_wait_for_a_long_list(
    hass: HomeAssistant, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    garage = await replay(site)
    made_on: list[int] = []

    def shown(entry: MockConfigEntry, one: SessionRecord) -> dict[str, Any]:
        made_on.append(threading.get_ident())
        return session_rows.shown(entry, one)

    monkeypatch.setattr(session_services, "shown", shown)
    assert len(await listed(hass)) == 1
    assert len(made_on) == 1
    assert made_on[0] != threading.get_ident()
    await garage.hang_up()


async def exported(hass: HomeAssistant, **data: Any) -> list[dict[str, Any]]:
    """Return the files that the action writes."""
    answer = await hass.services.async_call(
        DOMAIN, "export_sessions", data, blocking=True, return_response=True
    )
    return answer["files"]


async def test_sessions_are_exported(
    hass: HomeAssistant, site: Site, tmp_path: Path
) -> None:
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    expect_prices(site)
    garage = await replay(site)
    [table] = await exported(hass, path=str(tmp_path))
    assert table["sessions"] == 1
    text = await hass.async_add_executor_job(Path(table["path"]).read_text)
    head, row = csv.reader(text.splitlines())
    assert tuple(head) == COLUMNS
    told = dict(zip(head, row, strict=True))
    assert (told["energy_kwh"], told["cost"]) == ("4.0", "1.2")
    assert (told["station_name"], told["tag"]) == ("Garage", "…0001")

    [page] = await exported(hass, path=str(tmp_path), format="html")
    text = await hass.async_add_executor_job(Path(page["path"]).read_text)
    assert "Charging statement" in text
    assert "1.20 EUR" in text
    assert CARD not in text
    with pytest.raises(ServiceValidationError, match="may not write"):
        await exported(hass, path="/nowhere")
    await garage.hang_up()


async def test_who_charges_for_free_is_told_no_cost(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site, tmp_path: Path
) -> None:
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    driver = ConfigSubentry(
        data=MappingProxyType(
            {"tokens": [CARD], "stations": [], "more": {"counted": False}}
        ),
        subentry_type="driver",
        title="Guest",
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(entry, driver)
    await hass.async_block_till_done()
    expect_prices(site)
    garage = await replay(site)
    async with asyncio.timeout(5):
        while not (rows := await listed(hass)) or rows[0]["energy_kwh"] != 4:
            await asyncio.sleep(0.05)
    assert (rows[0]["driver_name"], rows[0]["cost"]) == ("Guest", None)
    guest = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, driver.subentry_id), entry.entry_id
    )
    assert await listed(hass, driver=guest.id) == rows
    # Whoever has a card is chosen, and not named by it.
    with pytest.raises(ServiceValidationError, match="one of Guest's"):
        await listed(hass, tag=CARD)
    with pytest.raises(ServiceValidationError):
        await listed(hass, driver="Guest")
    [table] = await exported(hass, path=str(tmp_path))
    text = await hass.async_add_executor_job(Path(table["path"]).read_text)
    told = dict(zip(*csv.reader(text.splitlines()), strict=True))
    assert (told["energy_kwh"], told["cost"]) == ("4.0", "")
    [page] = await exported(hass, path=str(tmp_path), format="html")
    text = await hass.async_add_executor_job(Path(page["path"]).read_text)
    assert "EUR" not in text
    await until(hass, "sensor.garage_energy_of_last_session", "4.0")
    assert hass.states.get("sensor.garage_cost_of_last_session").state == "unknown"
    assert hass.states.get("event.garage_activity").attributes["cost"] is None
    await garage.hang_up()


async def test_sessions_outlive_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    expect_prices(site)
    garage = await replay(site)
    await until(hass, "sensor.garage_cost_of_last_session", "1.2")
    await garage.hang_up()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, "sensor.garage_cost_of_last_session", "1.2")
    assert len(await listed(hass)) == 1


async def test_a_damaged_file_is_put_aside_and_told_of(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: Site,
    sessions_file: Path,
    issue_registry: ir.IssueRegistry,
) -> None:
    garage = await replay(site)
    assert len(await listed(hass)) == 1
    await garage.hang_up()
    assert await hass.config_entries.async_unload(entry.entry_id)
    sessions_file.write_bytes(b"This is no database at all." * 400)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert issue_registry.async_get_issue(DOMAIN, "sessions_damaged_site_")
    assert await listed(hass) == []
    assert list(sessions_file.parent.glob("sessions.db.damaged-*"))


async def test_a_later_version_s_file_is_left_alone(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    sessions_file: Path,
    issue_registry: ir.IssueRegistry,
    make_newer: Callable[[Path], None],
) -> None:
    await hass.async_add_executor_job(make_newer, sessions_file)
    assert await hass.config_entries.async_setup(entry.entry_id)
    site: Site = entry.runtime_data
    assert issue_registry.async_get_issue(DOMAIN, "sessions_unusable_site_")
    with pytest.raises(HomeAssistantError, match="cannot be used"):
        await listed(hass)
    # Charging goes on, and nothing is lost: the last sessions are kept as they were before there was a database.
    garage = await replay(site)
    await garage.hang_up()
    await asyncio.sleep(0)
    assert await hass.config_entries.async_reload(entry.entry_id)
    reborn: Site = entry.runtime_data
    assert len(reborn._ledger.ended) == 1
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def make_newer() -> Callable[[Path], None]:
    """What a version to come would have left."""

    def make(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version=99")
        connection.close()

    return make
