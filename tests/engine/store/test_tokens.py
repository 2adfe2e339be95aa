"""One card is found however it is written: OCPP 1.6 §7.28 and 2.0.1 §3.43 compare tokens without case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import SessionQuery
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.engine.sessions.store.batch import Batch
from custom_components.evenload.engine.sessions.store.store import SessionStore

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
KEY = EvseKey("garage", 1)
END = T0 + timedelta(hours=1)
ONE = Transaction("1", KEY, T0, None, 0.0, None, END, END, "Local")


@pytest.mark.parametrize("asked", ["04a2B3c4", "04A2B3C4", "04:a2:b3:c4", " 04a2b3c4 "])
@pytest.mark.parametrize("told", ["04a2b3c4", "04A2B3C4", "04:A2:B3:C4"])
async def test_a_card_is_found_however_it_is_written(
    tmp_path: Path, told: str, asked: str
) -> None:
    store = SessionStore(tmp_path / "sessions.db", lambda: T0)
    await store.open()
    sessions = [
        Session(KEY, T0, (replace(ONE, id=token or "", token=token),), END)
        for token in (told, "04a2b3c5", None)
    ]
    await store.write(Batch(sessions))
    [one] = await store.records(SessionQuery(tokens=frozenset({asked})))
    assert one.token == told
    await store.close()
