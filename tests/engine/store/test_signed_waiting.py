"""Signed meter values prove a bill: they are kept while the file of sessions cannot be, and are in it when it can."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from custom_components.evenload.engine.model.events import (
    MetersSampled,
    TransactionEnded,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import SessionQuery, SignedValue
from custom_components.evenload.engine.model.transactions import TransactionStart
from custom_components.evenload.engine.sessions import notes
from tests.engine.sessions.days import T0
from tests.engine.sessions.test_replay import IDENTITY
from tests.engine.store.booked import BookedHouse
from tests.engine.store.test_disk_full import no_room

ALL = SessionQuery(details=True)
MINUTE = timedelta(minutes=1)


def value(at: datetime, context: str, size: int = 100) -> SignedValue:
    """One as a meter signs it: what is to the letter may be of any length."""
    return SignedValue(at, f"OCMF|{context}|".ljust(size, "x"), context, "OCMF")


class Charging:
    """A transaction of 1.6 whose meter signs what it says."""

    def __init__(self, house: BookedHouse) -> None:
        self.house, self.told = house, list[SignedValue]()

    def sign(self, minutes: float, context: str, size: int = 100) -> SignedValue:
        self.house.at = T0 + minutes * MINUTE
        self.told.append(value(self.house.at, context, size))
        return self.told[-1]

    async def start(self) -> None:
        signed = self.sign(0, "Transaction.Begin")
        start = TransactionStart(EvseKey(IDENTITY, 1), T0, "card", 1000.0, None)
        self.id = await self.house.site._desk.begin_transaction(
            start, reservation_id=None, signed=(signed,)
        )

    def meter(self, minutes: float, size: int = 100) -> None:
        signed = self.sign(minutes, "Sample.Periodic", size)
        event = MetersSampled(
            identity=IDENTITY,
            at=signed.at,
            evse=1,
            samples=(),
            transaction_id=self.id,
            signed=(signed,),
        )
        self.house.site._desk.hear(event)

    async def end(self, minutes: float) -> None:
        signed = self.sign(minutes, "Transaction.End")
        await self.house.site._desk.end_transaction(
            TransactionEnded(
                identity=IDENTITY,
                at=signed.at,
                evse=1,
                transaction_id=self.id,
                token=None,
                reason="Local",
                meter_stop_wh=3000.0,
                signed=(signed,),
            )
        )


async def reborn(house: BookedHouse, path: Path, *, dies: bool = True) -> BookedHouse:
    """Another life, with what this one wrote."""
    end: Callable[[], object] = house.die if dies else house.site.close
    await end()
    other = BookedHouse(1, house.disk, house.at, house.ids, path=path)
    await other.site.load()
    return other


async def kept(house: BookedHouse) -> list[SignedValue]:
    """What is on record of the only session."""
    (one,) = await house.site.list_sessions(ALL)
    return list(one.signed)


async def begun(path: Path) -> tuple[BookedHouse, Charging]:
    """Return a house in which a vehicle charges."""
    house = BookedHouse(1, path=path)
    await house.site.load()
    charging = Charging(house)
    await charging.start()
    return house, charging


@pytest.mark.parametrize("dies", [True, False])
async def test_what_was_signed_waits_until_the_file_can_be_opened(
    tmp_path: Path, dies: bool
) -> None:
    """Also over a life in which it cannot be opened either, and also if Home Assistant is killed."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    path = blocked / "sessions.db"
    house, charging = await begun(path)
    charging.meter(5)
    await charging.end(10)
    house = await reborn(house, path, dies=dies)
    house = await reborn(house, path, dies=dies)
    blocked.unlink()
    house = await reborn(house, path, dies=dies)
    assert await kept(house) == charging.told
    # They wait no more, and are in the file once.
    house = await reborn(house, path, dies=dies)
    assert await kept(house) == charging.told
    assert house.site._fleet.state().signed == ()
    await house.site.close()


async def test_what_was_signed_while_the_disk_is_full_survives_a_kill(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sessions.db"
    house, charging = await begun(path)
    with no_room(path):
        charging.meter(5)
        await charging.end(10)
        house = await reborn(house, path)
    assert await kept(house) == charging.told
    await house.site.close()


async def test_what_waits_is_bounded_and_the_proofs_of_a_bill_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "MOST_SIGNED", 2000)
    blocked = tmp_path / "file"
    blocked.write_text("")
    path = blocked / "sessions.db"
    house, charging = await begun(path)
    for minute in range(1, 30):
        charging.meter(minute, 250)
    await charging.end(30)
    blocked.unlink()
    house = await reborn(house, path)
    # 100 characters at the beginning, and what fits beside them into half of 2000.
    assert await kept(house) == [*charging.told[:4], charging.told[-1]]
    await house.site.close()
