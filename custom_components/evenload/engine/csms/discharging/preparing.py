"""Makes a station ready to discharge where its owner allows that: reads what it can do, has it measure what flows out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from ...model.v2x import V2gConfig

# Stations know what they can do of this only some seconds after they have booted, and tell of changes in bursts.
SETTLES_S = 4.0

# What such a station should sample, the most needed first.
MEASURANDS = (
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Power.Active.Export",
    "SoC",
    "Energy.Active.Export.Register",
    "Current.Import",
    "Voltage",
    "Current.Export",
    "Current.Offered",
)

# It turns round within seconds, and its owner looks on: it says more often what flows than one that only charges, in seconds.
SAMPLE_INTERVAL_S = 3

# So few make no sense.
LEAST_MEASURANDS = 3


class Preparing:
    """Prepares one connection, again where its owner or the station has changed something."""

    def __init__(
        self,
        allowed: Callable[[], Mapping[int, V2gConfig]],
        prepare: Callable[[], Awaitable[None]],
        withdraw: Callable[[], None],
    ) -> None:
        """Prepare by this, as long as anything is `allowed`; `withdraw` where nothing is any more."""
        self._allowed = allowed
        self._prepare, self._withdraw = prepare, withdraw
        self._prepared: Mapping[int, V2gConfig] = {}
        self._is_in = asyncio.Event()
        self._news = asyncio.Event()

    def came_in(self) -> None:
        """Tell that the station is known, limited and set up: nothing here is more urgent."""
        self._is_in.set()

    def permitted(self) -> None:
        """Tell that the owner may have changed what is allowed."""
        if self._allowed() != self._prepared:
            self._news.set()

    def changed(self) -> None:
        """Tell that the station says something new of what it can do."""
        self._news.set()

    async def live(self) -> None:
        """Prepare now, and whenever there is reason to."""
        await self._is_in.wait()
        while True:
            if self._allowed():
                await asyncio.sleep(SETTLES_S)
                self._news.clear()
                self._prepared = self._allowed()
                await self._prepare()
            else:
                self._prepared = {}
                self._withdraw()
            await self._news.wait()
            self._news.clear()
