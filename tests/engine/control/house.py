"""A house in virtual time: the real fleet and enforcer over virtual stations, and a watch on every phase."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
import json
from math import inf
from typing import Any

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from custom_components.evenload.engine.control.commitments import (
    DISOBEDIENCE_A,
    DISOBEDIENCE_FRACTION,
)
from custom_components.evenload.engine.csms.limiting.terms import relearning
from custom_components.evenload.engine.fleet import Fleet
from custom_components.evenload.engine.memory import State
from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.events import (
    Booted,
    Connected,
    Disconnected,
    Event,
    Learnt,
    MetersSampled,
    StatusReported,
    TransactionEnded,
    TransactionStarted,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.orders import LimitOrder
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.stations import EvseStatus, StationInfo
from custom_components.evenload.engine.model.transactions import TransactionStart
from custom_components.evenload.engine.sessions.ledger import Ledger
from tests.engine.control.stations import PLUGGING_S, VirtualStation
from tests.engine.control.watch import excesses_of, line_currents
from tests.engine.virtual import virtual_now

# Within this a station that has restarted and lost its lease has a new one, and who dies before is not there to give it.
GIVEN_BACK_S = 5.0

_ENCODER, _DECODER = BasicEncoder(State), BasicDecoder(State)


class House:
    """A site whose stations draw all that they may."""

    def __init__(self, config: SiteConfig, stations: Iterable[VirtualStation]) -> None:
        """Begin with every station away and nothing on the disk."""
        self.stations = {station.identity: station for station in stations}
        for station in self.stations.values():
            station.connected = False
        self.disk: str | None = None
        self._snapshots = self._written = 0
        self.disk_is_full = False
        self.first_config = config
        # By so much our own clock is ahead of the time.
        self.ahead_s = 0.0
        self.fleet = self._build(config)
        self.exceeded: list[str] = []
        self.final_a: dict[str, float] = {}
        # Transactions that ended, and that nobody was told of yet.
        self._ended: defaultdict[str, list[str]] = defaultdict(list)
        # When a station restarted last, by the loop's clock.
        self._restarted_at_s = -inf

    def _build(self, config: SiteConfig) -> Fleet:
        return Fleet(config, Ledger(next_id=1), self.save, self.now)

    def now(self) -> datetime:
        """Return what our own clock shows."""
        return virtual_now() + timedelta(seconds=self.ahead_s)

    def jump(self, seconds: float) -> None:
        """Let our own clock be set; stations that are connected follow with their next heartbeat."""
        self.ahead_s += seconds
        for station in self.stations.values():
            if station.connected:
                station.follow_clock(self.ahead_s)

    async def save(self) -> bool:
        """Write everything, after the time that a slow disk takes."""
        if self.disk_is_full:
            return False
        text = json.dumps(_ENCODER.encode(self.fleet.state()))
        self._snapshots += 1
        number = self._snapshots
        await asyncio.sleep(0.02)
        if number > self._written:
            # Two that end in the same instant may do so in any order.
            self.disk, self._written = text, number
        return True

    def connect(self, identity: str) -> None:
        """Let a station dial in, charging."""
        station = self.stations[identity]
        station.known = lambda: self.fleet.stations[identity].capabilities
        station.learn = lambda learnt: self.hear(Learnt, identity, capabilities=learnt)
        station.on_stop = lambda evse, transaction: self._stopped(
            identity, evse, transaction
        )
        station.on_start = lambda evse: self._started(identity, evse)
        station.follow_clock(self.ahead_s)
        station.dial(self.now)
        version = self.stations[identity].version
        self.hear(Connected, identity, version=version, address="")
        self.hear(Learnt, identity, capabilities=station.capabilities(station.known()))
        self._tell_of_vehicles(identity)
        self.fleet.enforcer.attach(station)
        # Half a minute later it would be on the disk anyway.
        self.disk = json.dumps(_ENCODER.encode(self.fleet.state()))

    def hear(self, event: type[Event], identity: str, **facts: Any) -> None:
        """Let the house hear something of a station."""
        if identity in self.fleet.stations:
            self.fleet.hear(event(identity=identity, at=self.now(), **facts))

    def swap(self, identity: str, phases: int) -> None:
        """Let other vehicles come, that use so many phases."""
        station = self.stations[identity]
        self._ended[identity] += station.end_transactions()
        station.phases = phases
        station.rest(PLUGGING_S)
        if station.nature.never_pauses and not self._has_room_for_all():
            # Whoever comes to it is paused by a stop, and only Home Assistant can do that: without it, it charges.
            self._restarted_at_s = asyncio.get_running_loop().time() + PLUGGING_S
        if station.connected:
            self._tell_of_vehicles(identity)

    def _has_room_for_all(self) -> bool:
        """Whether the least of all is kept: it fits for good, and nobody holds more who cannot be told."""
        lasting = self.fleet.enforcer.targets.fallbacks.values()
        return all(one.current.a > 0 for one in lasting) and not (
            self.fleet.enforcer.commitments.reserved()
        )

    def leave(self, identity: str) -> None:
        """Let its vehicles leave."""
        station = self.stations[identity]
        self._ended[identity] += station.end_transactions()
        station.is_empty = True
        if station.connected:
            self._tell_of_vehicles(identity)

    def arrive(self, identity: str) -> None:
        """Let vehicles come where there are none."""
        station = self.stations[identity]
        if station.is_empty:
            station.is_empty = False
            self.swap(identity, station.phases)

    def _tell_of_vehicles(self, identity: str) -> None:
        """Let a station tell of the transactions that ended and began since it could last."""
        station = self.stations[identity]
        for transaction in self._ended.pop(identity, []):
            self._end(identity, transaction)
        if station.is_empty:
            for number in range(1, station.evses + 1):
                self.hear(
                    StatusReported, identity, evse=number, status=EvseStatus.AVAILABLE
                )
            return
        for number in range(1, station.evses + 1):
            status = EvseStatus.CHARGING
            if station.is_stopped:
                status = EvseStatus.FINISHING
            elif station.nature.has_transactions and number not in station.transactions:
                status = EvseStatus.PREPARING
            self.hear(StatusReported, identity, evse=number, status=status)
            if status is EvseStatus.PREPARING:
                self._begin(identity, number)
                self.hear(
                    StatusReported,
                    identity,
                    evse=number,
                    status=EvseStatus.CHARGING,
                )

    def _stopped(self, identity: str, evse: int, transaction: str) -> None:
        self._end(identity, transaction)
        self.hear(StatusReported, identity, evse=evse, status=EvseStatus.FINISHING)

    def _started(self, identity: str, evse: int) -> None:
        self._begin(identity, evse)
        self.hear(StatusReported, identity, evse=evse, status=EvseStatus.CHARGING)

    def _begin(self, identity: str, number: int) -> None:
        ledger, key = self.fleet.books.ledger, EvseKey(identity, number)
        start = TransactionStart(key, self.now(), "tag", 0.0)
        transaction, session = ledger.begin(start, self.now())
        # The station has the id when the disk does.
        self.disk = json.dumps(_ENCODER.encode(self.fleet.state()))
        self.stations[identity].begin_transaction(number, transaction.id)
        self.fleet.note_session(session)
        self.hear(
            TransactionStarted,
            identity,
            evse=number,
            transaction_id=transaction.id,
            token="tag",
            meter_start_wh=0.0,
        )

    def _end(self, identity: str, transaction: str) -> None:
        end = TransactionEnded(
            identity=identity,
            at=self.now(),
            transaction_id=transaction,
            meter_stop_wh=None,
        )
        self.fleet.note_session(self.fleet.books.ledger.end(end))
        self.fleet.hear(end)

    def disconnect(self, identity: str) -> None:
        """Let a station's connection break; it goes on charging under what it holds."""
        self.stations[identity].connected = False
        self.fleet.enforcer.detach(identity)
        self.hear(Disconnected, identity, reason="")

    def reboot(self, identity: str) -> None:
        """Let a station restart: its leases are gone."""
        station = self.stations[identity]
        station.restart()
        if station.connected:
            self._restarted_at_s = asyncio.get_running_loop().time()
            self.hear(Booted, identity, info=StationInfo())
            self.hear(Learnt, identity, capabilities=relearning(station.known(), None))

    def meter(self, identity: str) -> None:
        """Let a station report what it draws, on the phases that its vehicle uses."""
        station = self.stations[identity]
        if not station.connected:
            return
        used = min(station.phases, len(self.fleet.config.stations[identity].wiring))
        for evse in range(1, station.evses + 1):
            samples = tuple(
                Sample(
                    "Current.Import",
                    station.drawn_a() / station.evses if place < used else 0.0,
                    "A",
                    phase.value.upper(),
                )
                for place, phase in enumerate(Phase)
            )
            self.fleet.hear(
                MetersSampled(
                    identity=identity, at=self.now(), evse=evse, samples=samples
                )
            )

    async def die(self) -> None:
        """Kill Home Assistant, but not in the very second in which it would give a station back what that has just lost.

        Nor in that in which it would stop a vehicle that came to a station which cannot pause, and whose place others have.
        """
        since_s = asyncio.get_running_loop().time() - self._restarted_at_s
        if since_s < GIVEN_BACK_S:
            await self.watch(GIVEN_BACK_S - since_s, 0.5)
        self.fleet.close()
        await self.fleet.enforcer.close()

    async def die_and_return(self, config: SiteConfig) -> None:
        """Kill Home Assistant and start it again: only the disk is left."""
        connected = [
            identity for identity, station in self.stations.items() if station.connected
        ]
        await self.die()
        for identity in connected:
            self.stations[identity].connected = False
        self.fleet = self._restored(config)
        await asyncio.sleep(5)
        for identity in connected:
            self.connect(identity)

    def _restored(self, config: SiteConfig) -> Fleet:
        """Return a fleet that knows what is on the disk."""
        fleet = self._build(config)
        if self.disk is not None:
            state = _DECODER.decode(json.loads(self.disk))
            fleet.books.ledger.restore(state.pages, ())
            fleet.restore(state)
        return fleet

    def is_limited(self) -> bool:
        """Whether every station has taken a limit that it keeps."""
        holding = self.fleet.enforcer.commitments.holding
        return all(
            any(
                holding(EvseKey(identity, evse)).fallback_a is not None
                for evse in range(self.stations[identity].evses + 1)
            )
            for identity in self.fleet.config.stations
        )

    def leased(self) -> list[str]:
        """Return the leases that stations still hold."""
        return [
            f"{name} holds {lease.limit:g} {lease.unit} until {lease.until}"
            for name, station in self.stations.items()
            for lease in station.leases()
        ]

    async def watch(self, seconds: float, step_s: float = 0.25) -> None:
        """Let time pass and note every moment at which a limit is exceeded."""
        for _ in range(round(seconds / step_s)):
            await asyncio.sleep(step_s)
            self.exceeded += [
                f"{virtual_now():%T} {excess}" for excess in self.excesses()
            ]

    def excesses(self, *, avoidable: bool = False) -> list[str]:
        """Return every node and phase above its limit; `avoidable`: only where somebody could be told to draw less."""
        site = self.fleet.site
        draws = self._seen_to_draw() if avoidable else self.draws()
        return [
            words
            for words, phase, members in excesses_of(site, draws, self.used())
            if not avoidable or self._somebody_can_lower(members, phase)
        ]

    def draws(self) -> dict[str, float]:
        """Return what every station's vehicles draw, in amperes of their own."""
        return {name: station.drawn_a() for name, station in self.stations.items()}

    def _seen_to_draw(self) -> dict[str, float]:
        """Return the same, but what no meter tells from a limit that is obeyed: only what a station says shows that."""
        seen = self.draws()
        for name, drawn_a in seen.items():
            limit_a = self.fleet.enforcer.commitments.in_force_a(EvseKey(name, 1))
            if drawn_a <= limit_a * (1 + DISOBEDIENCE_FRACTION) + DISOBEDIENCE_A:
                seen[name] = min(drawn_a, limit_a)
        return seen

    def used(self) -> dict[str, int]:
        """Return how many phases every station's vehicles use."""
        return {name: station.phases for name, station in self.stations.items()}

    def _somebody_can_lower(self, members: Iterable[str], phase: Phase | None) -> bool:
        site, silent = self.fleet.site, self.fleet.enforcer.targets.silent
        return any(
            self.stations[name].connected
            and self.stations[name].can_be_told
            and self.stations[name].drawn_a() > 0
            and name not in silent
            for name in members
            if phase is None or phase in site.stations[name].wiring
        )

    def drawn_a(self, members: Iterable[str], phase: Phase) -> float:
        """Return what flows to these stations on a phase."""
        site = self.fleet.site
        return abs(line_currents(site, members, self.draws(), self.used())[phase])

    def orders(self, identity: str) -> list[LimitOrder]:
        """Return what a station was ordered so far."""
        return self.stations[identity].orders
