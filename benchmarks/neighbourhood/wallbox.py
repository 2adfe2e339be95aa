"""A virtual station and the vehicle at it: it takes limits as stations do, the vehicle follows late and gets full."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import override

from benchmarks.neighbourhood.grid import Grid
from benchmarks.neighbourhood.visits import (
    LEAST_A,
    TAPER_FROM_WH,
    TAPER_STEP_S,
    VOLTAGE_V,
    Visit,
)
from custom_components.evenload.engine.model.orders import (
    WHOLE_STATION,
    Layer,
    LimitOrder,
    Outcome,
)
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import virtual_now

# Less than this is no change of a limit.
_SAME_A = 0.05

# What a vehicle that is full still misses.
_FULL_WH = 0.5


@dataclass(slots=True)
class Stay:
    """A vehicle while it is there."""

    visit: Visit
    missing_wh: float
    pauses: int = 0
    has_begun: bool = False


@dataclass
class Wallbox(VirtualStation):
    """A station with one EVSE; its current changes in steps."""

    grid: Grid = field(kw_only=True)
    # The site's line that each of its own phases is wired to.
    lines: tuple[int, ...] = (0, 1, 2)

    def __post_init__(self) -> None:
        """Begin with nobody there."""
        super().__post_init__()
        self.stay: Stay | None = None
        self.done: list[Stay] = []
        self.current_a = 0.0
        self.status = EvseStatus.AVAILABLE
        self.register_wh = self.charged_s = 0.0
        # Draws what it can, whatever it holds.
        self.disobeys = False
        self.writes: Counter[str] = Counter()
        self._offered_a = self._told_a = 0.0
        self._since_s = 0.0
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._last: dict[tuple[int, Layer], float] = {}

    @override
    async def set_limit(self, order: LimitOrder) -> Outcome:
        self.writes[self._kind(order)] += 1
        return await self._limits.set(order)

    def _kind(self, order: LimitOrder) -> str:
        """Return what a write is for."""
        where = order.evse, order.layer
        before_a, self._last[where] = self._last.get(where), order.current.a
        if order.layer is Layer.FALLBACK:
            return "fallback"
        if before_a is None or abs(before_a - order.current.a) < _SAME_A:
            return "renewal"
        return "raise" if order.current.a > before_a else "lowering"

    @override
    def drawn_a(self) -> float:
        return self.current_a

    @override
    def _follow(self, before_a: dict[int, float]) -> None:
        self.calls.clear()
        self.look()

    @override
    def begin_transaction(self, evse: int, transaction: str) -> None:
        super().begin_transaction(evse, transaction)
        self.look()

    @override
    def rest(self, seconds: float) -> None:
        super().rest(seconds)
        self.look()
        self._later("rested", seconds + 0.01, self.look)

    def come(self, visit: Visit) -> None:
        """Let a vehicle be plugged in; its phases are as many as the station has at most."""
        self.phases = min(visit.vehicle.phases, len(self.lines))
        self.stay = Stay(visit, visit.needs_wh)

    def go(self) -> None:
        """Let the vehicle be unplugged."""
        self._draw(0.0)
        if self.stay is not None:
            self.done.append(self.stay)
        self.stay = None
        self._told_a = self._offered_a = 0.0
        for timer in self._timers.values():
            timer.cancel()
        self.status = EvseStatus.AVAILABLE

    def look(self) -> None:
        """Look what the vehicle is offered by now, and let it follow in its own time."""
        offered_a = self._offer_a()
        if abs(offered_a - self._offered_a) >= _SAME_A and self.stay is not None:
            self._offered_a = offered_a
            vehicle = self.stay.visit.vehicle
            waits_s = vehicle.follows_s
            if not self._told_a and offered_a and not self.stay.has_begun:
                waits_s = vehicle.begins_s
            asyncio.get_running_loop().call_later(
                waits_s, self._obey, self.stay, offered_a
            )
        self._look_when_leases_end()

    def _offer_a(self) -> float:
        if self.is_resting or self.stay is None:
            return 0.0
        if self.disobeys:
            return self.maximum_a
        limit_a = min(self.limit_a(1), self.limit_a(WHOLE_STATION), self.maximum_a)
        return limit_a if limit_a >= LEAST_A - _SAME_A else 0.0

    def _look_when_leases_end(self) -> None:
        now = virtual_now()
        profiles = self._held.profiles.values()
        ends = [one.until for one in profiles if one.until and one.until > now]
        if ends:
            wait = min(ends) - now + timedelta(milliseconds=10)
            self._later("lease", wait.total_seconds(), self.look)

    def _obey(self, stay: Stay, told_a: float) -> None:
        """Follow what was offered some seconds ago, if the vehicle is still there."""
        if stay is not self.stay:
            return
        if told_a and not stay.has_begun:
            stay.has_begun = True
        if not told_a and self._told_a and stay.missing_wh > _FULL_WH:
            stay.pauses += 1
        self._told_a = told_a
        self._go_on()

    def _go_on(self) -> None:
        """Draw what the vehicle takes of what it was told, until that changes."""
        stay = self.stay
        if stay is None:
            return
        self._reckon()
        takes_a = stay.visit.vehicle.most_a(stay.missing_wh)
        self._draw(min(self._told_a, takes_a))
        if stay.missing_wh <= 0:
            self._say(EvseStatus.SUSPENDED_EV)
        elif self._told_a:
            self._say(EvseStatus.CHARGING)
        else:
            self._say(EvseStatus.SUSPENDED_EVSE)
        if self.current_a:
            self._later("energy", self._lasts_s(stay), self._go_on)

    def _lasts_s(self, stay: Stay) -> float:
        """Return for how long it draws the same."""
        watts = self.current_a * VOLTAGE_V * self.phases
        full_s = stay.missing_wh / watts * 3600
        taper_s = (stay.missing_wh - TAPER_FROM_WH) / watts * 3600
        if taper_s > 0:
            return taper_s + 0.1
        return min(full_s + 0.1, TAPER_STEP_S)

    def _draw(self, current_a: float) -> None:
        self._reckon()
        if abs(current_a - self.current_a) < _SAME_A / 10:
            return
        more_a, self.current_a = current_a - self.current_a, current_a
        self.grid.add(self.lines[: self.phases], more_a)

    def _reckon(self) -> None:
        """Count the energy until now."""
        now_s = asyncio.get_running_loop().time()
        seconds, self._since_s = now_s - self._since_s, now_s
        taken_wh = self.current_a * VOLTAGE_V * self.phases * seconds / 3600
        self.register_wh += taken_wh
        self.charged_s += seconds if self.current_a else 0.0
        if self.stay is not None:
            self.stay.missing_wh -= taken_wh
            if self.stay.missing_wh < _FULL_WH:
                self.stay.missing_wh = 0.0

    def _say(self, status: EvseStatus) -> None:
        if status is not self.status:
            self.status = status
            self.on_status()

    def on_status(self) -> None:
        """Its status changed: whoever passes that on replaces this."""

    def _later(self, what: str, seconds: float, do: object) -> None:
        if (timer := self._timers.get(what)) is not None:
            timer.cancel()
        assert callable(do)
        loop = asyncio.get_running_loop()
        self._timers[what] = loop.call_later(max(0.0, seconds), do)
