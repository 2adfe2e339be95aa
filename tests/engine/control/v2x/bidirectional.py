"""A station in virtual time whose vehicle feeds back: it holds a setpoint over its limits until that lapses (2.1 K28.FR.13, Q03)."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import override

from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.errors import NotConnected
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.v2x import Refusal, SetpointOrder
from custom_components.evenload.engine.model.v2x_ability import (
    OperationMode,
    V2xAbility,
)
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import virtual_now

VOLTAGE_V = 230.0

# What comes out of a battery, of what it holds.
EFFICIENCY = 0.95


@dataclass(frozen=True)
class Temper:
    """How a station and its vehicle take setpoints."""

    answer_s: float = 0.1
    # The vehicle has followed after this.
    follows_s: float = 1.0
    loses_answers: bool = False
    refuses: bool = False
    # Accepts, and goes on as before.
    ignores: bool = False
    # The most that it makes of a setpoint, and below this it does nothing.
    most_w: float = 11_000.0
    least_w: float = 0.0
    # So many times what it is told to give is what it gives.
    gain: float = 1.0


@dataclass
class Bidirectional(VirtualStation):
    """A station with one vehicle, which has a battery."""

    temper: Temper = field(default_factory=Temper)
    soc_percent: float = 70.0
    capacity_wh: float = 60_000.0
    told: list[tuple[datetime, SetpointOrder | None]] = field(default_factory=list)
    lowest_percent: float = 100.0
    # What it says of its battery is so much beside it; `soc_stands_at`: it says the same again and again.
    soc_error_percent: float = 0.0
    soc_stands_at: float | None = None
    efficiency: float | None = None

    def __post_init__(self) -> None:
        """Begin without a setpoint."""
        super().__post_init__()
        self._setpoint: tuple[float, datetime] | None = None
        # What it is after, each from a moment on.
        self._goals: deque[tuple[datetime, float]] = deque([(virtual_now(), 0.0)])
        self._power_w = 0.0

    @override
    def capabilities(self, known: Capabilities) -> Capabilities:
        ability = V2xAbility(
            modes=(OperationMode.CENTRAL_SETPOINT,),
            transfers=("DC_BPT",),
        )
        v2x = known.v2x or {1: ability}
        return replace(super().capabilities(known), v2x=v2x)

    async def set_setpoint(self, order: SetpointOrder) -> Outcome:
        """Take a setpoint: it holds from the moment in which it arrives."""
        assert order.discharge_limit_w <= order.power_w <= order.charge_limit_w
        assert order.discharge_limit_w <= 0 <= order.charge_limit_w
        self.told.append((virtual_now(), order))
        await self._way()
        if self.temper.refuses:
            return Outcome.REFUSED
        if not self.temper.ignores:
            until = virtual_now() + timedelta(seconds=order.lasts_s)
            self._setpoint = order.power_w, until
            self._aim()
        return await self._answer()

    async def end_setpoint(self, order: SetpointOrder) -> Outcome:
        """Go back to the limits."""
        self.told.append((virtual_now(), None))
        await self._way()
        self._setpoint = None
        self._aim()
        return await self._answer()

    def refusal(self, evse: int) -> Refusal | None:
        """It never says why."""

    async def allow_transfer(
        self, evse: int, transaction_id: str | None, transfers: Sequence[str]
    ) -> None:
        """Take what a vehicle may use."""

    async def _way(self) -> None:
        await asyncio.sleep(self.temper.answer_s / 2)
        if not self.connected:
            raise NotConnected(self.identity)

    async def _answer(self) -> Outcome:
        if self.temper.loses_answers:
            await asyncio.sleep(8.0)
            return Outcome.UNKNOWN
        await asyncio.sleep(self.temper.answer_s / 2)
        return Outcome.APPLIED

    @property
    def is_told(self) -> bool:
        """Whether a setpoint holds."""
        return self._setpoint is not None and virtual_now() < self._setpoint[1]

    def move(self, seconds: float) -> None:
        """Let the vehicle follow, and its battery with it, for a moment."""
        now = virtual_now()
        self._aim()
        follows = timedelta(seconds=self.temper.follows_s)
        while len(self._goals) > 1 and self._goals[1][0] + follows <= now:
            self._goals.popleft()
        self._power_w = 0.0 if self.is_empty or self.is_resting else self._goals[0][1]
        if self._power_w < 0 and self.soc_percent <= 0:
            self._power_w = 0.0
        efficiency = EFFICIENCY if self.efficiency is None else self.efficiency
        factor = efficiency if self._power_w > 0 else 1 / efficiency
        wh = self._power_w * factor * seconds / 3600
        self.soc_percent = min(
            100.0, max(0.0, self.soc_percent + 100 * wh / self.capacity_wh)
        )
        if self._power_w < 0:
            self.lowest_percent = min(self.lowest_percent, self.soc_percent)

    def _aim(self) -> None:
        """Note what the vehicle is after from now on."""
        goal_w = self._goal_w()
        if goal_w != self._goals[-1][1]:
            self._goals.append((virtual_now(), goal_w))

    def hold_for_ever(self, power_w: float) -> None:
        """Have a setpoint that does not lapse."""
        self._setpoint = power_w, virtual_now() + timedelta(days=365)

    def stop_by_itself(self) -> None:
        """Discharge no more, without a word: what is beneath the setpoint holds."""
        self._setpoint = None

    @property
    def said_percent(self) -> float:
        """How full it says that it is."""
        if self.soc_stands_at is not None:
            return self.soc_stands_at
        return min(100.0, max(0.0, self.soc_percent + self.soc_error_percent))

    @property
    def power_w(self) -> float:
        """What flows, in watts: below 0 out of the vehicle."""
        return self._power_w

    def _goal_w(self) -> float:
        if self._setpoint is None or not self.is_told:
            return self.drawn_a() * VOLTAGE_V * self.phases
        asked_w = self._setpoint[0]
        if abs(asked_w) < self.temper.least_w:
            return 0.0
        given_w = asked_w * self.temper.gain if asked_w < 0 else asked_w
        return max(given_w, -self.temper.most_w)
