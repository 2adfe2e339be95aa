"""When vehicles charge: what their owners want of it, what is known of them and of the hours to come, and the plan of that."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from math import isfinite

from .control.planned.controller import PlanControl
from .control.planned.replanning import PlanTrouble
from .fleet import Fleet
from .memory import Memory
from .model.errors import BadSetting
from .model.identity import EvseKey
from .model.planning import (
    HORIZON,
    ChargeGoal,
    ChargeMode,
    Outlook,
    Plan,
    VehicleFacts,
    Windows,
)
from .model.v2x import V2gMode
from .observers import Unsubscribe
from .planning.windows import cheapest

__all__ = ["PlanTrouble", "Plans"]

_SUNNY = frozenset({ChargeMode.SOLAR, ChargeMode.MINIMUM_SOLAR})

# Nobody needs as much.
_MOST_WH = 1_000_000.0


class Plans:
    """Wishes are checked, obeyed at once, and on the disk when they return."""

    _fleet: Fleet
    _memory: Memory

    def goal(self, key: EvseKey) -> ChargeGoal:
        """Return what the owner wants of an EVSE's vehicle. Raises `KeyError`."""
        return self._fleet.evse(key).settings.goal

    async def set_charge_goal(self, key: EvseKey, goal: ChargeGoal) -> None:
        """Set when and how far the vehicle at an EVSE charges, in place of what was wanted before. Raises `BadSetting`."""
        self.check_charge_goal(key, goal)
        settings = self._fleet.evse(key).settings
        is_v2g = goal.mode is ChargeMode.PLAN_V2G
        if is_v2g != (settings.goal.mode is ChargeMode.PLAN_V2G):
            if is_v2g:
                settings = replace(settings, v2g_mode=V2gMode.PLAN)
            elif settings.v2g_mode is V2gMode.PLAN:
                settings = replace(settings, v2g_mode=V2gMode.OFF)
        self._fleet.set_settings(key, replace(settings, goal=goal))
        await self._memory.save()

    def set_outlook(self, outlook: Outlook) -> None:
        """Take what is expected of the next hours, in place of what was expected before."""
        self._plans.set_outlook(outlook)
        self._memory.save_soon()

    def set_vehicle(self, key: EvseKey, facts: VehicleFacts) -> None:
        """Take what is known of the vehicle at an EVSE, as of now. Raises `KeyError`."""
        self._plans.set_vehicle(key, _sane(facts))
        self._memory.save_soon()

    def set_zone(self, zone: tzinfo) -> None:
        """Take whose clocks tariffs and words mean."""
        self._plans.set_zone(zone)

    def replan(self) -> None:
        """Have a plan made of what is so now, where any vehicle needs one."""
        self._plans.replan()

    @property
    def outlook(self) -> Outlook:
        """What is expected of the next hours."""
        return self._plans.outlook

    def cheapest(
        self,
        earliest: datetime,
        latest: datetime,
        length: timedelta,
        *,
        together: bool = True,
    ) -> Windows:
        """Return when something else than a vehicle runs for so long between two moments at the lowest prices. Raises `BadSetting`."""
        if not timedelta() < length <= HORIZON:
            raise BadSetting("run_too_long", hours=str(HORIZON // timedelta(hours=1)))
        if latest <= earliest:
            raise BadSetting("run_ends_before_it_begins")
        prices = self.outlook.import_price
        return cheapest(prices, earliest, latest, length, together=together)

    @property
    def plan(self) -> Plan | None:
        """The plan in force; None while nobody needs one, or none could be made."""
        return self._plans.plan

    @property
    def plan_trouble(self) -> PlanTrouble | None:
        """Why there is no newer plan; None: it is as new as it should be."""
        return self._plans.trouble

    @property
    def plan_took_s(self) -> float | None:
        """How long it took to make the last plan, in seconds."""
        return self._plans.took_s

    def on_plan(self, observer: Callable[[], None]) -> Unsubscribe:
        """Tell when there is another plan, or none any more, or trouble with it."""
        return self._fleet.news.plans.add(None, observer)

    def next_plan_in_force(self, key: EvseKey) -> datetime | None:
        """Return when a vehicle begins that its plan has do nothing now; None where it goes on, or never begins."""
        return self._fleet.plans.next_start(key)

    def shortfall_wh(self, key: EvseKey) -> float:
        """Return what a vehicle will miss at its departure, 0 where nobody knows what it needs. Raises `KeyError`."""
        return self._fleet.plans.shortfall_wh(key)

    def soc_percent(self, key: EvseKey) -> float | None:
        """Return how full a vehicle is, as far as anybody said so, with what it got since. Raises `KeyError`."""
        return self._plans.vehicles.soc_percent(self._fleet.evse(key))

    def capacity_wh(self, key: EvseKey) -> float | None:
        """Return what a vehicle's battery holds, as far as anybody said so. Raises `KeyError`."""
        return self._plans.vehicles.capacity_wh(key)

    def check_charge_goal(self, key: EvseKey, goal: ChargeGoal) -> None:
        """Check what `set_charge_goal` would be told. Raises `BadSetting`."""
        if goal.soc_percent is not None and not 1 <= goal.soc_percent <= 100:
            raise BadSetting("target_soc_out_of_range")
        if goal.energy_wh is not None and not 0 < goal.energy_wh <= _MOST_WH:
            raise BadSetting("target_energy_out_of_range")
        if goal.price_limit is not None and not isfinite(goal.price_limit):
            raise BadSetting("price_limit_not_a_price")
        config = self._fleet.config
        if goal.mode in _SUNNY and config.meter is None:
            raise BadSetting("sun_needs_meter")
        if goal.mode is ChargeMode.PRICE_LIMIT and goal.price_limit is None:
            raise BadSetting("price_limit_missing")
        if goal.mode is ChargeMode.PLAN_V2G:
            v2g = config.stations[key.identity].v2g.get(key.evse)
            if v2g is None:
                raise BadSetting("v2g_not_set_up")
            if v2g.confirmed_at is None:
                raise BadSetting("v2g_not_confirmed")

    @property
    def _plans(self) -> PlanControl:
        return self._fleet.plans.control


def _sane(facts: VehicleFacts) -> VehicleFacts:
    """Return facts without what cannot be: a state of charge of 101 %, a battery of nothing."""
    soc, capacity_wh = facts.soc_percent, facts.capacity_wh
    if soc is not None and not 0 <= soc <= 100:
        soc = None
    if capacity_wh is not None and not 0 < capacity_wh <= _MOST_WH:
        capacity_wh = None
    efficiency = facts.efficiency if 0.3 <= facts.efficiency <= 1.0 else 0.9
    return replace(
        facts, soc_percent=soc, capacity_wh=capacity_wh, efficiency=efficiency
    )
