"""Stations without a register: what they tell of power is added up, told as it happens or at the end."""

from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.evenload.engine.model.events import (
    MetersSampled,
    TransactionEnded,
)
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.sessions import SessionQuery, Source
from tests.engine.sessions.days import IDENTITY, T0, Message
from tests.engine.store.booked import BookedHouse

MINUTE = timedelta(minutes=1)


def power(watts: float) -> Sample:
    return Sample("Power.Active.Import", watts, "W")


async def measured(house: BookedHouse, minute: float, watts: float) -> None:
    """Tell of the power at a moment, as it is measured."""
    house.at = T0 + minute * MINUTE
    house.site._desk.hear(
        MetersSampled(identity=IDENTITY, at=house.at, evse=1, samples=(power(watts),))
    )


async def visit(house: BookedHouse, begins: int, minutes: int, wh: float = 0) -> None:
    """A transaction at 7.2 kW; 1.6 has to tell of a register at both ends (§6.45, §6.49)."""
    number = 100 + begins
    start = Message(T0 + begins * MINUTE, 1, "start", number, 0, token="card")
    await house.tell(start.at, start)
    for minute in range(minutes + 1):
        await measured(house, begins + minute, 7200)
    at = T0 + (begins + minutes) * MINUTE
    end = Message(at, 1, "end", number, wh, reason="EVDisconnected", token="card")
    await house.tell(at, end)


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_register_that_stays_at_0_is_none(
    tmp_path: Path, restarts: bool
) -> None:
    house = BookedHouse(1, path=tmp_path / "sessions.db")
    await house.site.load()
    await visit(house, 0, 30)
    if restarts:
        await house.restart()
    await visit(house, 60, 10)
    await house.close()
    found = sorted(house.records, key=lambda one: one.started_at)
    assert [one.account.source for one in found] == [Source.INTEGRATED] * 2
    energies_wh = [one.account.energy_wh for one in found]
    assert energies_wh == pytest.approx([3600, 1200], abs=1)
    assert all(one.account.cost for one in found)


async def test_a_register_that_is_told_at_the_end_counts(tmp_path: Path) -> None:
    house = BookedHouse(1, path=tmp_path / "sessions.db")
    await house.site.load()
    await visit(house, 0, 30, wh=3500)
    await house.close()
    (one,) = house.records
    assert (one.account.energy_wh, one.account.source) == (3500, Source.REGISTER)


async def test_every_sample_of_a_minute_counts_and_so_does_that_of_the_end(
    tmp_path: Path,
) -> None:
    """2.0.1 E06, E07: the last TransactionEvent carries meter values of its own."""
    house = BookedHouse(2, path=tmp_path / "sessions.db")
    await house.site.load()
    start = Message(T0, 1, "start", 1, token="card")
    await house.tell(T0, start)
    for second in range(0, 90, 10):
        await measured(house, second / 60, 3600 if second < 60 else 7200)
    house.at = at = T0 + 1.5 * MINUTE
    end = TransactionEnded(
        identity=IDENTITY,
        at=at,
        transaction_id="uuid-1",
        meter_stop_wh=None,
        reason="EVDisconnected",
        moments=((at, (power(7200),)),),
    )
    await house.site._desk.end_transaction(end)
    (one,) = await house.site.list_sessions(SessionQuery())
    # 50 s at 1 Wh a second, 10 s on the way to 2, and 30 s at 2.
    assert one.account.energy_wh == pytest.approx(50 + 15 + 60, abs=0.1)
    # Told again it changes nothing.
    await house.site._desk.end_transaction(end)
    await house.close()
    assert house.records[0].account.energy_wh == one.account.energy_wh
