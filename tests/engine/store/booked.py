"""A house whose sessions are put on record in a real database, with a price of its own for every quarter hour."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import override

from custom_components.evenload.engine.model.configuration import ListenerConfig
from custom_components.evenload.engine.model.sessions import (
    Price,
    SessionQuery,
    SessionRecord,
)
from custom_components.evenload.engine.site import Site
from tests.engine.sessions.test_replay import SITE, House, Told


class Changing:
    """Prices between 5 and 44 cents, another one in each quarter hour."""

    def price_at(self, moment: datetime) -> Price | None:
        slot = int(moment.timestamp() // 900)
        return Price((5 + slot * 7 % 40) / 100, 0.04, "EUR")


@dataclass
class BookedHouse(House):
    """Keeps its sessions in a database."""

    path: Path = field(kw_only=True)
    records: list[SessionRecord] = field(default_factory=list)

    @override
    def build(self) -> Site:
        listener = ListenerConfig(0, "127.0.0.1")
        site = Site(SITE, listener, self.disk, lambda: self.at, self.path)
        assert site._bookkeeper is not None
        site._bookkeeper.pricing.prices = Changing()
        return site

    async def close(self) -> None:
        """Close the books, and keep what they say."""
        self.records = await self.site.list_sessions(SessionQuery(details=True))
        await self.site.close()

    async def die(self) -> None:
        """End without writing anything more."""
        keeper = self.site._bookkeeper
        assert keeper is not None
        keeper.news.cancel()
        keeper.late.cancel()
        keeper._tick.close()
        self.site._fleet.close()
        await asyncio.gather(*keeper._tasks, return_exceptions=True)
        await keeper.store.close()
        if self.site._memory._timer is not None:
            self.site._memory._timer.cancel()

    def figures(self) -> list[tuple[object, ...]]:
        """What is on record of each session, to the Wh and the cent."""
        return sorted(
            (
                one.key,
                one.started_at,
                one.ended_at,
                one.token or "",
                one.end_reason or "",
            )
            for one in self.records
        )


async def booked(version: int, told: list[Told], restart: int = -1) -> BookedHouse:
    """A house that was told all of it."""
    with TemporaryDirectory() as folder:
        house = BookedHouse(version, path=Path(folder) / "sessions.db")
        await house.site.load()
        for number, (at, message) in enumerate(told):
            if number == restart:
                await house.restart()
            await house.tell(at, message)
        await house.close()
    return house
