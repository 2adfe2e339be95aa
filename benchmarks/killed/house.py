"""The house: takes one message of a station after the other, and answers when it is as safe as a station is told."""

import asyncio
from datetime import datetime
import json
from multiprocessing.connection import Connection
import os
from pathlib import Path
from typing import Any

from custom_components.evenload.engine.model.configuration import (
    ListenerConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import (
    MetersSampled,
    StatusReported,
    TransactionEnded,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.planning import Outlook, Series
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.model.transactions import TransactionStart
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.vault import Part

from .story import BEGUN, IDENTITY, PRICES

_REGISTER = "Energy.Active.Import.Register"


class Folder:
    """A vault of files, each replaced as a whole and on the disk when that is done."""

    def __init__(self, path: Path) -> None:
        """Use a folder."""
        self._path = path

    async def load(self, part: Part) -> dict[str, Any] | None:
        """Return what was saved last."""
        file = self._path / f"{part}.json"
        loaded: dict[str, Any] | None = (
            json.loads(file.read_text()) if file.exists() else None
        )
        return loaded

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        """Write it, and wait for the disk."""
        new = self._path / f"{part}.new"
        with new.open("w") as file:
            json.dump(data, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._path / f"{part}.json")


class House:
    """A site whose clock is the station's."""

    def __init__(self, folder: Path) -> None:
        """Use a folder."""
        self.at = BEGUN
        config = SiteConfig(
            "Home", Current(63), stations={IDENTITY: StationConfig(IDENTITY, "")}
        )
        self.site = Site(
            config,
            ListenerConfig(0, "127.0.0.1"),
            Folder(folder),
            lambda: self.at,
            folder / "sessions.db",
        )
        self.site.set_outlook(
            Outlook(import_price=Series(BEGUN, PRICES), currency="EUR")
        )

    async def tell(self, told: dict[str, Any]) -> dict[str, Any]:
        """Take a message, and return what the station is answered."""
        at = self.at = datetime.fromisoformat(told["at"])
        key, desk = EvseKey(IDENTITY, 1), self.site._desk  # noqa: SLF001  # as a connection does
        match told["kind"]:
            case "start":
                start = TransactionStart(key, at, told["token"], told["wh"])
                number = await desk.begin_transaction(start, reservation_id=None)
                return {"id": number}
            case "end":
                await desk.end_transaction(
                    TransactionEnded(
                        identity=IDENTITY,
                        at=at,
                        transaction_id=told["id"],
                        meter_stop_wh=told["wh"],
                        reason="Local",
                    )
                )
            case "meter":
                desk.hear(
                    MetersSampled(
                        identity=IDENTITY,
                        at=at,
                        evse=1,
                        samples=(Sample(_REGISTER, told["wh"], "Wh"),),
                        transaction_id=told["id"],
                    )
                )
            case status:
                desk.hear(
                    StatusReported(
                        identity=IDENTITY, at=at, evse=1, status=EvseStatus(status)
                    )
                )
        return {}


async def live(folder: Path, line: Connection) -> None:
    """Answer until nothing more is said."""
    house = House(folder)
    await house.site.load()
    line.send({})
    loop = asyncio.get_running_loop()
    while (told := await loop.run_in_executor(None, line.recv)) is not None:
        answer = await house.tell(told)
        # Like a network, which gives the rest of the house time.
        await asyncio.sleep(0.002)
        line.send(answer)
        # A minute passes with each message: no time while the disk is written.
        keeper = house.site._bookkeeper  # noqa: SLF001  # as above
        assert keeper is not None
        await asyncio.gather(*keeper._tasks)  # noqa: SLF001  # as above
    await house.site.close()


def begin(folder: Path, line: Connection) -> None:
    """Live one life."""
    asyncio.run(live(folder, line))
