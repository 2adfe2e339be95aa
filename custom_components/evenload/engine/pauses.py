"""Pauses with a reason: what is said of them while they last, and that they end by themselves."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from .model.identity import EvseKey
from .model.pauses import Pause, Pauses, next_end, still, with_pause, without
from .model.stations import Evse, Station
from .soon import Later


class PauseKeeper:
    """Keeps the pauses of all EVSEs; who pauses them need not live to take that back."""

    def __init__(
        self,
        stations: Mapping[str, Station],
        change: Callable[[Evse], None],
        now: Callable[[], datetime],
    ) -> None:
        """Look at these stations; `change` puts an EVSE in the place of what it was."""
        self._stations = stations
        self._change = change
        self._now = now
        self._later = Later(self.look, now)

    def put(self, key: EvseKey, pause: Pause) -> bool:
        """Pause an EVSE, or go on pausing it; returns whether the reason is new."""
        before = self._evse(key).paused_for
        is_new = pause.reason not in {one.reason for one in before}
        self._set(key, with_pause(before, pause))
        return is_new

    def take(self, key: EvseKey, reason: str) -> bool:
        """Pause an EVSE for this reason no more; returns whether it did."""
        before = self._evse(key).paused_for
        left = without(before, reason)
        self._set(key, left)
        return left != before

    def look(self) -> None:
        """Let go on whose pauses have ended, and come back when the next one does."""
        now = self._now()
        for station in [*self._stations.values()]:
            for evse in station.evses.values():
                running = still(evse.paused_for, now)
                if running != evse.paused_for:
                    self._change(replace(evse, paused_for=running))
        self._wait()

    def close(self) -> None:
        """Look no more."""
        self._later.close()

    def _set(self, key: EvseKey, pauses: Pauses) -> None:
        evse = self._evse(key)
        if pauses != evse.paused_for:
            self._change(replace(evse, paused_for=pauses))
        self._wait()

    def _wait(self) -> None:
        self._later.set(
            next_end(
                pause
                for station in self._stations.values()
                for evse in station.evses.values()
                for pause in evse.paused_for
            )
        )

    def _evse(self, key: EvseKey) -> Evse:
        return self._stations[key.identity].evses[key.evse]
