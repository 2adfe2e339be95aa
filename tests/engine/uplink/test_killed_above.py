"""What a station was answered is told above, whatever becomes of Home Assistant in the next moment (promise 8)."""

import asyncio
from pathlib import Path
import shutil
from time import perf_counter
from typing import Any

import pytest

from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.uplink import outbox as module
from custom_components.evenload.engine.uplink.names import PROFILE
from custom_components.evenload.engine.uplink.outbox import Outbox
from custom_components.evenload.engine.uplink.weights import is_of_transaction
from custom_components.evenload.engine.upward import uplink_file
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import event
from tests.engine.uplink.conftest import Below, Come
from tests.engine.uplink.test_above_16 import NOW, connected, profile, start, stop

PLACE: dict[str, Any] = {"evse": {"id": 1, "connectorId": 1}}


async def found_after_a_kill(database: Path) -> Outbox:
    """Return what a house would find that comes up where another was killed now: the system keeps what was written."""
    file = uplink_file(database)
    folder = database.parent / f"killed-{perf_counter()}"
    folder.mkdir()
    for part in database.parent.glob(f"{file.name}*"):
        shutil.copy(part, folder)
    box = Outbox(folder / file.name, lambda _: None)
    await box.open()
    return box


async def left_by_a_kill(database: Path) -> list[str]:
    """Return which transactions' messages it would find."""
    box = await found_after_a_kill(database)
    found = []
    while box.count("A"):
        message = await box.next("A")
        box.delivered(message)
        if is_of_transaction(message.action, message.payload):
            found.append(message.payload.get("eventType", message.action))
    await box.close()
    return found


async def left_alone(come: Come, version: str, database: Path) -> Below:
    """Return a station that keeps its messages in this place, and whose CSMS has gone."""
    site, station, csms = await come(version, version, database=database)
    await connected(site)
    await csms.go()
    return station


async def test_a_transaction_of_1_6_that_was_answered_survives_a_kill(
    come: Come, tmp_path: Path
) -> None:
    database = tmp_path / "evenload.db"
    station = await left_alone(come, "1.6", database)
    assert isinstance(station, Dialler)
    begun = {"connectorId": 1, "idTag": "CARD", "meterStart": 1, "timestamp": NOW}
    said = await station.result("StartTransaction", begun)
    assert await left_by_a_kill(database) == ["StartTransaction"]
    await stop(station, said["transactionId"], 200)
    assert await left_by_a_kill(database) == ["StartTransaction", "StopTransaction"]


async def test_a_transaction_of_2_that_was_answered_survives_a_kill(
    come: Come, tmp_path: Path
) -> None:
    database = tmp_path / "evenload.db"
    station = await left_alone(come, "2.0.1", database)
    kinds = ("Started", "Updated", "Ended")
    for number, kind in enumerate(kinds):
        said = event(kind, NOW, number, trigger="ChargingStateChanged")
        await station.result("TransactionEvent", said)
        assert await left_by_a_kill(database) == [*kinds[: number + 1]]


async def test_a_disk_that_hangs_does_not_keep_a_station_waiting(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, station, _ = await come("1.6", "1.6")
    assert isinstance(station, Dialler)
    await connected(site)
    write = module.OutboxFile.write
    hanging = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hangs(*args: Any) -> None:
        asyncio.run_coroutine_threadsafe(hanging.wait(), loop).result()
        write(*args)

    monkeypatch.setattr(module, "KEEP_PATIENCE_S", 0.2)
    monkeypatch.setattr(module.OutboxFile, "write", hangs)
    began = perf_counter()
    ours = await start(station)
    await stop(station, ours, 200)
    assert perf_counter() - began < 3
    hanging.set()


async def test_a_beginning_that_a_station_says_twice_is_told_once(come: Come) -> None:
    """It has not heard the answer: the house knows it by its EVSE, token and time, and those above would give a second number."""
    site, station, csms = await come("1.6", "1.6")
    assert isinstance(station, Dialler)
    await connected(site)
    begun = {"connectorId": 1, "idTag": "CARD", "meterStart": 100, "timestamp": NOW}
    ours = [
        (await station.result("StartTransaction", begun))["transactionId"]
        for _ in range(3)
    ]
    assert len({*ours}) == 1
    await stop(station, ours[0], 200)
    [ended] = await csms.heard.until("StopTransaction")
    [_] = csms.heard.of("StartTransaction")
    assert ended["transaction_id"] == 7001


async def test_a_beginning_of_2_that_a_station_says_twice_is_told_once(
    come: Come,
) -> None:
    """E13: what is not answered is said again, as it was; a CSMS of 1.6 would give it a second number, and never hear of the first's end."""
    site, station, csms = await come("2.0.1", "1.6")
    await connected(site)
    card = {"idToken": {"idToken": "CARD", "type": "ISO14443"}}
    begun = event("Started", NOW, 0, state="Charging", **PLACE, **card)
    for _ in range(3):
        await station.result("TransactionEvent", begun)
    await csms.heard.until("StartTransaction")
    await station.result("TransactionEvent", event("Ended", NOW, 1, **PLACE))
    [ended] = await csms.heard.until("StopTransaction")
    [_] = csms.heard.of("StartTransaction")
    assert ended["transaction_id"] == 7001


async def test_a_limit_that_was_accepted_survives_a_kill(
    come: Come, tmp_path: Path
) -> None:
    database = tmp_path / "evenload.db"
    site, _, csms = await come("1.6", "1.6", Domain.LIMITS, database=database)
    await connected(site)
    reply = await csms.ask(
        "upstairs",
        "SetChargingProfile",
        connector_id=1,
        cs_charging_profiles=profile(8),
    )
    assert reply.status == "Accepted"
    box = await found_after_a_kill(database)
    assert len(box.named("A", PROFILE)) == 1
    await box.close()
    reply = await csms.ask("upstairs", "ClearChargingProfile", id=5)
    assert reply.status == "Accepted"
    box = await found_after_a_kill(database)
    assert box.named("A", PROFILE) == {}
    await box.close()
