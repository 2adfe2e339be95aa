"""A house in virtual time: the real fleet and enforcer over virtual stations, and a watch on every phase."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
import json

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from custom_components.evenload.engine.fleet import Fleet
from custom_components.evenload.engine.memory import State
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.events import (
    Booted,
    Connected,
    Disconnected,
    Learnt,
    MetersSampled,
    StatusReported,
)
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.orders import (
    WHOLE_STATION,
    Layer,
    LimitOrder,
)
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.stations import (
    EvseStatus,
    OcppVersion,
    StationInfo,
)
from custom_components.evenload.engine.sessions.ledger import Ledger
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import virtual_now

_ENCODER, _DECODER = BasicEncoder(State), BasicDecoder(State)

# What a tenth of an ampere per station of rounding may add up to.
TOLERANCE_A = 0.01


class House:
    """A site whose stations draw all that they may."""

    def __init__(self, config: SiteConfig, stations: Iterable[VirtualStation]) -> None:
        """Begin with every station away and nothing on the disk."""
        self.stations = {station.identity: station for station in stations}
        for station in self.stations.values():
            station.connected = False
        self.disk: str | None = None
        self.disk_is_full = False
        self.first_config = config
        self.fleet = self._build(config)
        self.exceeded: list[str] = []
        self.final_a: dict[str, float] = {}

    def _build(self, config: SiteConfig) -> Fleet:
        return Fleet(config, Ledger(next_id=1), self.save, virtual_now)

    async def save(self) -> bool:
        """Write everything, after the time that a slow disk takes."""
        if self.disk_is_full:
            return False
        text = json.dumps(_ENCODER.encode(self.fleet.state()))
        await asyncio.sleep(0.02)
        self.disk = text
        return True

    def connect(self, identity: str) -> None:
        """Let a station dial in, charging."""
        station = self.stations[identity]
        station.connected = True
        now = virtual_now()
        fleet = self.fleet
        fleet.hear(
            Connected(identity=identity, at=now, version=OcppVersion.V16, address="")
        )
        fleet.hear(
            Learnt(identity=identity, at=now, capabilities=self._capabilities(identity))
        )
        for evse in range(1, station.evses + 1):
            fleet.hear(
                StatusReported(
                    identity=identity, at=now, evse=evse, status=EvseStatus.CHARGING
                )
            )
        station.on_refusal = lambda order: self._learn(identity, order)
        fleet.enforcer.attach(station)
        # Half a minute later it would be on the disk anyway.
        self.disk = json.dumps(_ENCODER.encode(fleet.state()))

    def _learn(self, identity: str, order: LimitOrder) -> None:
        """Learn from a refusal as the adapter of a version does."""
        known = self.fleet.stations[identity].capabilities
        if order.evse == WHOLE_STATION:
            learnt = replace(known, station_limit=False)
        elif order.layer is Layer.LEASE:
            learnt = replace(known, leases=False)
        else:
            learnt = replace(known, evse_limit=False)
        self.fleet.hear(
            Learnt(identity=identity, at=virtual_now(), capabilities=learnt)
        )

    def disconnect(self, identity: str) -> None:
        """Let a station's connection break; it goes on charging under what it holds."""
        self.stations[identity].connected = False
        self.fleet.enforcer.detach(identity)
        self.fleet.hear(Disconnected(identity=identity, at=virtual_now(), reason=""))

    def reboot(self, identity: str) -> None:
        """Let a station restart: its leases are gone."""
        self.stations[identity].restart()
        if self.stations[identity].connected:
            self.fleet.hear(
                Booted(identity=identity, at=virtual_now(), info=StationInfo())
            )

    def meter(self, identity: str) -> None:
        """Let a station report what it draws."""
        station = self.stations[identity]
        if not station.connected:
            return
        for evse in range(1, station.evses + 1):
            samples = tuple(
                Sample(
                    "Current.Import",
                    station.drawn_a() / station.evses,
                    "A",
                    phase.value.upper(),
                )
                for phase in Phase
            )
            self.fleet.hear(
                MetersSampled(
                    identity=identity, at=virtual_now(), evse=evse, samples=samples
                )
            )

    async def die_and_return(self, config: SiteConfig) -> None:
        """Kill Home Assistant and start it again: only the disk is left."""
        connected = [
            identity for identity, station in self.stations.items() if station.connected
        ]
        await self.fleet.enforcer.close()
        for identity in connected:
            self.stations[identity].connected = False
        self.fleet = self._build(config)
        if self.disk is not None:
            self.fleet.restore(_DECODER.decode(json.loads(self.disk)))
        await asyncio.sleep(5)
        for identity in connected:
            self.connect(identity)

    async def watch(self, seconds: float, step_s: float = 0.25) -> None:
        """Let time pass and note every moment at which a limit is exceeded."""
        for _ in range(round(seconds / step_s)):
            await asyncio.sleep(step_s)
            self.exceeded += [
                f"{virtual_now():%T} {excess}" for excess in self.excesses()
            ]

    def excesses(self, *, avoidable: bool = False) -> list[str]:
        """Return every node and phase above its limit; `avoidable`: only where somebody could be told to draw less."""
        site = self.fleet.config
        nodes = [("main fuse", site.main_fuse.a, tuple(site.stations))]
        nodes += [
            (group.name, group.limit.a, group.members)
            for group in site.groups.values()
            if isinstance(group.limit, Current)
        ]
        found = [
            (members, phase, f"{name} {phase}: {drawn_a:.2f} A of {limit_a:g} A")
            for name, limit_a, members in nodes
            for phase in Phase
            if (drawn_a := self.drawn_a(members, phase)) > limit_a + TOLERANCE_A
        ]
        found += [
            (group.members, None, f"{group.name}: {drawn_w:.0f} W of {group.limit}")
            for group in site.groups.values()
            if isinstance(group.limit, Power)
            and (drawn_w := self.drawn_w(group.members)) > group.limit.w + 10
        ]
        return [
            words
            for members, phase, words in found
            if not avoidable or self._somebody_can_lower(members, phase)
        ]

    def _somebody_can_lower(self, members: Iterable[str], phase: Phase | None) -> bool:
        wirings = self.fleet.config.stations
        return any(
            self.stations[name].connected
            and self.stations[name].can_be_told
            and self.stations[name].drawn_a() > 0
            for name in members
            if phase is None or phase in wirings[name].wiring
        )

    def drawn_w(self, members: Iterable[str]) -> float:
        """Return what flows to these stations in all, in watts."""
        wirings = self.fleet.config.stations
        return sum(
            self.stations[name].drawn_a() * 230 * len(wirings[name].wiring)
            for name in members
        )

    def drawn_a(self, members: Iterable[str], phase: Phase) -> float:
        """Return what flows to these stations on a phase."""
        wirings = self.fleet.config.stations
        return sum(
            self.stations[identity].drawn_a()
            for identity in members
            if identity in wirings and phase in wirings[identity].wiring
        )

    def orders(self, identity: str) -> list[LimitOrder]:
        """Return what a station was ordered so far."""
        return self.stations[identity].orders

    def _capabilities(self, identity: str) -> Capabilities:
        known = self.fleet.stations[identity].capabilities
        return replace(known, evses=self.stations[identity].evses, learnt_from="")
