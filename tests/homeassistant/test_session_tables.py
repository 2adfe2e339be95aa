"""Tables for spreadsheets: nothing that a station says is computed, and no file is taken for another."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import (
    Account,
    SessionRecord,
    Source,
)
from custom_components.evenload.session_tables import write_csv
from tests.homeassistant import real_site

entry = real_site.entry

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)

RECORD = SessionRecord(
    id=1,
    key=EvseKey("garage", 1),
    started_at=T0,
    ended_at=T0 + timedelta(hours=1),
    account=Account(-4000.0, cost=-1.2, currency="EUR", source=Source.REGISTER),
)


async def written(
    hass: HomeAssistant, entry: MockConfigEntry, folder: Path, one: SessionRecord
) -> dict[str, str]:
    """Return the only row of a table."""
    path = folder / "sessions.csv"
    await hass.async_add_executor_job(write_csv(entry, path), [one])
    text = await hass.async_add_executor_job(path.read_text)
    [row] = csv.DictReader(text.splitlines())
    return row


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
async def test_no_text_of_a_station_is_a_formula(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path, formula: str
) -> None:
    one = replace(
        RECORD,
        key=EvseKey(formula, 1),
        driver=formula,
        end_reason=formula,
        transactions=(formula, "2"),
        account=replace(RECORD.account, currency=formula),
    )
    row = await written(hass, entry, tmp_path, one)
    assert row["transactions"] == f"'{formula} 2"
    texts = ("station", "station_name", "driver", "end_reason", "currency")
    assert {row[name] for name in texts} == {f"'{formula}"}
    # Numbers below 0 are numbers.
    assert (row["energy_kwh"], row["cost"]) == ("-4.0", "-1.2")
