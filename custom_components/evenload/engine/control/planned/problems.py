"""What there is to plan, as the fleet has it: who is plugged in, what each wants and can do, and the circuits above."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from ...model.allotments import Demand
from ...model.configuration import SiteConfig
from ...model.identity import EvseKey
from ...model.kinds import EvseKind
from ...model.planning import QUARTER, ChargeMode, Outlook, Series
from ...model.stations import Evse
from ...model.tree import station_node
from ...model.v2x import V2gConfig
from ...planning.problem import Problem, Wish
from ..circuits import Circuits
from ..demands import own_a
from ..rooms import rooms_of, tree_of
from .taken import Taken, most_out_w
from .tapers import usual_taper
from .vehicles import Need, Vehicles

# The priority that everybody has whose owner has not set one.
_USUAL_PRIORITY = 5.0


class Problems:
    """Makes problems of what is known."""

    def __init__(
        self,
        evse: Callable[[EvseKey], Evse],
        kind: Callable[[EvseKey], EvseKind],
        vehicles: Vehicles,
        taken: Taken,
        now: Callable[[], datetime],
    ) -> None:
        """Look EVSEs and vehicles up here."""
        self._evse, self._kind, self._vehicles = evse, kind, vehicles
        self._taken, self._now = taken, now
        self.zone: tzinfo = UTC

    def problem(
        self,
        site: SiteConfig,
        demands: Iterable[Demand],
        outlook: Outlook,
        circuits: Circuits,
        export_cap_w: float,
    ) -> Problem:
        """Return what there is to plan now."""
        wishes = (self._wish(site, demand) for demand in demands)
        now = self._now()
        problem = Problem(
            now=now,
            # With all that they carry: what the house draws of it is expected, not measured.
            tree=tree_of(site, rooms_of(site, {}, {}, now, circuits.cap)),
            wishes=tuple(wish for wish in wishes if wish is not None),
            outlook=outlook,
            zone=self.zone,
            export_cap_w=export_cap_w,
        )
        caps_w = tuple(
            circuits.import_limits.lowest_w(problem.start + place * QUARTER)
            for place in range(problem.quarters)
        )
        if not any(cap_w is not None for cap_w in caps_w):
            return problem
        return replace(problem, import_cap_w=Series(problem.start, caps_w))

    def departs_at(self, evse: Evse) -> datetime | None:
        """Return when a vehicle leaves: as its owner says, else as it does itself; what is past says nothing."""
        needs = self._vehicles.needs.get(evse.key)
        own = evse.settings.departs_at
        told = own if own is not None or needs is None else needs.departure
        return told if told is not None and told > self._now() else None

    def _wish(self, site: SiteConfig, demand: Demand) -> Wish | None:
        """Return what a vehicle wants; None where none is, or it is to get nothing."""
        key, evse = demand.key, self._evse(demand.key)
        goal, kind = evse.settings.goal, self._kind(key)
        in_hand = self._taken.in_hand(key)
        is_off = goal.mode is ChargeMode.OFF
        if not demand.wants or demand.plugged_in_at is None or not evse.may_charge:
            return None
        if in_hand is None and (is_off or demand.paused):
            return None
        watts = kind.watts(1.0) if kind.is_dc else demand.load.watts
        least = demand.single if demand.single is not None else demand.load
        least_w = kind.watts(1.0) if kind.is_dc else least.watts
        # What is in hand asks for little, and may do more.
        most_a = demand.maximum_a if in_hand is None else own_a(evse, kind)
        most_w = most_a * watts
        if most_a < demand.minimum_a or most_w <= 0:
            return None
        need, facts = self._vehicles.need(evse), self._vehicles.facts(key)
        capacity_wh = self._vehicles.capacity_wh(key)
        soc = self._vehicles.soc_percent(evse)
        is_known = capacity_wh is not None and soc is not None
        stored_wh = soc / 100 * capacity_wh if capacity_wh and soc is not None else None
        v2g = site.stations[key.identity].v2g.get(key.evse)
        gives = in_hand is not None or (goal.mode is ChargeMode.PLAN_V2G and is_known)
        out_w = most_out_w(evse, v2g) if gives else 0.0
        minimum = evse.settings.minimum_soc_percent
        return Wish(
            key=key,
            node=station_node(key.identity),
            load=demand.load,
            mode=ChargeMode.FAST if demand.boosted else goal.mode,
            least_w=demand.minimum_a * least_w,
            most_w=most_w,
            needs_wh=0.0 if is_off else need.energy_wh,
            room_wh=need.room_wh,
            efficiency=facts.efficiency,
            departs_at=self.departs_at(evse),
            capacity_wh=capacity_wh if is_known else None,
            stored_wh=stored_wh,
            taper=_taper(capacity_wh, stored_wh, most_w * facts.efficiency, need),
            least_discharge_w=0.0
            if v2g is None or v2g.dialect is None
            else min(v2g.dialect.minimum_w, out_w),
            most_discharge_w=out_w,
            discharge_efficiency=facts.efficiency,
            minimum_soc_percent=_minimum(minimum, v2g),
            to_grid=v2g is not None and v2g.to_grid,
            wear_per_kwh=None if v2g is None else v2g.wear_per_kwh,
            price_limit=goal.price_limit,
            late=goal.late,
            together=goal.together,
            charging=evse.is_charging,
            in_hand=in_hand,
            weight=evse.settings.priority / _USUAL_PRIORITY,
        )


def _taper(
    capacity_wh: float | None, stored_wh: float | None, most_w: float, need: Need
) -> tuple[tuple[float, float], ...]:
    if capacity_wh is None or stored_wh is None:
        return ()
    more_wh = max(need.energy_wh, need.room_wh or 0.0)
    return usual_taper(capacity_wh, most_w, stored_wh + more_wh)


def _minimum(own: float | None, v2g: V2gConfig | None) -> float:
    if own is not None:
        return own
    return 30.0 if v2g is None else v2g.minimum_soc_percent
