"""The engine as Home Assistant sees it: one object per grid connection."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from .absences import Absences
from .accounting import Accounting, memory_of
from .control.abilities import forgotten
from .control.grid_operator import cap_in_force
from .csms.adapters import ADAPTERS
from .csms.commands import Commands
from .csms.door.listener import Listener
from .csms.schemas import schemas
from .desk import Desk
from .discharges import Discharges
from .fleet import Fleet
from .hosting import Hosting
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
from .model.tree import ROOT
from .noticeboard import Noticeboard
from .observers import Digest, Observers
from .plans import Plans
from .reception import Reception
from .safe import Safe
from .security import Security
from .sessions.ledger import Ledger
from .soon import utc_now
from .telling import Telling
from .uplinks import Uplinks
from .upward import Upward
from .vault import Vault
from .wishes import Wishes

# Every reading of every member changes a group's figures. What is told more often nobody reads, and databases keep.
GROUP_PERIOD_S = 1.0

# What concerns the site as a whole has no other name.
_SITE = ""


class Site(Wishes, Hosting, Discharges, Plans, Accounting, Upward, Telling):
    """One grid connection with its OCPP server, stations and groups."""

    def __init__(
        self,
        config: SiteConfig,
        listener: ListenerConfig,
        vault: Vault,
        now: Callable[[], datetime] = utc_now,
        database: Path | None = None,
    ) -> None:
        """Build it; nothing runs and nothing is read before `load` and `open`. `database` is the file of sessions."""
        # The first id is taken from the clock, so that a station which still knows an id of another system's, or of
        # an installation that was lost, is not mistaken.
        self._ledger = Ledger(next_id=int(now().timestamp()))
        self._fleet = Fleet(config, self._ledger, lambda: self._memory.save(), now)
        self._memory, self._bookkeeper = memory_of(
            vault,
            database,
            self._fleet,
            now,
            lambda: self.outlook,
            self._storage_trouble,
        )
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
        self._uplinks = Uplinks(
            self._fleet,
            lambda identity: self._reception.link(identity).commands,
            now,
            self._uplink_trouble,
            self._fleet.news.tell,
        )
        self._desk = Desk(
            self._fleet,
            self._reception,
            self._memory,
            self._events,
            now,
            self._safe.alarms.doubled,
            self._bookkeeper,
            self._uplinks,
        )
        self._listener = Listener(
            listener,
            self._desk,
            ADAPTERS,
            self._safe.alarms.turned_away,
            self._safe,
            now,
        )
        self.security = Security(
            self._safe, self._reception, self._listener, self._desk.doubles, now
        )
        self._now = now
        self._database = database
        self._is_closed = False

    # Life cycle

    async def load(self) -> None:
        """Restore what is known of stations, sessions and limits; stations are not connected yet."""
        state, sessions = await self._memory.load()
        await self._safe.load()
        # The schemas are files.
        for version in OcppVersion:
            await asyncio.get_running_loop().run_in_executor(None, schemas, version)
        if state is not None:
            self._take_up(state, sessions)
        self._begin_books()

    async def open(self) -> None:
        """Open the port. Raises `ListenerError` when that is not possible."""
        # What those above allow is known before the first station is told anything.
        await self._open_uplinks(self._database)
        try:
            await self._listener.open()
        except ListenerError:
            self._fleet.close()
            raise

    async def close(self) -> None:
        """Close every connection (1001) and the port, and write everything that is unsaved."""
        if self._is_closed:
            # Home Assistant stops while the entry is being unloaded.
            return
        self._is_closed = True
        # Nobody discharges whom nobody watches.
        await self._fleet.v2x.close()
        self._fleet.close()
        await self._fleet.enforcer.close()
        await self._listener.close()
        await self._close_uplinks()
        self._group_news.close()
        self._absences.close()
        await self.security.close()
        await self._close_books()

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
        self._follow_uplinks()
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

    # What the owner may do

    def read_meter(self, node_id: str, reading: MeterReading) -> None:
        """Take what a meter in the house says; whoever has to lower is told in this turn of the event loop."""
        self._fleet.read_meter(node_id, reading)
        if node_id == ROOT:
            grid_w = sum(reading.currents) * self._fleet.config.voltage_v
            self._note_flows(reading.at, grid_w, self.whole.used_w)

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

    def _storage_trouble(self, trouble: bool) -> None:
        self._notices.tell(Notice(NoticeKind.STORAGE_FAILED, _SITE, trouble))
