"""Planning at one site: told of wishes, vehicles and what is expected, it has plans made and says what they let through."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from ...model.allotments import Demand
from ...model.configuration import SiteConfig
from ...model.events import Event, MetersSampled, NeedsReported
from ...model.identity import EvseKey
from ...model.kinds import EvseKind
from ...model.planning import QUARTER, ChargeMode, Outlook, Plan, VehicleFacts
from ...model.stations import Evse, Station
from ...model.tree import Tree
from ...planning.problem import Problem
from ..circuits import Circuits
from .leave import Leave
from .modes import BY_PLAN, Modes, Now
from .problems import Problems
from .replanning import PlanTrouble, Replanning, Solve, solve_lazily
from .surplus import SunWatch
from .taken import Taken
from .vehicles import Known, Vehicles

# Who has just come waits so long for its first plan.
AWAITED = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Kept:
    """What must survive a restart: what was expected last, and what is known of vehicles (by EVSE)."""

    outlook: Outlook = field(default_factory=Outlook)
    vehicles: dict[str, Known] = field(default_factory=dict)


class PlanControl:
    """Everything that concerns when vehicles charge. Where all modes are fast it costs nothing."""

    def __init__(
        self,
        site: Callable[[], SiteConfig],
        stations: Callable[[], Mapping[str, Station]],
        kind: Callable[[EvseKey], EvseKind],
        circuits: Circuits,
        now: Callable[[], datetime],
        *,
        share: Callable[[], None],
        changed: Callable[[], None],
        export_cap_w: Callable[[], float],
        taken: Taken,
    ) -> None:
        """Begin with no plan.

        `share` has the balancer share again, `changed` hears of another plan or trouble, `taken` says whom discharging
        has in hand, and what it does with them.
        """
        self.vehicles = Vehicles(site)
        self.outlook = Outlook()
        self.plan: Plan | None = None
        self.trouble: PlanTrouble | None = None
        self._site, self._stations, self._now = site, stations, now
        self._circuits = circuits
        self._share, self._changed = share, changed
        self._export_cap_w, self._taken = export_cap_w, taken
        self._modes = Modes(self.evse, kind, self.vehicles.has_reached)
        self._problems = Problems(self.evse, kind, self.vehicles, taken, now)
        self._replanning = Replanning(
            self._problem, self._take, self._tell, solve_lazily
        )
        self._watch = SunWatch(self._evses, circuits, taken.is_held, now)
        self._demands: Sequence[Demand] = ()
        self._wide: Mapping[EvseKey, Demand] = {}
        # Of what the plan was last asked for, and since when somebody waits to be in it.
        self._asked: tuple[object, int] | None = None
        self._awaited: dict[EvseKey, datetime] = {}

    def evse(self, key: EvseKey) -> Evse:
        """Return one EVSE. Raises `KeyError`."""
        return self._stations()[key.identity].evses[key.evse]

    # What is heard

    def hear(self, event: Event) -> None:
        """Take in what a station said."""
        match event:
            case NeedsReported():
                key = EvseKey(event.identity, event.evse)
                if self.vehicles.needs.get(key) != event.needs:
                    self.vehicles.needs[key] = event.needs
                    self.replan()
            case MetersSampled() if event.evse:
                evse = self.evse(EvseKey(event.identity, event.evse))
                if self.vehicles.looks_reached(evse):
                    self._share()

    def set_outlook(self, outlook: Outlook) -> None:
        """Take what is expected of the next hours."""
        if outlook != self.outlook:
            self.outlook = outlook
            self._share()
            self.replan()

    def set_vehicle(self, key: EvseKey, facts: VehicleFacts) -> None:
        """Take what is known of the vehicle at an EVSE. Raises `KeyError`."""
        if self.vehicles.say(self.evse(key), facts):
            # It may have what it was to have.
            self._share()
            self.replan()

    def replan(self) -> None:
        """Have a plan made of what is so now, where anybody needs one."""
        if self.plan is not None or self._is_needed():
            self._replanning.ask()

    # What is asked by the balancer

    def leaves(
        self, demands: Sequence[Demand], tree: Tree, *, choosing: bool
    ) -> Mapping[EvseKey, Leave]:
        """Return what modes and plans let through (see `Leaves`)."""
        if choosing:
            # Who was put on one phase for now could use all.
            self._wide = {one.key: one for one in demands if one.is_single}
        else:
            self._demands = demands
            self._look()
        if not self._is_needed():
            return {}
        free = [one for one in demands if not self._taken.is_held(one.key)]
        return self._modes.leaves(free, tree, self._at(), choosing=choosing)

    def changes_at(self) -> datetime | None:
        """Return when what is let through changes if nothing is heard."""
        if not self._is_needed():
            return None
        moments = [self._modes.changes_at(self._at())]
        moments.append(self._watch.changes_at())
        moments += [since + AWAITED for since in self._awaited.values()]
        return min(
            (at for at in moments if at is not None and at > self._now()), default=None
        )

    # Life cycle

    def departs_at(self, key: EvseKey) -> datetime | None:
        """Return when a vehicle leaves, as far as anybody says so."""
        return self._problems.departs_at(self.evse(key))

    def local(self, moment: datetime) -> str:
        """Return a time of day as its owner's clocks show it."""
        return f"{moment.astimezone(self._problems.zone):%H:%M}"

    def set_zone(self, zone: tzinfo) -> None:
        """Take whose hours and days tariffs mean."""
        self._problems.zone = zone

    def solve_with(self, solve: Solve) -> None:
        """Have plans made by this."""
        self._replanning.solve = solve

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        self.vehicles.forget(identity)

    def kept(self) -> Kept:
        """Return what must survive a restart."""
        return Kept(self.outlook, self.vehicles.kept())

    def restore(self, kept: Kept) -> None:
        """Take up what an earlier life knew."""
        keys = {
            str(evse.key): evse.key
            for station in self._stations().values()
            for evse in station.evses.values()
        }
        self.outlook = kept.outlook
        self.vehicles.restore(kept.vehicles, keys)

    @property
    def took_s(self) -> float | None:
        """How long it took to make the last plan, in seconds."""
        return self._replanning.took_s

    def close(self) -> None:
        """Plan no more."""
        self._replanning.close()

    # Inside

    def _is_needed(self) -> bool:
        """Whether any vehicle may be held back."""
        return any(
            goal.mode is not ChargeMode.FAST
            or goal.soc_percent is not None
            or goal.energy_wh is not None
            for goal in (one.settings.goal for one in self._evses())
        )

    def _evses(self) -> Iterable[Evse]:
        return (
            evse
            for identity in self._site().stations
            for evse in self._stations()[identity].evses.values()
        )

    def _at(self) -> Now:
        left_w, is_metered = self._watch.left_w()
        return Now(
            now=self._now(),
            plan=self.plan,
            outlook=self.outlook,
            left_w=left_w,
            is_metered=is_metered,
            is_awaited=self._is_awaited,
        )

    def _is_awaited(self, key: EvseKey) -> bool:
        since = self._awaited.get(key)
        return since is not None and self._now() - since < AWAITED

    def _look(self) -> None:
        """Have a plan made where anything is otherwise than when it was asked for last."""
        there = {
            one.key: one for one in self._demands if one.wants and one.plugged_in_at
        }
        self._forget_those_who_left(there)
        if not self._is_needed():
            self._asked = None
            if self.plan is not None:
                self._take(None)
            return
        now = self._now()
        wants = id(self._site()), *map(self._sign, there.values())
        quarter = int(now.timestamp()) // int(QUARTER.total_seconds())
        if self._asked == (wants, quarter):
            return
        is_new = self._asked is None or self._asked[0] != wants
        self._asked = wants, quarter
        for key in there:
            mode = self.evse(key).settings.goal.mode
            if mode in BY_PLAN and not self._is_in_plan(key):
                self._awaited.setdefault(key, now)
        (self._replanning.hurry if is_new else self._replanning.ask)()

    def _sign(self, demand: Demand) -> object:
        """Return what of a vehicle makes another plan."""
        settings = self.evse(demand.key).settings
        taken = self._taken.sign(demand.key)
        return demand.key, demand.plugged_in_at, settings, demand.minimum_a, taken

    def _forget_those_who_left(self, there: Mapping[EvseKey, Demand]) -> None:
        for evse in self._evses():
            if not (evse.status is None or evse.status.is_plugged_in):
                self.vehicles.left(evse.key)
        self._awaited = {
            key: since for key, since in self._awaited.items() if key in there
        }
        if self.plan is None:
            return
        gone = self.plan.vehicles.keys() - there.keys()
        if gone:
            staying = {
                key: one for key, one in self.plan.vehicles.items() if key not in gone
            }
            self.plan = replace(self.plan, vehicles=staying)

    def _is_in_plan(self, key: EvseKey) -> bool:
        return self.plan is not None and self.plan.power_w(key, self._now()) is not None

    def _problem(self) -> Problem | None:
        problem = self._problems.problem(
            self._site(),
            [self._wide.get(demand.key, demand) for demand in self._demands],
            self.outlook,
            self._circuits,
            self._export_cap_w(),
        )
        return problem if problem.wishes else None

    def _take(self, plan: Plan | None) -> None:
        self.plan = plan
        if plan is not None:
            for key in plan.vehicles:
                self._awaited.pop(key, None)
        self._share()
        self._changed()

    def _tell(self, trouble: PlanTrouble | None) -> None:
        if trouble is not None:
            self._awaited.clear()
            self._share()
        if trouble is not self.trouble:
            self.trouble = trouble
            self._changed()
