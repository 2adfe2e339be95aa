"""What the mode of every EVSE lets through at this moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...model.allotments import Demand, Reason
from ...model.identity import EvseKey
from ...model.kinds import EvseKind
from ...model.planning import QUARTER, ChargeMode, Outlook, Plan
from ...model.stations import Evse
from ...model.tree import Tree
from .following import planned
from .leave import Leave
from .sun import Sun
from .surplus import SUNNY

BY_PLAN = frozenset({ChargeMode.CHEAPEST, ChargeMode.PLAN_V2G})


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is so at one moment.

    `left_w` is the surplus, None while it is not known; `is_metered`: it can be. `is_awaited`: who is in no plan will soon
    be, and waits for that.
    """

    now: datetime
    plan: Plan | None
    outlook: Outlook
    left_w: float | None
    is_metered: bool
    is_awaited: Callable[[EvseKey], bool]


class Modes:
    """Goes from modes to leaves."""

    def __init__(
        self,
        evse: Callable[[EvseKey], Evse],
        kind: Callable[[EvseKey], EvseKind],
        has_reached: Callable[[Evse], bool],
    ) -> None:
        """Look EVSEs up here."""
        self._evse, self._kind, self._has_reached = evse, kind, has_reached
        self._sun = Sun()

    def leaves(
        self, demands: Sequence[Demand], tree: Tree, at: Now, *, choosing: bool
    ) -> Mapping[EvseKey, Leave]:
        """Return what is let through; who is not named may have all."""
        found: dict[EvseKey, Leave] = {}
        sunny: list[Demand] = []
        for demand in demands:
            mode = self._evse(demand.key).settings.goal.mode
            if (leave := self._simple(demand, mode, at)) is not None:
                found[demand.key] = leave
            elif mode in SUNNY and _is_there(demand) and not demand.boosted:
                sunny.append(demand)
        if not at.is_metered:
            return found | {one.key: self._unmetered(one) for one in sunny}
        always = {one.key for one in sunny if self._charges_always(one)}
        share = self._sun.choices if choosing else self._sun.leaves
        return found | share(sunny, always, at.left_w, tree, at.now)

    def changes_at(self, at: Now) -> datetime | None:
        """Return when what is let through changes if nothing is heard."""
        # A quarter later there may be another price, and another power in the plan.
        start = at.now.replace(minute=0, second=0, microsecond=0)
        quarter = start + ((at.now - start) // QUARTER + 1) * QUARTER
        moments = (self._sun.changes_at(at.now), quarter)
        return min(moment for moment in moments if moment is not None)

    def _simple(self, demand: Demand, mode: ChargeMode, at: Now) -> Leave | None:
        """Return what is let through where nobody else has to be asked; None: all, or it goes by the sun."""
        if mode is ChargeMode.OFF:
            return Leave(Reason.CHARGING_OFF, paused=True)
        if not _is_there(demand):
            # What lies there for whoever comes is the balancer's.
            return None
        if mode is not ChargeMode.PLAN_V2G and self._has_reached(
            self._evse(demand.key)
        ):
            return Leave(Reason.GOAL_REACHED, paused=True)
        if demand.boosted:
            # Who is to come first is not to wait.
            return None
        if mode is ChargeMode.PRICE_LIMIT:
            return self._by_price(demand, at)
        if mode in BY_PLAN:
            return self._by_plan(demand, at)
        return None

    def _by_price(self, demand: Demand, at: Now) -> Leave | None:
        limit = self._evse(demand.key).settings.goal.price_limit
        prices = at.outlook.import_price
        price = None if prices is None else prices.at(at.now)
        if limit is None or prices is None or price is None or price <= limit:
            return None
        place = (at.now - prices.start) // QUARTER
        for later in range(place + 1, len(prices.values)):
            value = prices.values[later]
            if value is not None and value <= limit:
                until = prices.start + later * QUARTER
                return Leave(Reason.PRICE_TOO_HIGH, paused=True, until=until)
        return Leave(Reason.PRICE_TOO_HIGH, paused=True)

    def _by_plan(self, demand: Demand, at: Now) -> Leave | None:
        leave = None
        if at.plan is not None:
            leave = planned(at.plan, demand, self._kind(demand.key), at.now)
        if leave is None and at.is_awaited(demand.key) and not demand.charging:
            # Who charges already goes on: a stop and a start wear more than some seconds cost.
            return Leave(Reason.PLANNED, paused=True)
        # Without a plan it charges: better dear than empty.
        return leave

    def _unmetered(self, demand: Demand) -> Leave:
        """Return what is let through where nobody measures what the house leaves of its sun."""
        if self._charges_always(demand):
            return Leave(Reason.METER_LOST, demand.minimum_a)
        return Leave(Reason.METER_LOST, paused=True)

    def _charges_always(self, demand: Demand) -> bool:
        mode = self._evse(demand.key).settings.goal.mode
        return mode is ChargeMode.MINIMUM_SOLAR


def _is_there(demand: Demand) -> bool:
    return demand.wants and demand.plugged_in_at is not None
