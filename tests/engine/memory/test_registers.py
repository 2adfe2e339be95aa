"""Registers are kept with the readings that matter; to find these costs the event loop nothing."""

from datetime import UTC, datetime, timedelta
import threading
from typing import Any

import pytest

from custom_components.evenload.engine.control.holdings import Holding
from custom_components.evenload.engine.memory import Memory, Sessions, State
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import EvseSettings, StationInfo
from custom_components.evenload.engine.records import EvseRecord, StationRecord
from custom_components.evenload.engine.sessions.history import History, begun
from custom_components.evenload.engine.sessions.ledger import Pages
from custom_components.evenload.engine.vault import Part

T0 = datetime(2026, 6, 1, tzinfo=UTC)


class Disk:
    def __init__(self) -> None:
        self.parts: dict[Part, dict[str, Any]] = {}

    async def load(self, part: Part) -> dict[str, Any] | None:
        return self.parts.get(part)

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        self.parts[part] = data


def restarting() -> History:
    """A register that begins anew with each session."""
    history = begun(0.0, T0)
    for number in range(1, 120):
        at = T0 + timedelta(seconds=10 * number)
        history = history.after(20.0 * (number % 30), at)
    return history


async def test_they_are_thinned_in_the_thread_that_encodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = set()
    thin = History.kept

    def kept(history: History) -> History:
        threads.add(threading.current_thread())
        return thin(history)

    monkeypatch.setattr(History, "kept", kept)
    history = restarting()
    evse = EvseRecord(
        number=1,
        status=None,
        operative=True,
        settings=EvseSettings(),
        holding=Holding(),
        reading=Reading(),
        register=history,
        export=history,
    )
    record = StationRecord("A", StationInfo(), Capabilities(), True, Holding(), (evse,))
    disk = Disk()
    state = State(Pages(next_id=1), (record,))
    memory = Memory(disk, lambda: state, Sessions, lambda _: None)
    assert await memory.save()
    assert threads
    assert threading.main_thread() not in threads
    read, _ = await Memory(disk, lambda: state, Sessions, lambda _: None).load()
    assert read is not None
    [again] = read.stations[0].evses
    for register in (again.register, again.export):
        assert register == thin(history)
        assert len(register.readings) <= 48 < len(history.readings)
