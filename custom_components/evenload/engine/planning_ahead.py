"""Joins planning to the fleet: what it may look at, and what its plans come to for whoever looks on."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from .control.planned.controller import PlanControl
from .control.planned.dispatching import Dispatching
from .control.planned.following import next_start
from .control.planned.replanning import PlanTrouble
from .control.planned.taken import Taken
from .model.identity import EvseKey
from .model.notices import Notice, NoticeKind
from .model.stations import Evse

if TYPE_CHECKING:
    from .fleet import Fleet

# Less than this is not worth a word to somebody who leaves in the morning.
WORTH_TELLING_WH = 1_000.0

# What concerns the site as a whole has no other name.
_SITE = ""


class PlanningAhead:
    """Planning, as the fleet has it."""

    def __init__(
        self, fleet: Fleet, share: Callable[[], None], now: Callable[[], datetime]
    ) -> None:
        """Plan for this fleet; `share` has its limits worked out anew."""
        self._fleet, self._now = fleet, now
        self.control = PlanControl(
            lambda: fleet.site,
            lambda: fleet.seen,
            fleet.enforcer.commitments.kind,
            fleet.sharing.circuits,
            now,
            share=share,
            changed=self._changed,
            export_cap_w=lambda: fleet.v2x.export_cap_w,
            taken=Taken(
                lambda: fleet.site,
                fleet.evse,
                lambda: fleet.v2x.orders,
                lambda: fleet.v2x.stances,
                now,
            ),
        )
        self._dispatching = Dispatching(fleet.v2x, self._evses, now)
        fleet.sharing.leaves = self.control.leaves
        fleet.sharing.leaves_change_at = self.control.changes_at

    def act(self) -> None:
        """Have vehicles feed back that are planned to."""
        self._dispatching.look(self.control.plan)

    def next_start(self, key: EvseKey) -> datetime | None:
        """Return when a vehicle begins that does nothing now."""
        plan = self.control.plan
        return None if plan is None else next_start(plan, key, self._now())

    def shortfall_wh(self, key: EvseKey) -> float:
        """Return what a vehicle will miss when it leaves, as far as it is known what it needs."""
        plan = self.control.plan
        vehicle = None if plan is None else plan.vehicles.get(key)
        if vehicle is None or vehicle.departs_at is None:
            return 0.0
        if self.control.vehicles.need(self._fleet.evse(key)).guessed:
            return 0.0
        return vehicle.shortfall_wh

    def _evses(self) -> Iterable[Evse]:
        return (
            evse
            for identity in self._fleet.site.stations
            for evse in self._fleet.stations[identity].evses.values()
        )

    def _changed(self) -> None:
        """Tell of another plan, of vehicles that will leave with less than they should, and of trouble."""
        news = self._fleet.news
        for identity in self._fleet.site.stations:
            news.concerns.tell(None, self._departure(identity))
        for trouble, kind in (
            (PlanTrouble.FAILED, NoticeKind.PLANNING_FAILED),
            (PlanTrouble.LATE, NoticeKind.PLANNING_LATE),
        ):
            active = self.control.trouble is trouble
            news.concerns.tell(None, Notice(kind, _SITE, active))
        news.plans.tell(None)

    def _departure(self, identity: str) -> Notice:
        """Return whether a vehicle at a station will leave with less than its owner wants."""
        short = {
            evse.key: self.shortfall_wh(evse.key)
            for evse in self._fleet.stations[identity].evses.values()
        }
        missing_wh = max(short.values(), default=0.0)
        if missing_wh < WORTH_TELLING_WH:
            return Notice(NoticeKind.DEPARTURE_TOO_SOON, identity, active=False)
        key = max(short, key=lambda one: short[one])
        departs_at = self.control.departs_at(key)
        return Notice(
            NoticeKind.DEPARTURE_TOO_SOON,
            identity,
            placeholders={
                "missing": f"{missing_wh / 1000:.0f}",
                "time": "" if departs_at is None else self.control.local(departs_at),
            },
        )
