"""A site without an engine: tests tell it what happened and read what it was asked."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, override
from unittest.mock import AsyncMock

from custom_components.evenload.engine.control.grid_operator import cap_in_force
from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.live import (
    check_live_limit,
    check_live_strategy,
    lowered,
    rating_of,
)
from custom_components.evenload.engine.model.configuration import (
    ListenerConfig,
    SiteConfig,
    Strategy,
)
from custom_components.evenload.engine.model.errors import ListenerError, NotConnected
from custom_components.evenload.engine.model.events import Event
from custom_components.evenload.engine.model.groups import GroupState
from custom_components.evenload.engine.model.household import MeterReading, MeterState
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.kinds import EvseKind, evse_kind
from custom_components.evenload.engine.model.limits import Limit
from custom_components.evenload.engine.model.notices import Notice
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.stations import (
    Evse,
    PendingStation,
    Station,
)
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.model.uplink import UplinkStatus
from custom_components.evenload.engine.observers import Unsubscribe
from custom_components.evenload.engine.settings import with_maximum, with_priority
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.telling import Observer
from custom_components.evenload.engine.vault import Part, Vault
from tests.homeassistant.fake_discharges import FakeDischarges
from tests.homeassistant.fake_hosting import FakeHosting
from tests.homeassistant.fake_pauses import FakePauses
from tests.homeassistant.fake_plans import FakePlans
from tests.homeassistant.fake_security import FakeSecurity
from tests.homeassistant.fake_sessions import FakeSessions


class Observers[*Told]:
    """Those who asked to be told something."""

    def __init__(self) -> None:
        """Nobody yet."""
        self._all: list[Callable[[*Told], None]] = []

    def add(self, observer: Callable[[*Told], None]) -> Unsubscribe:
        self._all.append(observer)
        return lambda: self._all.remove(observer)

    def tell(self, *told: *Told) -> None:
        for observer in tuple(self._all):
            observer(*told)


class FakeSite(FakeDischarges, FakeHosting, FakePauses, FakePlans, FakeSessions, Site):
    """Keeps the facade's promises with nothing behind it."""

    # Tests of setting up make the next site fail with this.
    error: ListenerError | None = None

    def __init__(
        self,
        config: SiteConfig,
        listener: ListenerConfig,
        vault: Vault,
        now: Callable[[], datetime] | None = None,
        database: Path | None = None,
    ) -> None:
        """Nothing is read before `load`."""
        FakeDischarges.__init__(self)
        FakePlans.__init__(self)
        self.config = config
        self.listener = listener
        self.vault = vault
        self.is_open = False
        self.asked: list[tuple[Any, ...]] = []
        self.command = AsyncMock(spec=Commands)
        self.security = FakeSecurity()
        self.told_frames: dict[str, list[dict[str, str]]] = {}
        self.above: dict[str, UplinkStatus] = {}
        self._stations: dict[str, Station] = {}
        self._groups: dict[str, GroupState] = {}
        self._whole = GroupState(ROOT, config.main_fuse)
        self._cap: Limit | None = None
        self.readings: list[tuple[str, MeterReading]] = []
        self.silent_meters: set[str] = set()
        self._pending: dict[str, PendingStation] = {}
        self._on_station: dict[str, Observers[()]] = defaultdict(Observers)
        self._on_evse: dict[EvseKey, Observers[()]] = defaultdict(Observers)
        self._on_group: dict[str, Observers[()]] = defaultdict(Observers)
        self._on_new_evse: Observers[EvseKey] = Observers()
        self._on_event: Observers[Event] = Observers()
        self._on_pending: Observers[PendingStation] = Observers()
        self._on_pending_left: Observers[str] = Observers()
        self._on_notice: Observers[Notice] = Observers()

    @override
    async def load(self) -> None:
        await self.vault.load(Part.STATE)
        self._take(self.config)

    @override
    async def open(self) -> None:
        if self.error:
            raise self.error
        self.is_open = True

    @override
    async def close(self) -> None:
        self.is_open = False

    @override
    def reconfigure(self, config: SiteConfig) -> None:
        self.asked.append(("reconfigure", config))
        self.config = config
        for key in self._take(config):
            self._on_new_evse.tell(key)
        for group_id in (ROOT, *self._groups):
            self._on_group[group_id].tell()

    def _take(self, config: SiteConfig) -> list[EvseKey]:
        new = [
            identity for identity in config.stations if identity not in self._stations
        ]
        self._stations = {
            identity: self._stations.get(identity) or _station(identity)
            for identity in config.stations
        }
        for identity in new:
            self._pending.pop(identity, None)
        self._groups = {
            group.id: replace(
                self._groups.get(group.id) or GroupState(group.id, group.limit),
                limit=group.limit,
                rating=group.limit,
                strategy=group.strategy,
                shadow=group.shadow,
                meter=group.meter and MeterState.LOST,
            )
            for group in config.groups.values()
        }
        self._whole = replace(
            self._whole,
            limit=config.main_fuse,
            rating=config.main_fuse,
            strategy=config.strategy,
            shadow=config.shadow,
            meter=config.meter and MeterState.LOST,
        )
        return [EvseKey(identity, 1) for identity in new]

    @property
    @override
    def port(self) -> int:
        return self.listener.port

    @property
    @override
    def stations(self) -> Mapping[str, Station]:
        return self._stations

    @property
    @override
    def groups(self) -> Mapping[str, GroupState]:
        return self._groups

    @property
    @override
    def whole(self) -> GroupState:
        return self._whole

    @property
    @override
    def pending(self) -> Mapping[str, PendingStation]:
        return self._pending

    @override
    def uplink(self, identity: str) -> UplinkStatus | None:
        return self.above.get(identity)

    @override
    def node_uplink(self, uplink_id: str) -> UplinkStatus | None:
        return self.above.get(uplink_id)

    @override
    def evse(self, key: EvseKey) -> Evse:
        return self._stations[key.identity].evses[key.evse]

    @override
    def on_station(self, identity: str, observer: Observer) -> Unsubscribe:
        return self._on_station[identity].add(observer)

    @override
    def on_evse(self, key: EvseKey, observer: Observer) -> Unsubscribe:
        return self._on_evse[key].add(observer)

    @override
    def on_group(self, group_id: str, observer: Observer) -> Unsubscribe:
        return self._on_group[group_id].add(observer)

    @override
    def on_new_evse(self, observer: Callable[[EvseKey], None]) -> Unsubscribe:
        return self._on_new_evse.add(observer)

    @override
    def on_event(self, observer: Callable[[Event], None]) -> Unsubscribe:
        return self._on_event.add(observer)

    @override
    def on_pending(self, observer: Callable[[PendingStation], None]) -> Unsubscribe:
        return self._on_pending.add(observer)

    @override
    def on_pending_left(self, observer: Callable[[str], None]) -> Unsubscribe:
        return self._on_pending_left.add(observer)

    @override
    def on_notice(self, observer: Callable[[Notice], None]) -> Unsubscribe:
        return self._on_notice.add(observer)

    @override
    def wiring(self, identity: str) -> tuple[Phase, ...]:
        return self.config.stations[identity].wiring

    @override
    def kind(self, key: EvseKey) -> EvseKind:
        return evse_kind(self.config, self._stations[key.identity].capabilities, key)

    @override
    def can_switch_phases(self, key: EvseKey) -> bool:
        return self._stations[key.identity].capabilities.phase_switching is True

    @override
    async def set_maximum(self, key: EvseKey, maximum: float) -> None:
        self.asked.append(("set_maximum", key, maximum))
        settings = with_maximum(self.evse(key).settings, self.kind(key), maximum)
        self.put(replace(self.evse(key), settings=settings))

    @override
    async def set_phases(self, key: EvseKey, phases: int | None) -> None:
        self.asked.append(("set_phases", key, phases))
        settings = replace(self.evse(key).settings, phases=phases)
        self.put(replace(self.evse(key), settings=settings))

    @override
    async def set_charging_allowed(self, key: EvseKey, *, allowed: bool) -> None:
        self.asked.append(("set_charging_allowed", key, allowed))
        settings = replace(self.evse(key).settings, charging_allowed=allowed)
        self.put(replace(self.evse(key), settings=settings))

    @override
    async def set_priority(self, key: EvseKey, priority: int) -> None:
        self.asked.append(("set_priority", key, priority))
        settings = with_priority(self.evse(key).settings, priority)
        self.put(replace(self.evse(key), settings=settings))

    @override
    async def set_departure(self, key: EvseKey, departs_at: datetime | None) -> None:
        self.asked.append(("set_departure", key, departs_at))
        settings = replace(self.evse(key).settings, departs_at=departs_at)
        self.put(replace(self.evse(key), settings=settings))

    @override
    async def boost(self, key: EvseKey, *, on: bool) -> None:
        self.asked.append(("boost", key, on))
        settings = replace(self.evse(key).settings, boosted=on)
        self.put(replace(self.evse(key), settings=settings))

    @override
    async def set_strategy(self, node_id: str, strategy: Strategy) -> None:
        self.asked.append(("set_strategy", node_id, strategy))
        check_live_strategy(self.config, node_id, strategy)
        self.put_group(node_id, strategy=strategy)

    @override
    async def set_limit(self, node_id: str, value: float) -> None:
        self.asked.append(("set_limit", node_id, value))
        check_live_limit(self.config, node_id, value)
        limit = lowered(rating_of(self.config, node_id), value)
        self.put_group(node_id, limit=limit)

    @override
    async def set_shadow(self, node_id: str, shadow: bool) -> None:
        self.asked.append(("set_shadow", node_id, shadow))
        self.put_group(node_id, shadow=shadow)

    @override
    async def set_cap(self, cap: Limit | None) -> None:
        self.asked.append(("set_cap", cap))
        self._cap = cap
        self._on_group[ROOT].tell()

    @property
    @override
    def cap(self) -> Limit | None:
        return self._cap

    @property
    @override
    def cap_in_force(self) -> Limit | None:
        return cap_in_force(self.config, self._cap)

    @override
    def read_meter(self, node_id: str, reading: MeterReading) -> None:
        self.readings.append((node_id, reading))

    @override
    def meter_is_silent(self, node_id: str, *, silent: bool) -> None:
        (self.silent_meters.add if silent else self.silent_meters.discard)(node_id)

    @override
    def learn_limits_again(self, identity: str) -> None:
        self.asked.append(("learn_limits_again", identity))

    @override
    def commands(self, identity: str) -> Commands:
        if not self._stations[identity].connected:
            raise NotConnected(identity)
        return self.command

    @override
    def frames(self, identity: str) -> list[dict[str, str]]:
        return self.told_frames.get(identity, [])

    # What tests do to it

    def put_station(self, identity: str, **changes: Any) -> None:
        """Change a station, and tell it."""
        self._stations[identity] = replace(self._stations[identity], **changes)
        self._on_station[identity].tell()
        for number in self._stations[identity].evses:
            self._on_evse[EvseKey(identity, number)].tell()

    def put(self, evse: Evse) -> None:
        """Change an EVSE or add one, and tell it."""
        station = self._stations[evse.key.identity]
        is_new = evse.key.evse not in station.evses
        evses = {**station.evses, evse.key.evse: evse}
        self._stations[evse.key.identity] = replace(station, evses=evses)
        if is_new:
            self._on_new_evse.tell(evse.key)
        self._on_evse[evse.key].tell()

    def shout(self, identity: str) -> None:
        """Tell a station that may not be there any more."""
        self._on_station[identity].tell()
        self._on_evse[EvseKey(identity, 1)].tell()

    def shout_group(self, group_id: str) -> None:
        """Tell a group that may not be there any more."""
        self._on_group[group_id].tell()

    def put_group(self, group_id: str, **changes: Any) -> None:
        """Change a group's figures, and tell it."""
        if group_id == ROOT:
            self._whole = replace(self._whole, **changes)
        else:
            self._groups[group_id] = replace(self._groups[group_id], **changes)
        self._on_group[group_id].tell()

    def tell(self, event: Event) -> None:
        """Tell an event."""
        self._on_event.tell(event)

    def knock(self, station: PendingStation) -> None:
        """Let an unknown station dial in."""
        self._pending[station.identity] = station
        self._on_pending.tell(station)

    def forget(self, identity: str) -> None:
        """Let an unknown station hang up, and not come back."""
        del self._pending[identity]
        self._on_pending_left.tell(identity)

    def notice(self, notice: Notice) -> None:
        """Tell what the owner has to be told."""
        self._on_notice.tell(notice)


def _station(identity: str) -> Station:
    return Station(identity, evses={1: Evse(EvseKey(identity, 1))})
