"""Statements that somebody pays by: what is missing is said, numbers are written as readers read them, and each has its own file."""

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
import re
from types import MappingProxyType

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import Outlook, Series
from custom_components.evenload.engine.model.sessions import (
    Account,
    SessionQuery,
    SessionRecord,
)
from custom_components.evenload.engine.site import Site
from custom_components.evenload.session_tables import write_csv
from custom_components.evenload.statements import statements, write_statements
from tests.homeassistant import real_site
from tests.homeassistant.real_site import until
from tests.homeassistant.test_sessions_real import BEGUN, CARD, exported, replay

pytestmark = pytest.mark.usefixtures("socket_enabled")

engine, entry, site = real_site.engine, real_site.entry, real_site.site


def driver(name: str, *cards: str) -> ConfigSubentry:
    """A driver with cards."""
    return ConfigSubentry(
        data=MappingProxyType({"tokens": list(cards), "stations": [], "more": {}}),
        subentry_type="driver",
        title=name,
        unique_id=None,
    )


def expect_the_first_hour(site: Site) -> None:
    """20 cents in the first of two hours; of the other nobody knows."""
    price = Series(BEGUN, (0.2,) * 4)
    site.set_outlook(Outlook(import_price=price, currency="EUR"))


@pytest.fixture
async def pages(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Where statements are written."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    return tmp_path


async def test_a_cost_that_is_not_all_of_it_is_said_to_be_so(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site, pages: Path
) -> None:
    anna = driver("Anna", CARD)
    hass.config_entries.async_add_subentry(entry, anna)
    await hass.async_block_till_done()
    expect_the_first_hour(site)
    garage = await replay(site)
    await until(hass, "sensor.garage_cost_of_last_session", "0.4")
    shown = hass.states.get("sensor.garage_cost_of_last_session")
    assert shown.attributes["unpriced_kwh"] == 2.0
    assert hass.states.get("event.garage_activity").attributes["unpriced_kwh"] == 2.0
    if dt_util.as_local(BEGUN).month == dt_util.now().month:
        await until(hass, "sensor.anna_cost_this_month", "0.4")
        month = hass.states.get("sensor.anna_cost_this_month")
        assert month.attributes["unpriced_kwh"] == 2.0
    [page] = await exported(hass, path=str(pages), format="html")
    text = await hass.async_add_executor_job(Path(page["path"]).read_text)
    # Of the session, of the sum, and what it means.
    assert text.count("0.40 EUR *</td>") == 2
    assert "* Not in the cost, as its price is not known: 2.000 kWh" in text
    await garage.hang_up()


async def test_numbers_are_written_as_they_are_read(
    hass: HomeAssistant, site: Site, pages: Path
) -> None:
    """7.417 kWh are more than seven thousand to a German."""
    hass.config.language = "de"
    expect_the_first_hour(site)
    garage = await replay(site)
    await until(hass, "sensor.garage_cost_of_last_session", "0.4")
    [page] = await exported(hass, path=str(pages), format="html")
    text = await hass.async_add_executor_job(Path(page["path"]).read_text)
    assert "4,000" in text
    assert "0,40 EUR" in text
    assert 'lang="de"' in text
    await garage.hang_up()


async def test_namesakes_have_a_file_each(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site, pages: Path
) -> None:
    one, other = driver("Anna", CARD), driver("anna", "CARD-0002")
    for each in (one, other):
        hass.config_entries.async_add_subentry(entry, each)
    await hass.async_block_till_done()
    garage = await replay(site)
    await garage.hang_up()
    drive = await replay(site, "drive", "CARD-0002")
    found = await exported(hass, path=str(pages), format="html")
    names = {Path(page["path"]).name for page in found}
    month = f"{BEGUN.astimezone():%Y-%m}"
    assert {name[-len("_123456.html") :] for name in names} == {
        f"_{each.subentry_id[-6:].lower()}.html" for each in (one, other)
    }
    assert all(name.startswith(f"statement_{month}_anna_") for name in names)
    await drive.hang_up()


async def test_a_statement_adds_up(
    hass: HomeAssistant, entry: MockConfigEntry, pages: Path
) -> None:
    """Three times 2.4 cents are three times 2 cents: what is printed is what is paid. The table rounds to the same."""
    costs = (0.024, 0.024, 0.024, 0.105, 0.10496, -0.0004, None)
    records = [
        SessionRecord(
            id=number,
            key=EvseKey("garage", 1),
            started_at=BEGUN,
            ended_at=BEGUN,
            account=Account(1000.4, cost=cost, currency="EUR"),
        )
        for number, cost in enumerate(costs)
    ]
    words = await statements(hass, entry)
    write = write_statements(words, SessionQuery(), pages)
    [(page, _)] = await hass.async_add_executor_job(write, records)
    text = await hass.async_add_executor_job(page.read_text)
    rows, total = text.split("<tfoot>")
    said = re.findall(r">(-?[0-9.]+) EUR<", rows)
    assert said[::-1] == ["0.02", "0.02", "0.02", "0.11", "0.11", "0.00"]
    assert ">0.28 EUR<" in total
    assert ">7.000<" in total
    table = pages / "sessions.csv"
    await hass.async_add_executor_job(write_csv(entry, table), records)
    read = csv.DictReader(
        (await hass.async_add_executor_job(table.read_text)).splitlines()
    )
    cent = Decimal("0.01")
    kept = [Decimal(row["cost"]) for row in read if row["cost"]]
    assert sum(one.quantize(cent, ROUND_HALF_UP) for one in kept) == Decimal("0.28")
