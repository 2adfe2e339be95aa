"""What the fake site is told of pauses with a reason; they end when Home Assistant's clock says so."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.pauses import (
    checked,
    still,
    with_pause,
    without,
)
from custom_components.evenload.engine.model.stations import Evse


class FakePauses:
    """Keeps the facade's promises with nothing behind it."""

    asked: list[tuple[Any, ...]]

    def evse(self, key: EvseKey) -> Evse:
        raise NotImplementedError

    def put(self, evse: Evse) -> None:
        raise NotImplementedError

    async def pause(self, key: EvseKey, reason: str, until: datetime) -> None:
        self.asked.append(("pause", key, reason, until))
        evse = self.evse(key)
        pause = checked(reason, until, dt_util.utcnow())
        self.put(replace(evse, paused_for=with_pause(evse.paused_for, pause)))

    async def resume(self, key: EvseKey, reason: str) -> None:
        self.asked.append(("resume", key, reason))
        evse = self.evse(key)
        self.put(replace(evse, paused_for=without(evse.paused_for, reason)))

    def let_pauses_end(self, key: EvseKey) -> Evse:
        """Return an EVSE as it is by now."""
        evse = self.evse(key)
        running = still(evse.paused_for, dt_util.utcnow())
        if running != evse.paused_for:
            self.put(replace(evse, paused_for=running))
        return self.evse(key)
