"""Stations in virtual time for the enforcer: they hold limits as OCPP says, answer late or never, and cars lag."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
import random
from typing import Any

from custom_components.evenload.engine.csms.commands import (
    CompositeSchedule,
    ConfigurationValue,
)
from custom_components.evenload.engine.model.errors import NotConnected
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.orders import (
    WHOLE_STATION,
    Layer,
    LimitOrder,
    Outcome,
)
from custom_components.evenload.engine.model.security import Entrance
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.virtual import virtual_now

# A vehicle follows a lowered limit within this (IEC 61851-1 annex A).
VEHICLE_LAG_S = 5.0


@dataclass
class Nature:
    """How a station takes orders."""

    answer_s: float = 0.05
    loses_answers: float = 0.0
    refuses_station_limit: bool = False
    refuses_evse_limit: bool = False
    refuses_leases: bool = False
    # Accepts limits and goes on as before.
    disobeys: bool = False
    # Accepts leases, which never begin: its clock is wrong.
    leases_in_vain: bool = False


@dataclass
class VirtualStation:
    """A station with its vehicles drawing all that they may; implements `Link` and `Commands`."""

    identity: str
    maximum_a: float = 32.0
    evses: int = 1
    nature: Nature = field(default_factory=Nature)
    seed: int = 0
    connected: bool = True
    orders: list[LimitOrder] = field(default_factory=list)
    # What the adapter of a version learns from a refusal.
    on_refusal: Callable[[LimitOrder], None] = lambda _: None

    version = OcppVersion.V16
    address = "127.0.0.1"
    entrance = Entrance()

    def __post_init__(self) -> None:
        """Begin without any limit."""
        self._random = random.Random(self.seed)
        self._fallbacks: dict[int, float] = {}
        self._leases: dict[int, tuple[float, Any]] = {}
        self._lowered: dict[int, tuple[float, Any]] = {}

    @property
    def commands(self) -> VirtualStation:
        """What can be asked of it."""
        return self

    async def set_limit(self, order: LimitOrder) -> Outcome:
        """Take an order: the limit holds from the moment it arrives, the answer may come late or never."""
        self.orders.append(order)
        await asyncio.sleep(self.nature.answer_s / 2)
        if not self.connected:
            raise NotConnected(self.identity)
        if self._refuses(order):
            self.on_refusal(order)
            return Outcome.REFUSED
        self._take(order)
        if self._random.random() < self.nature.loses_answers:
            await asyncio.sleep(10.0)
            return Outcome.UNKNOWN
        await asyncio.sleep(self.nature.answer_s / 2)
        if not self.connected:
            raise NotConnected(self.identity)
        return Outcome.APPLIED

    @property
    def can_be_told(self) -> bool:
        """Whether any limit of ours holds in it."""
        return not (
            self.nature.refuses_evse_limit and self.nature.refuses_station_limit
        )

    def restart(self) -> None:
        """Lose what is not in lasting memory."""
        self._leases.clear()

    def limit_a(self, evse: int) -> float:
        """Return the limit that one EVSE (or the station) obeys now."""
        lease = self._leases.get(evse)
        if lease is not None and virtual_now() < lease[1]:
            return lease[0]
        return self._fallbacks.get(evse, self.maximum_a)

    def drawn_a(self) -> float:
        """Return what its vehicles draw, in amperes per phase: all that they may, lagging when that falls."""
        own_a = sum(
            min(self.maximum_a, self._lagging_a(evse))
            for evse in range(1, self.evses + 1)
        )
        return min(own_a, self._lagging_a(WHOLE_STATION), self.maximum_a * self.evses)

    def _lagging_a(self, evse: int) -> float:
        limit_a = self.limit_a(evse)
        lowered = self._lowered.get(evse)
        if lowered is not None and virtual_now() < lowered[1] + timedelta(
            seconds=VEHICLE_LAG_S
        ):
            return max(limit_a, lowered[0])
        return limit_a

    def _refuses(self, order: LimitOrder) -> bool:
        if order.evse == WHOLE_STATION:
            return self.nature.refuses_station_limit
        if order.layer is Layer.LEASE:
            return self.nature.refuses_leases
        return self.nature.refuses_evse_limit

    def lose_profiles(self) -> None:
        """Forget every limit without a word."""
        self._fallbacks.clear()
        self._leases.clear()

    def _take(self, order: LimitOrder) -> None:
        if self.nature.disobeys:
            return
        before_a = self._lagging_a(order.evse)
        if order.layer is Layer.FALLBACK:
            self._fallbacks[order.evse] = order.current.a
        elif not self.nature.leases_in_vain:
            until = virtual_now() + timedelta(seconds=order.lease_s or 0)
            self._leases[order.evse] = (order.current.a, until)
        if self.limit_a(order.evse) < before_a:
            self._lowered[order.evse] = (before_a, virtual_now())

    def frames(self) -> list[dict[str, str]]:
        """There are no frames."""
        return []

    def admitted(self) -> None:
        """Nothing holds it back."""

    def hang_up(self, code: int, reason: str) -> None:
        """Lose the connection."""
        self.connected = False

    async def set_availability(self, evse: int, *, operative: bool) -> bool:
        """Not asked here."""
        raise NotImplementedError

    async def unlock(self, evse: int) -> None:
        """Not asked here."""
        raise NotImplementedError

    async def reset(self, *, hard: bool) -> None:
        """Not asked here."""
        raise NotImplementedError

    async def start(self, evse: int | None, token: str) -> None:
        """Not asked here."""
        raise NotImplementedError

    async def stop(self, transaction_id: str) -> None:
        """Not asked here."""
        raise NotImplementedError

    async def trigger(self, message: str, evse: int | None = None) -> None:
        """Not asked here."""
        raise NotImplementedError

    async def get_configuration(
        self, keys: Sequence[str] = ()
    ) -> dict[str, ConfigurationValue]:
        """Not asked here."""
        raise NotImplementedError

    async def set_configuration(self, key: str, value: str) -> bool:
        """Not asked here."""
        raise NotImplementedError

    async def composite_schedule(
        self, evse: int, duration_s: int, unit: RateUnit | None = None
    ) -> CompositeSchedule:
        """Not asked here."""
        raise NotImplementedError

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Not asked here."""
        raise NotImplementedError
