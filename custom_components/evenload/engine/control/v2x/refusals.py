"""Stations that do not do what they are told: they are left alone for a while, and asked again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...model.identity import EvseKey
from ...model.orders import Outcome
from ...model.v2x import Hindrance, Refusal

# After the first refusal, and at most.
_FIRST = timedelta(seconds=10)
_MOST = timedelta(minutes=5)

# What accepts a setpoint and gives less than this part of it, so many readings long, ignores it.
_OBEYS = 0.25
_READINGS = 3


@dataclass(frozen=True, slots=True)
class _Refused:
    """How often in a row, until when it is left alone, and what is said of it."""

    times: int
    until: datetime
    hindrance: Hindrance


class Refusals:
    """Who is left alone, and why."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with nobody."""
        self._now = now
        self._refused: dict[EvseKey, _Refused] = {}
        self._ignored: dict[EvseKey, int] = {}

    def hindrances(self) -> dict[EvseKey, Hindrance]:
        """Return why those that are left alone now do not discharge."""
        now = self._now()
        return {
            key: one.hindrance for key, one in self._refused.items() if now < one.until
        }

    def heard(self, key: EvseKey, outcome: Outcome, refusal: Refusal | None) -> None:
        """Take how a station took a setpoint."""
        if outcome is Outcome.APPLIED:
            # That it accepts one it ignores says nothing.
            if key not in self._ignored:
                self._refused.pop(key, None)
        elif outcome is Outcome.REFUSED:
            hindrance = Hindrance.STATION_REFUSES
            if refusal is not None:
                hindrance = refusal.hindrance
            self._leave(
                key, hindrance, lasting=refusal is not None and not refusal.passing
            )

    def measured(self, key: EvseKey, asked_w: float, given_w: float) -> None:
        """Take what came out when a setpoint had been followed for long."""
        if given_w >= _OBEYS * asked_w:
            self._ignored.pop(key, None)
            return
        self._ignored[key] = self._ignored.get(key, 0) + 1
        if self._ignored[key] >= _READINGS:
            self._ignored[key] = 0
            self._leave(key, Hindrance.STATION_REFUSES, lasting=True)

    def forget(self, key: EvseKey) -> None:
        """Forget what a vehicle that has gone did not do."""
        self._refused.pop(key, None)
        self._ignored.pop(key, None)

    def _leave(self, key: EvseKey, hindrance: Hindrance, *, lasting: bool) -> None:
        known = self._refused.get(key)
        times = 1 if known is None else known.times + 1
        wait = _MOST if lasting else min(_MOST, _FIRST * 2 ** min(times - 1, 8))
        self._refused[key] = _Refused(times, self._now() + wait, hindrance)
