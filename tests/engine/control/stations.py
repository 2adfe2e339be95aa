"""Stations in virtual time for the enforcer: the real ladder climbs them, they answer late or never, and cars lag."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import random
from typing import Any, cast

from custom_components.evenload.engine.csms.commands import (
    Commands,
    CompositeSchedule,
    SchedulePeriod,
)
from custom_components.evenload.engine.csms.dialects.quirks import Quirks
from custom_components.evenload.engine.csms.limiting.limits import Limits
from custom_components.evenload.engine.csms.limiting.terms import Knowledge
from custom_components.evenload.engine.csms.v2.limits import Encoder2
from custom_components.evenload.engine.csms.v16.limits import Encoder16
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import Overrides
from custom_components.evenload.engine.model.errors import NotConnected, StationSilent
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.orders import (
    WHOLE_STATION,
    LimitOrder,
    Outcome,
)
from custom_components.evenload.engine.model.security import Entrance
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.control.held import Held, Nature, Profile
from tests.engine.virtual import virtual_now

__all__ = ["Nature", "VirtualStation"]

# A vehicle follows a lowered limit within this (IEC 61851-1 annex A).
VEHICLE_LAG_S = 5.0

# A station opens its contactors when it restarts, and is back after half a minute at the earliest.
BOOT_S = 30.0

# Between unplugging one vehicle and the first ampere of the next.
PLUGGING_S = 5.0

# With less than this no vehicle charges.
LEAST_A = 5.95


@dataclass
class VirtualStation:
    """A station with its vehicles drawing all that they may; implements `Link` and what is used of `Commands`."""

    identity: str
    maximum_a: float = 32.0
    evses: int = 1
    nature: Nature = field(default_factory=Nature)
    seed: int = 0
    connected: bool = True
    # The phases that its vehicles use.
    phases: int = 3
    orders: list[LimitOrder] = field(default_factory=list)
    # The calls that reached it.
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    # The EVSEs whose schedules were asked for, and the tokens of starts.
    asked: list[int] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    # What it was asked to tell.
    triggered: list[tuple[str, int | None]] = field(default_factory=list)
    on_trigger: Callable[[str], None] = lambda _: None
    # The transactions of its vehicles, as it knows them.
    transactions: dict[int, str] = field(default_factory=dict)
    # What the house knows of it, and its owner.
    known: Callable[[], Capabilities] = Capabilities
    learn: Callable[[Capabilities], None] = lambda _: None
    quirks: Quirks = field(default_factory=Quirks)
    overrides: Overrides = field(default_factory=Overrides)
    rests_until: datetime | None = None
    # No vehicle is there.
    is_empty: bool = False

    # Who hears that a transaction ended, or that one is to begin.
    on_stop: Callable[[int, str], None] = lambda *_: None
    on_start: Callable[[int], None] = lambda _: None
    # Who looks at every message before it leaves.
    on_call: Callable[[VirtualStation, str, Mapping[str, Any]], None] = lambda *_: None

    version = OcppVersion.V16
    address = "127.0.0.1"
    entrance = Entrance()

    def __post_init__(self) -> None:
        """Begin without any limit."""
        self._random = random.Random(self.seed)
        # Whether it answers to what it is asked beside its limits.
        self._whims = random.Random(self.seed)
        self._held = Held(self.nature)
        self._lowered: dict[int, tuple[float, datetime]] = {}
        self._clock_s = self.nature.clock_s
        # It has an order, and has not answered.
        self.is_busy = False
        # The messages that have not reached it yet.
        self._coming: list[tuple[str, Mapping[str, Any]]] = []
        # Its vehicle is plugged in, and has no transaction until it is told to begin one.
        self.is_stopped = False

    def follow_clock(self, ahead_s: float) -> None:
        """Set its clock by the time that it is told, as well as it can."""
        self._clock_s = ahead_s + self.nature.clock_s

    def now(self) -> datetime:
        """Return what its clock shows."""
        return virtual_now() + timedelta(seconds=self._clock_s)

    def dial(self, our_now: Callable[[], datetime] = virtual_now) -> None:
        """Open a connection; `our_now` is the clock by which orders are written."""
        self.connected = True
        encoder = Encoder2() if self.nature.is_dynamic else Encoder16()
        knowledge = Knowledge(
            self.known,
            lambda: self.quirks,
            lambda: self.overrides,
            lambda capabilities: self.learn(capabilities),
        )
        self._limits = Limits(self, encoder, knowledge, our_now)

    @property
    def commands(self) -> Commands:
        """What can be asked of it."""
        return cast(Commands, self)

    def relay_to(self, above: object) -> None:
        """No system above hears what it says."""

    def capabilities(self, known: Capabilities) -> Capabilities:
        """Return what it says of itself."""
        nature = self.nature
        known = replace(
            known,
            evses=self.evses,
            learnt_from="",
            dynamic_profiles=nature.is_dynamic or None,
        )
        if not nature.is_frank:
            return known
        units = tuple(RateUnit(unit) for unit in nature.units)
        return replace(known, units=units, highest_stack_level=nature.highest_level)

    async def set_limit(self, order: LimitOrder) -> Outcome:
        """Take an order: the limit holds from the moment it arrives, the answer may come late or never."""
        self.orders.append(order)
        self.is_busy = True
        try:
            return await self._limits.set(order)
        finally:
            self.is_busy = False

    async def call(
        self,
        action: str,
        payload: dict[str, Any],
        timeout_s: float | None = None,
        *,
        urgent: bool = False,
    ) -> dict[str, Any]:
        """Take a message on the wire."""
        self.on_call(self, action, payload)
        self._coming.append((action, payload))
        await asyncio.sleep(self.nature.answer_s / 2)
        self._coming.remove((action, payload))
        if not self.connected:
            raise NotConnected(self.identity)
        self.calls.append((action, payload))
        before_a = {evse: self._lagging_a(evse) for evse in range(self.evses + 1)}
        answer = self._held.take(action, payload, self.transactions, self.now())
        self._follow(before_a)
        if self._random.random() < self.nature.loses_answers:
            await asyncio.sleep(10.0)
            raise StationSilent(self.identity, action)
        await asyncio.sleep(self.nature.answer_s / 2)
        if not self.connected:
            raise NotConnected(self.identity)
        return dict(answer)

    async def composite_schedule(
        self, evse: int, duration_s: int, unit: RateUnit | None = None
    ) -> CompositeSchedule:
        """Say what it allows, or nothing."""
        await asyncio.sleep(self.nature.answer_s)
        self.asked.append(evse)
        if self._whims.random() < self.nature.loses_answers:
            await asyncio.sleep(10.0)
            raise StationSilent(self.identity, "GetCompositeSchedule")
        limit_a = min(self.limit_a(evse), self.limit_a(WHOLE_STATION))
        said_a = limit_a if self.nature.says_a is None else self.nature.says_a
        period = SchedulePeriod(0, said_a)
        return CompositeSchedule(evse, RateUnit.AMPERES, None, (period,))

    async def trigger(self, message: str, evse: int | None = None) -> None:
        """Be asked to tell something."""
        await asyncio.sleep(self.nature.answer_s)
        self.triggered.append((message, evse))
        self.on_trigger(message)

    async def stop(self, transaction_id: str) -> None:
        """End a transaction; its vehicle stays plugged in."""
        await asyncio.sleep(self.nature.answer_s)
        for evse, transaction in [*self.transactions.items()]:
            if transaction == transaction_id:
                del self.transactions[evse]
                self.is_stopped = True
                self._held.end(transaction)
                # Its contactor is open: nothing is let go of slowly.
                self._lowered.pop(evse, None)
                self.on_stop(evse, transaction)

    async def start(self, evse: int | None, token: str) -> None:
        """Begin a transaction."""
        await asyncio.sleep(self.nature.answer_s)
        self.starts.append(token)
        if not self.nature.wants_replug:
            self.on_start(evse or 1)

    @property
    def can_be_told(self) -> bool:
        """Whether any limit of ours holds in it."""
        return not (
            self.nature.refuses_evse_limit and self.nature.refuses_station_limit
        )

    def restart(self) -> None:
        """Lose what is not in lasting memory; contactors open, and close again when it has booted."""
        self._held.restart()
        self.rest(BOOT_S)

    def rest(self, seconds: float) -> None:
        """Give nothing for a while."""
        until = virtual_now() + timedelta(seconds=seconds)
        self.rests_until = max(until, self.rests_until or until)

    @property
    def is_resting(self) -> bool:
        """Whether its contactors are open."""
        return self.rests_until is not None and virtual_now() < self.rests_until

    def lose_profiles(self) -> None:
        """Forget every limit without a word."""
        self._held.profiles.clear()

    def begin_transaction(self, evse: int, transaction: str) -> None:
        """Learn the id of a vehicle's transaction."""
        self.is_stopped = False
        self.transactions[evse] = transaction

    def end_transactions(self) -> list[str]:
        """Let the vehicles go; returns the transactions that ended."""
        self.is_stopped = False
        ended = [*self.transactions.values()]
        for transaction in ended:
            self._held.end(transaction)
        self.transactions.clear()
        self._lowered.clear()
        return ended

    def limit_a(self, evse: int) -> float:
        """Return the limit that one EVSE (or the station) obeys now, in amperes on each phase of its vehicle."""
        if self.nature.has_transactions and evse not in (
            WHOLE_STATION,
            *self.transactions,
        ):
            return 0.0
        limit_a = self._held.limit_a(
            evse, self.phases, self.transactions.get(evse), self.now()
        )
        if limit_a is None:
            return self.maximum_a
        if self.nature.never_pauses and evse != WHOLE_STATION:
            limit_a = max(limit_a, 6.0)
        return limit_a

    def drawn_a(self) -> float:
        """Return what its vehicles draw, in amperes per phase: all that they may, lagging when that falls."""
        if self.is_resting or self.is_empty:
            return 0.0
        own_a = sum(
            min(self.maximum_a, self._lagging_a(evse))
            for evse in range(1, self.evses + 1)
        )
        return min(own_a, self._lagging_a(WHOLE_STATION), self.maximum_a * self.evses)

    def leases(self) -> list[Profile]:
        """Return what it holds above what lasts."""
        return self._held.leases(self.now())

    def would_draw_a(self, action: str, payload: Mapping[str, Any]) -> float:
        """Return what its vehicles could draw if it took this message now."""
        held, self._held = self._held, self._held.copy()
        self._held.take(action, payload, self.transactions, self.now())
        drawn_a = self.drawn_a()
        self._held = held
        return drawn_a

    def could_draw_a(self) -> float:
        """Return the most that its vehicles could draw, whether what is on its way arrives or not."""
        coming = (self.would_draw_a(*message) for message in self._coming)
        return max(self.drawn_a(), *coming, 0.0)

    def told_a(self) -> float:
        """Return what its vehicle will have followed to when all that is on its way has arrived."""
        held, self._held = self._held, self._held.copy()
        for message in self._coming:
            self._held.take(*message, self.transactions, self.now())
        told_a = min(self.maximum_a, self.limit_a(1), self.limit_a(WHOLE_STATION))
        self._held = held
        return told_a if told_a >= LEAST_A and not self.is_empty else 0.0

    def _lagging_a(self, evse: int) -> float:
        limit_a = self.limit_a(evse)
        limit_a = limit_a if limit_a >= LEAST_A else 0.0
        lowered = self._lowered.get(evse)
        if lowered is not None and virtual_now() < lowered[1] + timedelta(
            seconds=VEHICLE_LAG_S
        ):
            return max(limit_a, lowered[0])
        return limit_a

    def _follow(self, before_a: dict[int, float]) -> None:
        """Let the vehicles take their time with a lower limit."""
        for evse, was_a in before_a.items():
            if self.limit_a(evse) < was_a:
                self._lowered[evse] = (was_a, virtual_now())

    def frames(self) -> list[dict[str, str]]:
        """There are no frames."""
        return []

    def admitted(self) -> None:
        """Nothing holds it back."""

    def permitted(self) -> None:
        """It has nothing to feed back."""

    def hang_up(self, code: int, reason: str) -> None:
        """Lose the connection."""
        self.connected = False
