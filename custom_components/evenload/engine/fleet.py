"""All stations of a site as they are now: what is heard changes them, and whoever looks on is told."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from .announcer import Announcer
from .books import Books
from .control.abilities import Abilities, shift_of
from .control.enforcer import Enforcer
from .control.phasing import Phasing
from .control.sharing import Sharing
from .control.shown import showing
from .control.steadiness import Steadiness, at_present
from .control.transitions import after, with_evse, with_evses
from .doorkeeper import Doorkeeper
from .feeding_back import control_of
from .group_figures import GroupFigures
from .live import LiveNode, still_live, with_live
from .measured import take_reading
from .memory import State
from .model.capabilities import PauseMethod
from .model.configuration import SiteConfig
from .model.events import (
    Booted,
    ClockMeasured,
    Connected,
    Event,
    Heard,
    Learnt,
    MetersSampled,
)
from .model.groups import GroupState
from .model.household import MeterReading
from .model.identity import EvseKey
from .model.stations import Evse, EvseSettings, Station
from .model.transactions import Session
from .pauses import PauseKeeper
from .planning_ahead import PlanningAhead
from .records import Records
from .revival import revive, state_of
from .sessions.ledger import Ledger
from .settings import unplugged
from .soon import Later, Soon


class Fleet:
    """Stations, their sessions and their limits."""

    def __init__(
        self,
        config: SiteConfig,
        ledger: Ledger,
        save: Callable[[], Awaitable[bool]],
        now: Callable[[], datetime],
    ) -> None:
        """Begin with the stations that the owner has set up, all offline; `save` writes everything durably."""
        self.config = config
        self.books = Books(ledger)
        self.stations: dict[str, Station] = {}
        self._groups = GroupFigures()
        self.seen = Abilities(self.stations, lambda: self.config)
        self.enforcer = Enforcer(
            config,
            lambda: self.seen,
            now,
            save,
            self._limits_changed,
            self._look,
            self._learn_pause,
        )
        self.news = Announcer(
            lambda: self.config, self.seen, self.enforcer, self._limits_settled
        )
        commitments = self.enforcer.commitments
        self.phasing = Phasing(
            lambda: self.seen, commitments, now, lambda: self._soon.ask()
        )
        self.sharing = Sharing(lambda: self.seen, commitments, self.phasing, now)
        # What its owner changes while it runs, and the site as that makes it.
        self.live: dict[str, LiveNode] = {}
        self.site = config
        self._later = Later(self.retarget, now)
        self._records = Records(
            commitments.holding, self.books.register, commitments.disobedience.is_seen
        )
        # When the power is back, all stations have news in the same second, and each concerns them all.
        self._soon = Soon(self.retarget, lambda: self.enforcer.is_busy)
        self._now = now
        self._steadiness = Steadiness(now, self._clock_was_set)
        self.v2x = control_of(self, self._soon.ask, self._steadiness.now)
        self.sharing.stances = lambda: self.v2x.stances
        self.plans = PlanningAhead(self, self._soon.ask, now)
        self.pauses = PauseKeeper(self.stations, self.change, now)
        self.doorkeeper = Doorkeeper(
            lambda: self.config, self.stations, self.enforcer, now
        )
        for identity in config.stations:
            self._add(identity)
        self.retarget()

    def configure(self, config: SiteConfig) -> tuple[set[str], set[str]]:
        """Apply what the owner changed; returns which stations came and which went."""
        came = config.stations.keys() - self.stations.keys()
        gone = self.stations.keys() - config.stations.keys()
        self.live = still_live(self.config, config, self.live)
        self.config = config
        self.doorkeeper.changed()
        for identity in gone:
            self.enforcer.forget(identity)
            self.v2x.forget(identity)
            self.plans.control.forget(identity)
            self.books.forget(identity, self._now())
            del self.stations[identity]
        for identity in config.stations:
            self._add(identity)
        self.retarget()
        self._show_all()
        for identity in self.stations:
            self.news.tell(identity)
        self.v2x.configured()
        return set(came), set(gone)

    def hear(self, event: Event) -> None:
        """Take in what an adopted station said."""
        self._steadiness.look()
        before = self.stations.get(event.identity)
        if before is None:
            return
        self.stations[event.identity] = unplugged(
            before, self.books.after(after(before, event, self.config), event)
        )
        if isinstance(event, Heard):
            # It had nothing to say that anybody looks at.
            return
        if isinstance(event, Booted):
            self.enforcer.rebooted(event.identity)
            self.phasing.restarted(event.identity)
        if isinstance(event, MetersSampled):
            take_reading(self, event, before, self._soon.ask, self._now())
        station = self.stations[event.identity]
        if shift_of(station) != shift_of(before):
            self.enforcer.reset_clock(event.identity)
        if station.evses.keys() != before.evses.keys():
            self.retarget()
        elif self.sharing.wants_otherwise(before, station) or self.sharing.is_outdated(
            self.site, event.identity
        ):
            self._soon.ask()
        if isinstance(event, Learnt):
            self.enforcer.wake(event.identity)
        self.enforcer.look(self.seen[event.identity])
        self._refresh(event.identity)
        self.v2x.hear(event)
        self.plans.control.hear(event)
        for number in station.evses.keys() - before.evses.keys():
            self.news.discoveries.tell(None, EvseKey(event.identity, number))
        if isinstance(event, MetersSampled):
            self.news.tell_evse(EvseKey(event.identity, event.evse))
        else:
            self.news.tell(event.identity)
        if isinstance(event, Connected | Booted | ClockMeasured):
            # It may speak another version by now, or be another make.
            self.news.warn(event.identity)

    def set_settings(self, key: EvseKey, settings: EvseSettings) -> None:
        """Replace what the owner set on an EVSE."""
        self.change(replace(self.evse(key), settings=settings))

    def change(self, evse: Evse) -> None:
        """Put an EVSE of which more or less is wanted in the place of what it was."""
        identity = evse.key.identity
        self.stations[identity] = with_evse(self.stations[identity], evse)
        self.v2x.look()
        self.retarget()
        self.enforcer.wake(identity)
        self._refresh(identity)
        self.news.tell_evse(evse.key)

    def evse(self, key: EvseKey) -> Evse:
        """Return one EVSE. Raises `KeyError`."""
        return self.stations[key.identity].evses[key.evse]

    def group(self, group_id: str) -> GroupState:
        """Return the figures of a group, or of the site (""). Raises `KeyError` where there is none."""
        return self._groups.of(
            self.site,
            self.config,
            group_id,
            self.stations,
            self.enforcer.targets.tree,
            self.sharing.circuits.households.get(group_id),
            self._now(),
            self.v2x.house_on,
        )

    def note_session(self, session: Session | None) -> None:
        """Show a session that changed on its EVSE."""
        station = None if session is None else self.stations.get(session.key.identity)
        if station is not None:
            self.stations[station.identity] = self.books.showing(station, session)

    def retarget(self) -> None:
        """Share again, and let the stations be told."""
        self._steadiness.look()
        site = with_live(self.config, self.live)
        if site != self.site:
            # What follows from the site is remembered for as long as it is the same.
            self.site = site
        used, targets = self.sharing.targets(self.site)
        # What one vehicle does can change what another one may.
        for identity in self.enforcer.set_targets(used, targets):
            self.news.announce_later(identity)
        self.news.tell_circuits_later()
        self._later.set(self.sharing.look_at())
        self.plans.act()

    def _show_all(self) -> None:
        """Show of every station what its limits are, also where they are meant to be what they were."""
        for identity in self.stations:
            self._refresh(identity)
            self.news.warn(identity)

    def read_meter(self, node_id: str, reading: MeterReading) -> None:
        """Take a reading of a meter in the house, and let the stations be told at once."""
        self._steadiness.look()
        circuits = self.sharing.circuits
        if node_id not in circuits.households:
            return
        drawn = self.sharing.draws(self.site, node_id)
        if not circuits.read(node_id, reading, drawn):
            return
        self.v2x.read_meter(node_id)
        if self.sharing.is_overdrawn(self.site):
            self.retarget()
        else:
            # The next line of the same meter may speak in this very turn.
            self._soon.ask()

    def close(self) -> None:
        """Share no more."""
        self._later.close()
        self.pauses.close()
        self._steadiness.close()
        self.plans.control.close()

    def state(self) -> State:
        """Return what must survive a restart."""
        return state_of(self, self._records)

    def restore(self, state: State) -> None:
        """Take up what an earlier life knew of the stations that are still set up."""
        revive(self, state)
        self.retarget()
        self._show_all()
        self.pauses.look()

    def _add(self, identity: str) -> None:
        """Let a station have the EVSEs that its owner has named, and at least one."""
        known = self.stations.get(identity, Station(identity))
        count = max(self.config.stations[identity].evses, default=1)
        self.stations[identity] = with_evses(known, count)

    def _limits_changed(self, identity: str) -> None:
        if identity in self.stations:
            self.news.announce_limits(identity)

    def _limits_settled(self, identity: str) -> None:
        """Look what the limits of a station come to, when nobody's limits wait for that."""
        if self.sharing.is_outdated(self.site, identity):
            self._soon.ask()
        self._refresh(identity)

    def _look(self, identity: str) -> float | None:
        """Look at our clock, and at a station's phases, before its limits are; returns when to look again, in seconds."""
        self._steadiness.look()
        return self.phasing.look(self.site, identity)

    def _clock_was_set(self, by: timedelta) -> None:
        """Take nothing for later than now, and have everybody told again."""
        for identity, station in self.stations.items():
            self.stations[identity] = at_present(station, self._now())
        self.enforcer.clock_was_set(by)
        self.v2x.clock_was_set(by)
        self.pauses.look()
        self._soon.ask()

    def _learn_pause(self, identity: str, method: PauseMethod) -> None:
        learnt = replace(self.stations[identity].capabilities, pause=method)
        self.hear(Learnt(identity=identity, at=self._now(), capabilities=learnt))

    def _refresh(self, identity: str) -> None:
        """Bring the shown allotments up to date."""
        self.stations[identity] = showing(
            self.stations[identity],
            self.seen[identity],
            self.enforcer.targets,
            self.enforcer.commitments,
            self.enforcer.errands.findings,
        )
