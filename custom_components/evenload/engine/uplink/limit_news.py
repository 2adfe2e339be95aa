"""Tells those above where the house leaves less than they do, and when it no longer does (2.x K12 NotifyChargingLimit, K13 ClearedChargingLimit)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..csms.meters import as_text

# ChargingLimitSourceEnum: the energy manager, and the grid operator.
EMS = "EMS"
GRID = "SO"

# Of one EVSE no more often, and not for less than this.
PERIOD_S = 30.0
_WORTHWHILE_A = 1.0

_SCHEDULE_ID = 1


@dataclass(frozen=True, slots=True)
class Binding:
    """What the house leaves at an EVSE (0: at all together), in amperes per phase, and by whose word."""

    source: str
    current_a: float


class LimitNews:
    """That of one uplink."""

    def __init__(
        self,
        binding: Callable[[], Mapping[int, Binding]],
        tell: Callable[[str, dict[str, Any]], None],
        now: Callable[[], datetime],
    ) -> None:
        """Have told nothing yet; `binding` looks where the house binds, by EVSE."""
        self._binding = binding
        self._tell = tell
        self._now = now
        self._told: dict[int, Binding] = {}
        self._resting: dict[int, asyncio.TimerHandle] = {}

    def look(self) -> None:
        """Tell what is new, of each EVSE once in a while only."""
        found = self._binding()
        for number in self._told.keys() | found.keys():
            if number not in self._resting:
                self._look_at(number, found.get(number))

    def begin_anew(self) -> None:
        """Take it that those above know nothing."""
        for timer in self._resting.values():
            timer.cancel()
        self._resting.clear()
        self._told.clear()

    def _look_at(self, number: int, wanted: Binding | None) -> None:
        known = self._told.get(number)
        if _is_as_good(known, wanted):
            return
        if wanted is None:
            del self._told[number]
            self._clear(number, known)
        else:
            self._told[number] = wanted
            if known is not None and known.source != wanted.source:
                self._clear(number, known)
            self._tell("NotifyChargingLimit", self._notice(number, wanted))
        self._resting[number] = asyncio.get_running_loop().call_later(
            PERIOD_S, self._rested, number
        )

    def _clear(self, number: int, known: Binding | None) -> None:
        if known is not None:
            said = {"chargingLimitSource": known.source, **_place(number)}
            self._tell("ClearedChargingLimit", said)

    def _rested(self, number: int) -> None:
        del self._resting[number]
        self.look()

    def _notice(self, number: int, wanted: Binding) -> dict[str, Any]:
        period = {"startPeriod": 0, "limit": wanted.current_a}
        schedule = {
            "id": _SCHEDULE_ID,
            "startSchedule": as_text(self._now()),
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [period],
        }
        limit = {
            "chargingLimitSource": wanted.source,
            "isGridCritical": wanted.source == GRID,
        }
        return {
            "chargingLimit": limit,
            "chargingSchedule": [schedule],
            **_place(number),
        }


def _place(number: int) -> dict[str, int]:
    # For all together no EVSE is named: 2.0.1 has none with 0.
    return {"evseId": number} if number else {}


def _is_as_good(known: Binding | None, wanted: Binding | None) -> bool:
    if known is None or wanted is None:
        return known is wanted
    return (
        known.source == wanted.source
        and abs(known.current_a - wanted.current_a) < _WORTHWHILE_A
    )
