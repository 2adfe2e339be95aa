"""What the fake site is told and asked about when vehicles charge."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import (
    ChargeGoal,
    Outlook,
    Plan,
    VehicleFacts,
)
from custom_components.evenload.engine.model.stations import Evse
from custom_components.evenload.engine.observers import Unsubscribe
from custom_components.evenload.engine.plans import PlanTrouble


class FakePlans:
    """Keeps the facade's promises with nothing behind it."""

    asked: list[tuple[Any, ...]]

    def __init__(self) -> None:
        """Nothing was said yet, and nothing is planned."""
        self.outlooks: list[Outlook] = []
        self.vehicles: dict[EvseKey, VehicleFacts] = {}
        self.zone: tzinfo | None = None
        self.planned: Plan | None = None
        self.trouble: PlanTrouble | None = None
        self.starts: dict[EvseKey, datetime] = {}
        self.missing_wh: dict[EvseKey, float] = {}
        self._on_plan: list[Callable[[], None]] = []

    def evse(self, key: EvseKey) -> Evse:
        raise NotImplementedError

    def put(self, evse: Evse) -> None:
        raise NotImplementedError

    def goal(self, key: EvseKey) -> ChargeGoal:
        return self.evse(key).settings.goal

    def check_charge_goal(self, key: EvseKey, goal: ChargeGoal) -> None:
        """Take every goal."""

    async def set_charge_goal(self, key: EvseKey, goal: ChargeGoal) -> None:
        self.asked.append(("set_charge_goal", key, goal))
        evse = self.evse(key)
        self.put(replace(evse, settings=replace(evse.settings, goal=goal)))

    def set_outlook(self, outlook: Outlook) -> None:
        self.outlooks.append(outlook)

    def set_vehicle(self, key: EvseKey, facts: VehicleFacts) -> None:
        self.evse(key)
        self.vehicles[key] = facts

    def set_zone(self, zone: tzinfo) -> None:
        self.zone = zone

    def replan(self) -> None:
        self.asked.append(("replan",))

    @property
    def outlook(self) -> Outlook:
        return self.outlooks[-1] if self.outlooks else Outlook()

    @property
    def plan(self) -> Plan | None:
        return self.planned

    @property
    def plan_trouble(self) -> PlanTrouble | None:
        return self.trouble

    @property
    def plan_took_s(self) -> float | None:
        return None if self.planned is None else 0.25

    def on_plan(self, observer: Callable[[], None]) -> Unsubscribe:
        self._on_plan.append(observer)
        return lambda: self._on_plan.remove(observer)

    def next_plan_in_force(self, key: EvseKey) -> datetime | None:
        return self.starts.get(key)

    def shortfall_wh(self, key: EvseKey) -> float:
        return self.missing_wh.get(key, 0.0)

    def soc_percent(self, key: EvseKey) -> float | None:
        facts = self.vehicles.get(key)
        return None if facts is None else facts.soc_percent

    def capacity_wh(self, key: EvseKey) -> float | None:
        facts = self.vehicles.get(key)
        return None if facts is None else facts.capacity_wh

    def tell_plan(self, plan: Plan | None) -> None:
        """Put a plan in force."""
        self.planned = plan
        for observer in tuple(self._on_plan):
            observer()
