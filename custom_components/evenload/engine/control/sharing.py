"""Who gets what now: what is known of circuits, vehicles and turns, put together into targets."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ..csms.limiting.terms import takes_watts
from ..model.allotments import Allotment, Demand
from ..model.configuration import SiteConfig, Strategy
from ..model.identity import EvseKey
from ..model.stations import Evse, Station
from .behind import UNSHARED, draws_behind, held_behind
from .circuits import Circuits
from .commitments import Commitments
from .demanding import Demanding
from .demands import DONE_AFTER, plugged_in_at
from .drawn import Drawn
from .lasting import Fallbacks, Lasting
from .phasing import Phasing
from .planned.leave import Leaves, let_through, no_leaves, on_one_phase
from .sooner import on_phases_known, said_of, waits_for_room
from .taking import Taking
from .targets import Targets, present_of
from .turns import Turns
from .usage import Places, Usage, on_places
from .v2x.stance import Stance
from .wish import SAME_A

# A station that cannot be told counts at the most it was seen to draw, until it draws this much less: what others get
# must not follow every waver of its meter.
WAVERING_A = 2.5

# A meter wavers: to be given this little more is not worth a write.
WORTHWHILE_A = 0.5


class Sharing:
    """Works out targets, and remembers what that takes."""

    def __init__(
        self,
        stations: Callable[[], Mapping[str, Station]],
        commitments: Commitments,
        phasing: Phasing,
        now: Callable[[], datetime],
    ) -> None:
        """Begin with nobody served; `stations` looks up the present state as control sees it."""
        self.circuits = Circuits(now)
        self.turns = Turns()
        self.taking = Taking()
        self._stations = stations
        self._commitments = commitments
        self._phasing = phasing
        self._now = now
        self._fallbacks = Fallbacks()
        self._usage = Usage()
        self._places: dict[str, tuple[int, ...]] = {}
        self._watched: dict[str, tuple[int, ...]] = {}
        self._used = Places()
        self._reserved: dict[str, float] = {}
        self._allotments: Mapping[EvseKey, Allotment] = {}
        self._demands: tuple[Demand, ...] = ()
        # What discharging asks of the balancer.
        self.stances: Callable[[], Mapping[EvseKey, Stance]] = dict
        # What modes and plans let through.
        self.leaves: Leaves = no_leaves
        self.leaves_change_at: Callable[[], datetime | None] = lambda: None
        self._demanding = Demanding(
            stations, phasing, self.turns, self.taking, lambda: self.stances()
        )

    def targets(self, site: SiteConfig) -> tuple[SiteConfig, Targets]:
        """Return what everybody should hold, and the site with every station on the phases that it can draw on now."""
        now, stations = self._now(), self._stations()
        self.circuits.prepare(site)
        switched = self._phasing.site(site)
        self._places = self._usage.in_use(stations, site, now)
        self._watched = self._usage.watched
        used = self._used.on(switched, self._places)
        nodes = self.circuits.households
        held = held_behind(
            site, nodes, stations, self._commitments, self._allotments, unrounded=True
        )
        tree = self.circuits.tree(site, *held)
        lasting = self._fallbacks.of(
            switched, self.circuits.lasting_tree(site), stations
        )
        self._commitments.site, self._commitments.tree = used, tree
        self._reserved = self._commitments.reserved()
        silent = self.circuits.silent(site)
        fixed = self._fixed(site, lasting, silent)
        deaf = self._commitments.deaf - silent
        if self._phasing.switchable(site):
            demands = self._demanding.demands(site, lasting, now)
            leaves = self.leaves(demands, tree, choosing=True)
            let = [let_through(one, leaves.get(one.key)) for one in demands]
            on_all = present_of(site, tree, lasting, let, fixed, now, deaf)
            self._phasing.want(site, on_one_phase(on_all.allotments, leaves))
        else:
            self._phasing.want(site, {})
        demands = self._demanding.demands(used, lasting, now)
        leaves = self.leaves(demands, tree, choosing=False)
        self._demands = tuple(let_through(one, leaves.get(one.key)) for one in demands)
        known = on_phases_known(self._demands)
        present = present_of(used, tree, lasting, known, fixed, now, deaf)
        self._allotments = self._steady(present.allotments)
        self.turns.note(self._demands, self._allotments, now)
        targets = Targets(
            shares=lasting.shares,
            present=present.shares,
            fallbacks=lasting.fallbacks,
            allotments=self._allotments,
            minimums=lasting.minimums,
            ceilings=lasting.ceilings,
            tree=tree,
            lasting_tree=lasting.tree,
            silent=silent,
            frozen=self.circuits.frozen(site),
            reserved=_reserved(site, lasting, fixed),
        )
        targets = self._phasing.applied(site, targets)
        is_watching = self._watched != self._places
        if not waits_for_room(targets.allotments, tree, is_watching=is_watching):
            return used, targets
        # The same, if all room counted that there seems to be.
        seen = on_places(switched, self._watched)
        demands = [
            let_through(one, leaves.get(one.key))
            for one in self._demanding.demands(seen, lasting, now)
        ]
        tree = self.circuits.tree(site, *held, patient=False)
        soon = present_of(
            seen, tree, lasting, on_phases_known(demands), fixed, now, deaf
        ).allotments
        return used, replace(targets, allotments=said_of(targets.allotments, soon))

    def is_overdrawn(self, site: SiteConfig) -> bool:
        """Whether less is left anywhere than was given by now: what else a meter says does not concern this moment."""
        nodes, now = self.circuits.households, self._now()
        held, least = held_behind(
            site, nodes, self._stations(), self._commitments, self._allotments
        )
        for node_id, household in nodes.items():
            room = household.room(held[node_id], now, least[node_id]).current
            if room is None or any(
                left_a < held_a - SAME_A
                for left_a, held_a in zip(room, held[node_id], strict=True)
            ):
                return True
        return False

    def begin_anew(self) -> None:
        """Take up what stations were left with, rather than what was worked out before that was known."""
        self._allotments = {}

    def is_outdated(self, site: SiteConfig, identity: str) -> bool:
        """Whether a station draws on other phases, or holds what cannot be taken from it, otherwise than was reckoned with."""
        station = self._stations()[identity]
        config = site.stations[identity]
        places = self._usage.places(station, config, self._now())
        return (
            self._places.get(identity) != places
            or self._watched.get(identity) != self._usage.seen(identity)
            or self._phasing.is_outdated(site, identity)
            or self._is_reserved_otherwise(identity)
        )

    def wants_otherwise(self, before: Station, after: Station) -> bool:
        """Whether what a station said changes what its EVSEs could use."""
        return before is not after and (
            before.connected != after.connected
            or before.capabilities != after.capabilities
            or [*map(_wish, before.evses.values())]
            != [*map(_wish, after.evses.values())]
        )

    def observe(self, evse: Evse) -> bool:
        """Look at what a vehicle takes of what it may; returns whether that is news."""
        station = self._stations()[evse.key.identity]
        if (
            not evse.is_charging
            or takes_watts(station.capabilities)
            or evse.key in self.stances()
        ):
            # What is safe on one phase is little on three; who feeds back takes nothing, and could.
            self.taking.forget(evse.key)
            return False
        return self.taking.observe(
            evse.key,
            plugged_in_at(evse),
            self._commitments.drawn_a(evse),
            self._commitments.in_force_a(evse.key),
            self._now(),
        )

    def look_at(self) -> datetime | None:
        """Return when something changes by itself: a turn ends, a meter grows old, a vehicle is done."""
        now = self._now()
        moments = [
            self.circuits.next_change(),
            self.leaves_change_at(),
            *(allotment.turn_at for allotment in self._allotments.values()),
            *(
                evse.status_at + DONE_AFTER
                for station in self._stations().values()
                for evse in station.evses.values()
                if evse.wants_energy and evse.status_at is not None
            ),
        ]
        return min((at for at in moments if at is not None and at > now), default=None)

    def draws(self, site: SiteConfig, node_id: str) -> Drawn:
        """Return what the EVSEs behind a circuit draw."""
        return draws_behind(
            site, node_id, self._stations(), self._commitments, self._now()
        )

    def _fixed(
        self, site: SiteConfig, lasting: Lasting, silent: frozenset[str]
    ) -> dict[str, float]:
        """Return what stations may draw that cannot be told: also those never seen, and those that are only watched."""
        fixed = dict(self._reserved)
        for identity, station in self._stations().items():
            if station.last_seen is None:
                fixed[identity] = lasting.shares[identity].current_a
            elif identity in silent:
                fixed[identity] = self._commitments.station_a(identity)
        return {
            identity: a for identity, a in fixed.items() if identity in site.stations
        }

    def _steady(
        self, allotments: Mapping[EvseKey, Allotment]
    ) -> Mapping[EvseKey, Allotment]:
        """Return allotments in which nobody gets a little more at every waver of a meter."""
        if not self.circuits.households:
            return allotments
        steady = dict(allotments)
        for key, allotment in allotments.items():
            before = self._allotments.get(key)
            if before is None or allotment.reason in UNSHARED:
                continue
            more_a = allotment.current.a - before.current.a
            if before.current.a > 0 and 0 < more_a < WORTHWHILE_A:
                steady[key] = replace(allotment, current=before.current)
        return steady

    def _is_reserved_otherwise(self, identity: str) -> bool:
        """Whether a station has begun or ceased to hold what cannot be taken from it."""
        held_a = self._commitments.reservation(identity)
        known_a = self._reserved.get(identity)
        if held_a is None or known_a is None:
            return held_a is not known_a
        return held_a > known_a or held_a < known_a - WAVERING_A


def _reserved(
    site: SiteConfig, lasting: Lasting, fixed: Mapping[str, float]
) -> frozenset[str]:
    """Return the stations whose share nobody else is given: under `static`, while nobody holds more than its own."""
    if any(a > lasting.shares[identity].current_a for identity, a in fixed.items()):
        return frozenset()
    return frozenset(
        identity
        for group in site.groups.values()
        if group.strategy is Strategy.STATIC
        for identity in group.members
    )


def _wish(evse: Evse) -> tuple[object, ...]:
    """Return what counts of what an EVSE could use."""
    return (
        evse.key,
        evse.settings,
        evse.wants_energy,
        evse.is_charging,
        evse.status is None,
        plugged_in_at(evse),
    )
