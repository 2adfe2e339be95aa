"""Stations that do not do what they are told: they are left alone for a while, and asked again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...model.identity import EvseKey
from ...model.orders import Outcome
from ...model.v2x import Hindrance, Refusal, SetpointOrder
from .told import Flow

# After the first refusal, and at most.
_FIRST = timedelta(seconds=10)
_MOST = timedelta(minutes=5)

# What accepts a setpoint and gives less than this part of it, so many readings long, ignores it.
_OBEYS = 0.25
_READINGS = 3

# What gives more than it was told by this part of it and by so many watts, and goes on so, cannot be led.
_MORE = 0.15
_MORE_W = 300.0
# Twice within this.
_MORE_WITHIN = timedelta(minutes=2)
# It is left alone ever longer, up to this.
_MORE_MOST = timedelta(hours=1)

# It gives what it was told on each phase when no more than this is beside it, in watts.
_BESIDE_W = 200.0

# A no to a setpoint that names phases (2.1 appendix, reason codes).
_OF_PHASES = "phaseconflict"


@dataclass(frozen=True, slots=True)
class _Refused:
    """How often in a row, until when it is left alone, and what is said of it."""

    times: int
    until: datetime
    hindrance: Hindrance


class Refusals:
    """Who is left alone, and why."""

    def __init__(self, now: Callable[[], datetime], even: set[EvseKey]) -> None:
        """Begin with nobody; `even` is told who takes no setpoint for each phase."""
        self._now, self._even = now, even
        self._refused: dict[EvseKey, _Refused] = {}
        self._ignored: dict[EvseKey, int] = {}
        # When more came out than was to, first, and who was left alone for it.
        self._more: dict[EvseKey, datetime] = {}
        self._eager: set[EvseKey] = set()
        # How often in a row more came out on a phase than was to.
        self._beside: dict[EvseKey, int] = {}

    def hindrances(self) -> dict[EvseKey, Hindrance]:
        """Return why those that are left alone now do not discharge."""
        now = self._now()
        return {
            key: one.hindrance for key, one in self._refused.items() if now < one.until
        }

    def heard(
        self,
        key: EvseKey,
        order: SetpointOrder,
        outcome: Outcome,
        refusal: Refusal | None,
    ) -> None:
        """Take how a station took a setpoint."""
        code = "" if refusal is None else refusal.code.lower()
        if outcome is Outcome.APPLIED:
            # That it accepts one it ignores says nothing.
            if key not in self._ignored and key not in self._eager:
                self._refused.pop(key, None)
        elif outcome is Outcome.REFUSED and order.by_phase_w and code == _OF_PHASES:
            # It may take the same for all together.
            self._even.add(key)
        elif outcome is Outcome.REFUSED:
            hindrance = Hindrance.STATION_REFUSES
            if refusal is not None:
                hindrance = refusal.hindrance
            lasts = refusal is not None and not refusal.passing
            self._leave(key, hindrance, _MOST if lasts else _FIRST)

    def measured(self, key: EvseKey, order: SetpointOrder, flow: Flow) -> None:
        """Take what came out when a setpoint had been followed for long."""
        self._look_at_phases(key, order, flow)
        if not _is_more(-(flow.power_w or 0.0), -order.power_w):
            self._more.pop(key, None)
        if -(flow.power_w or 0.0) >= _OBEYS * -order.power_w:
            self._ignored.pop(key, None)
            return
        self._ignored[key] = self._ignored.get(key, 0) + 1
        if self._ignored[key] >= _READINGS:
            self._ignored[key] = 0
            self._leave(key, Hindrance.STATION_REFUSES, _MOST)

    def measured_beside(
        self, key: EvseKey, order: SetpointOrder, flow: Flow, most_w: float | None
    ) -> None:
        """Take what came out where so much at most was told of late, a magnitude: once it may be slow, twice it cannot be led."""
        if flow.at is None or flow.power_w is None or most_w is None:
            return
        if not _is_more(-flow.power_w, most_w):
            return
        first = self._more.get(key)
        if first is None or not first <= flow.at <= first + _MORE_WITHIN:
            self._more[key] = flow.at
        elif flow.at - first >= timedelta(seconds=order.dialect.settles_s):
            del self._more[key]
            self._eager.add(key)
            self._leave(key, Hindrance.STATION_REFUSES, _MOST, _MORE_MOST)

    def _look_at_phases(self, key: EvseKey, order: SetpointOrder, flow: Flow) -> None:
        """Look whether it gives on each phase what it was told, or more on one."""
        if order.by_phase_w is None or flow.parts is None or flow.power_w is None:
            return
        given_w = [flow.power_w * part for part in flow.parts]
        pairs = zip(given_w, order.by_phase_w, strict=True)
        if all(line_w >= asked_w - _BESIDE_W for line_w, asked_w in pairs):
            self._beside.pop(key, None)
            return
        self._beside[key] = self._beside.get(key, 0) + 1
        if self._beside[key] >= _READINGS:
            self._even.add(key)

    def agreed_anew(self, key: EvseKey) -> None:
        """Ask a station again that could not: something else was agreed on with its vehicle."""
        known = self._refused.get(key)
        if known is not None and known.hindrance is Hindrance.STATION_CANNOT:
            del self._refused[key]

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock."""
        self._refused = {
            key: replace(one, until=one.until + by)
            for key, one in self._refused.items()
        }

    def forget(self, key: EvseKey) -> None:
        """Forget what a vehicle that has gone did not do."""
        self._refused.pop(key, None)
        self._ignored.pop(key, None)
        self._more.pop(key, None)
        self._eager.discard(key)
        self._even.discard(key)
        self._beside.pop(key, None)

    def _leave(
        self,
        key: EvseKey,
        hindrance: Hindrance,
        first: timedelta,
        most: timedelta = _MOST,
    ) -> None:
        """Leave one alone: at first for so long, and each time twice as long."""
        known = self._refused.get(key)
        times = 1 if known is None else known.times + 1
        wait = min(most, first * 2 ** min(times - 1, 8))
        self._refused[key] = _Refused(times, self._now() + wait, hindrance)


def _is_more(given_w: float, told_w: float) -> bool:
    return given_w - told_w > max(_MORE * told_w, _MORE_W)
