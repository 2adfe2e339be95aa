"""A file for those above that cannot be opened at first: it is tried again, and what an earlier life left in it is told then (promise 8)."""

import asyncio
from pathlib import Path
import sqlite3
from typing import Any

import pytest

from custom_components.evenload.engine import upward
from custom_components.evenload.engine.uplink.file import Found, OutboxFile
from custom_components.evenload.engine.uplink.outbox import Outbox
from tests.engine.csms.dialler import Dialler
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import NOW, connected, start, stop


async def leave(database: Path) -> None:
    """Leave the beginning of a session, as an earlier life would."""
    box = Outbox(upward.uplink_file(database), lambda _: None)
    await box.open()
    begun = {"connectorId": 1, "idTag": "OLD", "meterStart": 5, "timestamp": NOW}
    box.put("A", "StartTransaction", {**begun, "_transaction": "old"})
    await box.close()


async def test_what_was_left_is_told_and_nothing_takes_its_place(
    come: Come, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "evenload.db"
    await leave(database)
    open_it, fails = OutboxFile.open, [3]

    def opens_late(file: Any) -> Found:
        if fails[0]:
            fails[0] -= 1
            raise sqlite3.OperationalError("disk I/O error")
        return open_it(file)

    monkeypatch.setattr(upward, "OPEN_AGAIN_S", 0.2)
    monkeypatch.setattr(OutboxFile, "open", opens_late)
    site, station, csms = await come("1.6", "1.6", database=database)
    assert isinstance(station, Dialler)
    assert site.uplink("A") is None
    # What its owner changes meanwhile begins nothing by half.
    site.reconfigure(site._fleet.config)
    await connected(site)
    await stop(station, await start(station), 400)
    begun = await csms.heard.until("StartTransaction", 2)
    assert [one["id_tag"] for one in begun] == ["OLD", "CARD"]
    [ended] = await csms.heard.until("StopTransaction")
    assert ended["transaction_id"] == 7002


async def test_who_closes_meanwhile_leaves_nobody_who_tries(
    come: Come, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: Any) -> Found:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(upward, "OPEN_AGAIN_S", 0.02)
    monkeypatch.setattr(OutboxFile, "open", never)
    site, _, _ = await come("1.6", "1.6", database=tmp_path / "evenload.db")
    await asyncio.sleep(0.1)
    await site.close()
    assert site.uplink("A") is None
