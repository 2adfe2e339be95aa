"""Asks for updates of dynamic profiles that are to be asked for (2.1 K28, dynUpdateInterval)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from ..model.errors import StationRefused
from .deeds import Deeds
from .names import Saying
from .profile import Profile

# How often it is looked whether it is time, while there are such profiles, and while there are none.
_LOOK_S, _REST_S = 1.0, 10.0


class Pulling:
    """Does so for one uplink, while it is connected."""

    def __init__(
        self, deeds: Deeds, ask: Callable[[Saying], Awaitable[dict[str, Any]]]
    ) -> None:
        """Ask those above by `ask`, which raises what `Dialler.call` does."""
        self._deeds = deeds
        self._ask = ask
        self._asked_at: dict[int, float] = {}

    async def live(self) -> None:
        """Ask again and again. Raises `NotConnected` or `StationSilent`."""
        while True:
            due = {
                profile.id: every
                for profile in self._deeds.house.profiles
                if (every := _interval_s(profile)) is not None
            }
            for number, every in due.items():
                await self._look(number, every)
            await asyncio.sleep(_LOOK_S if due else _REST_S)

    async def _look(self, number: int, every: float) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._asked_at.setdefault(number, now) < every:
            return
        self._asked_at[number] = now
        with suppress(StationRefused):
            said = {"chargingProfileId": number}
            reply = await self._ask(("PullDynamicScheduleUpdate", dict(said)))
            if reply.get("status") == "Accepted" and "scheduleUpdate" in reply:
                self._deeds.updated(number, reply["scheduleUpdate"])


def _interval_s(profile: Profile) -> float | None:
    """Return how often a profile is to be asked for; None: not at all."""
    if profile.body.get("chargingProfileKind") != "Dynamic":
        return None
    said = profile.body.get("dynUpdateInterval")
    return max(_LOOK_S, float(said)) if isinstance(said, int) and said > 0 else None
