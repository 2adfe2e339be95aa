"""NaN and Infinity, which are not JSON but written by some libraries, cost one sample and no message."""

from datetime import UTC, datetime
import json

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import event

WORDS = ["NaN", "Infinity", "-Infinity", "1e400", "null"]


@pytest.mark.parametrize("word", WORDS)
async def test_of_a_transaction_nothing_else_is_lost(
    open_site: OpenSite, dial2: Dial2, word: str
) -> None:
    site = await open_site("A")
    station = await dial2(site)
    await station.boot()
    await station.settled()
    now = datetime.now(UTC).isoformat()
    samples = [
        {"value": "@", "measurand": "Power.Factor"},
        {"value": 9.0, "measurand": "Current.Import"},
    ]
    payload = event(
        "Started",
        now,
        0,
        state="Charging",
        evse={"id": 1},
        meterValue=[{"timestamp": now, "sampledValue": samples}],
    )
    text = json.dumps([2, "n1", "TransactionEvent", payload]).replace('"@"', word)
    assert await station.ask(text) == [3, "n1", {}]
    evse = site.evse(EvseKey("A", 1))
    assert evse.transaction is not None
    assert set(evse.reading.current_a.values()) == {9.0}


@pytest.mark.parametrize("word", WORDS)
async def test_of_meter_values_nothing_else_is_lost(
    station: tuple[Site, Dialler], word: str
) -> None:
    site, dialler = station
    samples = [
        {"value": "@", "measurand": "Power.Factor"},
        {"value": "9.0", "measurand": "Current.Import", "unit": "A"},
    ]
    value = {"timestamp": datetime.now(UTC).isoformat(), "sampledValue": samples}
    payload = {"connectorId": 1, "meterValue": [value]}
    text = json.dumps([2, "n1", "MeterValues", payload]).replace('"@"', word)
    assert await dialler.ask(text) == [3, "n1", {}]
    assert set(site.evse(EvseKey("A", 1)).reading.current_a.values()) == {9.0}
