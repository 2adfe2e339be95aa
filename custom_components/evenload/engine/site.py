"""The engine as Home Assistant sees it: one object per grid connection."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from .absences import Absences
from .control.abilities import forgotten
from .control.grid_operator import cap_in_force
from .csms.commands import Commands
from .csms.door.listener import Listener
from .csms.schemas import schemas
from .csms.v2.adapter import Adapter21, Adapter201
from .csms.v16.adapter import Adapter16
from .desk import Desk
from .discharges import Discharges
from .fleet import Fleet
from .memory import Memory, Sessions
from .model.configuration import ListenerConfig, SiteConfig
from .model.errors import ListenerError
from .model.events import Booted, Connected, Event
from .model.groups import GroupState
from .model.household import MeterReading
from .model.identity import EvseKey
from .model.limits import Limit
from .model.notices import Notice, NoticeKind
from .model.phases import Phase
from .model.stations import Evse, OcppVersion, PendingStation, Station
from .noticeboard import Noticeboard
from .observers import Digest, Observers, Unsubscribe
from .reception import Reception
from .safe import Safe
from .security import Security
from .sessions.ledger import Ledger
from .soon import utc_now
from .vault import Vault
from .wishes import Wishes

type Observer = Callable[[], None]

# Every reading of every member changes a group's figures. What is told more often nobody reads, and databases keep.
GROUP_PERIOD_S = 1.0

# What concerns the site as a whole has no other name.
_SITE = ""


class Site(Wishes, Discharges):
    """One grid connection with its OCPP server, stations and groups."""

    def __init__(
        self,
        config: SiteConfig,
        listener: ListenerConfig,
        vault: Vault,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Build it; nothing runs and nothing is read before `load` and `open`."""
        # The first id is taken from the clock, so that a station which still knows an id of another system's, or of
        # an installation that was lost, is not mistaken.
        self._ledger = Ledger(next_id=int(now().timestamp()))
        self._memory = Memory(
            vault,
            lambda: self._fleet.state(),
            self._ended_sessions,
            self._storage_trouble,
        )
        self._fleet = Fleet(config, self._ledger, self._memory.save, now)
        self._reception = Reception(
            self._is_adopted,
            lambda pending: self._pending.tell(None, pending),
            lambda identity: self._absences.left(identity),
        )
        self._absences = Absences(lambda identity: identity in self.pending)
        self._group_news = Digest(self._fleet.news.changes, GROUP_PERIOD_S)
        self._events = Observers[Event]()
        self._pending = Observers[PendingStation]()
        self._notices = Noticeboard()
        self._fleet.news.concerns.add(None, self._notices.tell)
        self._safe = Safe(vault, self._fleet, self._notices.tell)
        self._desk = Desk(
            self._fleet,
            self._reception,
            self._memory,
            self._events,
            now,
            self._safe.alarms.doubled,
        )
        self._listener = Listener(
            listener,
            self._desk,
            {
                OcppVersion.V16: Adapter16,
                OcppVersion.V201: Adapter201,
                OcppVersion.V21: Adapter21,
            },
            self._safe.alarms.turned_away,
            self._safe,
            now,
        )
        self.security = Security(self._safe, self._reception, self._listener)
        self._now = now

    # Life cycle

    async def load(self) -> None:
        """Restore what is known of stations, sessions and limits; stations are not connected yet."""
        state, sessions = await self._memory.load()
        await self._safe.load()
        # The schemas are files.
        for version in OcppVersion:
            await asyncio.get_running_loop().run_in_executor(None, schemas, version)
        if state is not None:
            self._ledger.restore(
                state.pages, sessions.ended if sessions is not None else ()
            )
            self._fleet.restore(state)

    async def open(self) -> None:
        """Open the port. Raises `ListenerError` when that is not possible."""
        try:
            await self._listener.open()
        except ListenerError:
            self._fleet.close()
            raise

    async def close(self) -> None:
        """Close every connection (1001) and the port, and write everything that is unsaved."""
        # Nobody discharges whom nobody watches.
        await self._fleet.v2x.close()
        self._fleet.close()
        await self._fleet.enforcer.close()
        await self._listener.close()
        self._group_news.close()
        self._absences.close()
        await self.security.close()
        await self._memory.close()

    def reconfigure(self, config: SiteConfig) -> None:
        """Apply what the owner changed: the difference only; no connection is closed but those of removed stations."""
        came, gone = self._fleet.configure(config)
        for identity in gone:
            self._reception.dismiss(identity)
            self._desk.forget(identity)
            self._safe.forget(identity)
            self._notices.clear(identity)
        self.security.review()
        self._reception.permitted()
        for identity in came:
            self._adopt(identity)
        self._memory.save_soon()

    # What there is to see

    @property
    def port(self) -> int:
        """The port that stations dial (the real one when 0 was asked for)."""
        return self._listener.port

    @property
    def stations(self) -> Mapping[str, Station]:
        """Every adopted station, connected or not; each has at least EVSE 1."""
        return self._fleet.stations

    @property
    def groups(self) -> Mapping[str, GroupState]:
        """Every load balancing group by its id."""
        return {
            group_id: self._fleet.group(group_id)
            for group_id in self._fleet.config.groups
        }

    @property
    def pending(self) -> Mapping[str, PendingStation]:
        """Stations that dialled in and are not adopted."""
        return self._reception.pending

    @property
    def whole(self) -> GroupState:
        """The site's own circuit, behind the main fuse."""
        return self._fleet.group("")

    @property
    def cap(self) -> Limit | None:
        """What all stations may draw together, from outside: the grid operator's signal."""
        return self._fleet.sharing.circuits.cap

    @property
    def cap_in_force(self) -> Limit | None:
        """What that comes to: more, where the owner keeps what must be left to the stations."""
        return cap_in_force(self._fleet.config, self.cap)

    def evse(self, key: EvseKey) -> Evse:
        """Return one EVSE. Raises `KeyError` where there is none."""
        return self._fleet.evse(key)

    def wiring(self, identity: str) -> tuple[Phase, ...]:
        """Return the grid phase of each of a station's own phases. Raises `KeyError`."""
        return self._fleet.config.stations[identity].wiring

    def can_switch_phases(self, key: EvseKey) -> bool:
        """Whether an EVSE changes between one and three phases when it is told to."""
        return self._fleet.phasing.can_switch(self._fleet.config, key)

    # Being told. Every subscription returns how to end it; observers are called on the event loop, after the change.

    def on_station(self, identity: str, observer: Observer) -> Unsubscribe:
        """Tell when anything of the station itself changes (connection, info, firmware)."""
        return self._fleet.news.changes.add(identity, observer)

    def on_evse(self, key: EvseKey, observer: Observer) -> Unsubscribe:
        """Tell when anything of this EVSE changes, or its station connects or goes."""
        return self._fleet.news.changes.add(key, observer)

    def on_group(self, group_id: str, observer: Observer) -> Unsubscribe:
        """Tell when the figures of a group, or of the site (""), change, at most once a second."""
        return self._group_news.add(("group", group_id), observer)

    def on_new_evse(self, observer: Callable[[EvseKey], None]) -> Unsubscribe:
        """Tell when an EVSE becomes known that was not in `stations` before."""
        return self._fleet.news.discoveries.add(None, observer)

    def on_event(self, observer: Callable[[Event], None]) -> Unsubscribe:
        """Tell every model event of adopted stations, after the state was replaced."""
        return self._events.add(None, observer)

    def on_pending(self, observer: Callable[[PendingStation], None]) -> Unsubscribe:
        """Tell when an unknown station has said what it is (or has been silent about it for some seconds)."""
        return self._pending.add(None, observer)

    def on_pending_left(self, observer: Callable[[str], None]) -> Unsubscribe:
        """Tell when an unknown station has been away for some minutes: its announcement can go."""
        return self._absences.add(observer)

    def on_notice(self, observer: Callable[[Notice], None]) -> Unsubscribe:
        """Tell what the owner has to be told; those that last are told to a new observer at once."""
        return self._notices.add(observer)

    # What the owner may do

    def read_meter(self, node_id: str, reading: MeterReading) -> None:
        """Take what a meter in the house says; whoever has to lower is told in this turn of the event loop."""
        self._fleet.read_meter(node_id, reading)

    def meter_is_silent(self, node_id: str, *, silent: bool) -> None:
        """Take that a sensor of a meter has nothing to say, or all of them speak again: else nothing is fed back."""
        self._fleet.v2x.meter_is_silent(node_id, silent=silent)

    def learn_limits_again(self, identity: str) -> None:
        """Forget which limits a station takes, and find it out anew: its owner may have switched something on."""
        self._tell(forgotten(self._fleet.stations[identity], self._now()))

    def commands(self, identity: str) -> Commands:
        """Return what can be asked of a station. Raises `NotConnected`."""
        return self._reception.link(identity).commands

    def frames(self, identity: str) -> list[dict[str, str]]:
        """Return the last frames of a station for diagnostics: `at`, `direction` and `frame`, secrets removed."""
        return self._reception.frames(identity)

    # Inside

    def _is_adopted(self, identity: str) -> bool:
        return identity in self._fleet.stations

    def _adopt(self, identity: str) -> None:
        """Take in a station that has been waiting, on the connection that it has."""
        taken = self._reception.adopt(identity)
        if taken is None:
            return
        link, waiting = taken
        now = self._now()
        self._tell(
            Connected(
                identity=identity,
                at=now,
                version=link.version,
                address=link.address,
                protection=link.entrance.protection,
            )
        )
        if waiting.info is not None:
            self._tell(Booted(identity=identity, at=now, info=waiting.info))

    def _tell(self, event: Event) -> None:
        self._fleet.hear(event)
        self._events.tell(None, event)

    def _ended_sessions(self) -> Sessions:
        return Sessions(tuple(self._ledger.ended))

    def _storage_trouble(self, trouble: bool) -> None:
        self._notices.tell(Notice(NoticeKind.STORAGE_FAILED, _SITE, trouble))
