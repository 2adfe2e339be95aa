"""Ways to charge: planned, with what is known of the hours to come, and those that others have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from time import process_time

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import (
    HORIZON,
    QUARTER,
    Outlook,
    Series,
)
from custom_components.evenload.engine.model.tree import station_node
from custom_components.evenload.engine.planning.problem import Problem, Wish
from custom_components.evenload.engine.planning.solving import solve

from .month import DAY, EFFICIENCY, Month, Visit, moment

_AHEAD = HORIZON // QUARTER

# Tomorrow's prices are told at one o'clock.
_TOLD_AT = 13 * 4

# Without anything new it is planned anew so often, in quarters: with each forecast. Where nothing will be otherwise than
# forecast only what it did not look at is new, from 36 hours on.
_ANEW = 4
_ANEW_IF_PERFECT = 24


@dataclass(slots=True)
class Stay:
    """A vehicle that is there, and what it got so far, in its battery."""

    visit: Visit
    got_wh: float = 0.0
    charging: bool = False

    @property
    def left_wh(self) -> float:
        """What it still needs."""
        return max(0.0, self.visit.needs_wh - self.got_wh)

    def wish(self) -> Wish:
        """Return it as planning knows it."""
        visit = self.visit
        return Wish(
            key=visit.key,
            node=station_node(visit.key.identity),
            load=visit.load,
            least_w=visit.least_w,
            most_w=visit.most_w,
            needs_wh=self.left_wh,
            efficiency=EFFICIENCY,
            departs_at=moment(visit.departs),
            charging=self.charging,
        )


class Uncontrolled:
    """Everybody charges at once, as far as the fuse goes."""

    def caps_w(self, quarter: int, stays: Sequence[Stay]) -> Mapping[EvseKey, float]:
        """Return the most that each vehicle may have in a quarter."""
        del quarter
        return {stay.visit.key: stay.visit.most_w for stay in stays}


@dataclass(slots=True)
class CheapestEach:
    """Each vehicle for itself in the cheapest quarters until it leaves; it does not know of the fuse, nor of the sun."""

    month: Month

    def caps_w(self, quarter: int, stays: Sequence[Stay]) -> Mapping[EvseKey, float]:
        """Return the most that each vehicle may have in a quarter."""
        return {
            stay.visit.key: stay.visit.most_w
            for stay in stays
            if quarter in self._chosen(quarter, stay)
        }

    def _chosen(self, quarter: int, stay: Stay) -> Sequence[int]:
        there = range(quarter, stay.visit.departs)
        each_wh = stay.visit.most_w * EFFICIENCY / 4
        needed = -int(-stay.left_wh // each_wh)
        return sorted(there, key=lambda one: (self.month.buy[one], one))[:needed]


@dataclass(slots=True)
class Planned:
    """As the planner says, with perfect forecasts or with those that there are; it never knows who will come."""

    month: Month
    perfect: bool
    seconds: list[float] = field(default_factory=list)
    _made: int = -_ANEW
    _for: tuple[EvseKey, ...] = ()
    _powers: dict[EvseKey, tuple[float, ...]] = field(default_factory=dict)

    def caps_w(self, quarter: int, stays: Sequence[Stay]) -> Mapping[EvseKey, float]:
        """Return the most that each vehicle may have in a quarter."""
        keys = tuple(stay.visit.key for stay in stays)
        anew = _ANEW_IF_PERFECT if self.perfect else _ANEW
        if keys and (keys != self._for or quarter - self._made >= anew):
            begun = process_time()
            plan = solve(self._problem(quarter, stays))
            self.seconds.append(process_time() - begun)
            self._made, self._for = quarter, keys
            self._powers = {key: one.power_w for key, one in plan.vehicles.items()}
        place = quarter - self._made
        return {key: self._powers[key][place] for key in keys}

    def _problem(self, quarter: int, stays: Sequence[Stay]) -> Problem:
        month = self.month
        last = max(stay.visit.departs for stay in stays)
        return Problem(
            now=moment(quarter),
            tree=month.tree(),
            wishes=tuple(stay.wish() for stay in stays),
            outlook=self._known(quarter)
            if not self.perfect
            else perfect(month, quarter),
            quarters=min(_AHEAD, last - quarter),
        )

    def _known(self, quarter: int) -> Outlook:
        """Return prices as far as they are told, and forecasts that err: the further ahead, the more."""
        month = self.month
        days = 2 if quarter % DAY >= _TOLD_AT else 1
        until = min((quarter // DAY + days) * DAY, month.quarters)
        since = max(0, quarter - DAY)
        random = Random(f"{month.seed} {quarter}")
        off, sun_w = 0.0, []
        for ahead, at in enumerate(
            range(quarter, min(quarter + _AHEAD, month.quarters))
        ):
            off = 0.97 * off + random.gauss(0.0, 0.03 + 0.0003 * ahead)
            share = month.sun_w[at] / month.clear_w[at] if month.clear_w[at] else 0.0
            sun_w.append(month.clear_w[at] * min(1.0, max(0.0, share + off)))
        house_w = month.usual_house_w[quarter : quarter + _AHEAD]
        return Outlook(
            import_price=Series(moment(since), month.buy[since:until]),
            export_price=Series(moment(since), month.sell[since:until]),
            sun_w=Series(moment(quarter), tuple(sun_w)),
            house_w=Series(moment(quarter), house_w),
        )


def perfect(month: Month, quarter: int, length: int = _AHEAD) -> Outlook:
    """Return what will be."""

    def series(values: tuple[float, ...]) -> Series:
        return Series(moment(quarter), values[quarter : quarter + length])

    return Outlook(
        import_price=series(month.buy),
        export_price=series(month.sell),
        sun_w=series(month.sun_w),
        house_w=series(month.house_w),
    )


def best_w(month: Month, seconds: float) -> dict[EvseKey, list[float]]:
    """Return what would have been best, had everything been known, who comes too: in W, by quarters of the month.

    Vehicles may have any power in it: what is best with their least costs somewhat more.
    """
    wishes = []
    for visit in month.visits:
        wish = Stay(visit).wish()
        wishes.append(
            Wish(
                key=wish.key,
                node=wish.node,
                load=wish.load,
                most_w=wish.most_w,
                needs_wh=wish.needs_wh,
                efficiency=EFFICIENCY,
                arrives_at=moment(visit.arrives),
                departs_at=wish.departs_at,
            )
        )
    problem = Problem(
        now=moment(0),
        tree=month.tree(),
        wishes=tuple(wishes),
        outlook=perfect(month, 0, month.quarters),
        quarters=month.quarters,
    )
    plan = solve(problem, seconds)
    return {key: list(one.power_w) for key, one in plan.vehicles.items()}
