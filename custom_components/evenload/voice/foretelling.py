"""What connectors will do: when a vehicle has what it is to have, and what that costs."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.util import dt as dt_util

from ..engine.model.allotments import Reason
from ..engine.model.identity import EvseKey
from ..engine.model.planning import VehiclePlan
from ..engine.site import Site
from .names import Named
from .words import Money, Percent, Refusal, Said

# Of what is drawn, so much is stored.
_EFFICIENCY = 0.9

# Less than this is not worth a word to somebody who leaves in the morning.
WORTH_TELLING_WH = 1_000.0

# With less it is not charging.
_NOTHING_W = 50.0


def when_done(one: Named) -> Said:
    """Return when a vehicle has what it is to have, or what it will miss. Raises `Refusal` where nobody can know."""
    site, key = _of(one)
    evse = site.evse(key)
    if evse.status is None or not evse.status.is_plugged_in:
        return Said("nobody", {"name": one.name})
    if evse.allotment is not None and evse.allotment.reason is Reason.GOAL_REACHED:
        return Said("is_done", {"name": one.name})
    if (missing_wh := site.shortfall_wh(key)) >= WORTH_TELLING_WH:
        missing = f"{missing_wh / 1000:.0f} kWh"
        return Said("will_miss", {"name": one.name, "missing": missing})
    if (moment := _done_at(site, key)) is None:
        raise Refusal("done_unknown", name=one.name)
    return Said("done_at", {"name": one.name, "day": moment})


def what_it_costs(one: Named) -> Said:
    """Return what it costs until then. Raises `Refusal` where nothing is planned with prices."""
    site, key = _of(one)
    plan = _plan_of(site, key)
    if plan is None or plan.cost is None:
        raise Refusal("cost_unknown", name=one.name)
    cost = Money(abs(plan.cost), site.outlook.currency)
    values: dict[str, Any] = {"name": one.name, "cost": cost}
    if plan.cost < 0:
        return Said("will_earn", values)
    if (target := site.goal(key).soc_percent) is None:
        return Said("will_cost", values)
    return Said("will_cost_to", {**values, "percent": Percent(target)})


def plan_figures(one: Named) -> dict[str, Any]:
    """Return what is planned, for those who put it into words themselves."""
    site, key = _of(one)
    goal, plan = site.goal(key), _plan_of(site, key)
    done_at, starts_at = _done_at(site, key), site.next_plan_in_force(key)
    figures = {
        "charging_mode": goal.mode.value,
        "charges_to_percent": goal.soc_percent,
        "next_start": None if starts_at is None else starts_at.isoformat(),
        "charged_at": None if done_at is None else done_at.isoformat(),
        "planned_cost": None if plan is None else plan.cost,
        "currency": site.outlook.currency or None,
        "missing_at_departure_wh": site.shortfall_wh(key) or None,
    }
    return {key: value for key, value in figures.items() if value is not None}


def _of(one: Named) -> tuple[Site, EvseKey]:
    if one.key is None:
        raise Refusal("failed", name=one.name)
    return one.entry.runtime_data, one.key


def _plan_of(site: Site, key: EvseKey) -> VehiclePlan | None:
    return None if site.plan is None else site.plan.vehicles.get(key)


def _done_at(site: Site, key: EvseKey) -> datetime | None:
    """Return when it is done: as planned, else if it goes on as now."""
    plan = _plan_of(site, key)
    if plan is not None and plan.full_at is not None:
        return plan.full_at
    soc, capacity_wh = site.soc_percent(key), site.capacity_wh(key)
    power_w = site.evse(key).reading.power_w or 0.0
    if soc is None or capacity_wh is None or power_w < _NOTHING_W:
        return None
    target = site.goal(key).soc_percent or 100.0
    missing_wh = max(0.0, target - soc) / 100 * capacity_wh
    return dt_util.utcnow() + timedelta(hours=missing_wh / (power_w * _EFFICIENCY))
