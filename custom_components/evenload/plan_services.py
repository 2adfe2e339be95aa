"""Actions for plans: what is to be reached and how, and what is planned for that."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .data import EvenloadConfigEntry
from .engine.model.identity import EvseKey
from .engine.model.planning import ChargeGoal, ChargeMode
from .engine.site import Site
from .plans import price_unit, site_slots, slots_of
from .registering import async_register
from .targets import connectors, targets, what_they_may
from .together import check_all, do_all

SERVICE_SET_GOAL = "set_goal"
SERVICE_GET_PLAN = "get_plan"

ATTR_MODE = "mode"
ATTR_TARGET_SOC = "target_soc"
ATTR_ENERGY = "energy"
ATTR_PRICE_LIMIT = "price_limit"
ATTR_LATE = "late"
ATTR_TOGETHER = "together"

GOAL_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Optional(ATTR_MODE): vol.Coerce(ChargeMode),
        vol.Optional(ATTR_TARGET_SOC): vol.Coerce(float),
        vol.Optional(ATTR_ENERGY): vol.Coerce(float),
        vol.Optional(ATTR_PRICE_LIMIT): vol.Coerce(float),
        vol.Optional(ATTR_LATE): cv.boolean,
        vol.Optional(ATTR_TOGETHER): cv.boolean,
    }
)
PLAN_SCHEMA = cv.make_entity_service_schema({})


@callback
def async_setup_plan_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_register(hass, (SERVICE_SET_GOAL, _set_goal, GOAL_SCHEMA))
    async_register(
        hass, (SERVICE_GET_PLAN, _get_plan, PLAN_SCHEMA), answers=SupportsResponse.ONLY
    )


async def _set_goal(call: ServiceCall) -> ServiceResponse:
    """Set when and how far connectors charge; what is not named stays."""
    meant = connectors(call)

    def goal(site: Site, key: EvseKey) -> ChargeGoal:
        return _changed(site.goal(key), call.data)

    check_all(
        call.hass,
        meant,
        lambda entry, key: entry.runtime_data.check_charge_goal(
            key, goal(entry.runtime_data, key)
        ),
    )
    await do_all(
        call.hass,
        meant,
        lambda entry, key: entry.runtime_data.set_charge_goal(
            key, goal(entry.runtime_data, key)
        ),
    )
    return what_they_may(call, meant)


def _changed(goal: ChargeGoal, wishes: Mapping[str, Any]) -> ChargeGoal:
    """Return a goal with what was named; a target of 100 % is full, and one of 0 kWh is none."""
    for name, field in (
        (ATTR_MODE, "mode"),
        (ATTR_PRICE_LIMIT, "price_limit"),
        (ATTR_LATE, "late"),
        (ATTR_TOGETHER, "together"),
    ):
        if name in wishes:
            goal = replace(goal, **{field: wishes[name]})
    if (percent := wishes.get(ATTR_TARGET_SOC)) is not None:
        goal = replace(goal, soc_percent=None if percent == 100 else percent)
    if (energy_kwh := wishes.get(ATTR_ENERGY)) is not None:
        energy_wh = None if energy_kwh == 0 else energy_kwh * 1000
        goal = replace(goal, energy_wh=energy_wh)
    return goal


async def _get_plan(call: ServiceCall) -> ServiceResponse:
    """Return what is planned for connectors, and for grid connections that are meant."""
    chosen = targets(call)
    sites = {one.entry.entry_id: one.entry for one in chosen if one.key is None}
    keys = {(one.entry.entry_id, one.key): one.entry for one in chosen if one.key}
    for entry in sites.values():
        keys |= {(entry.entry_id, key): entry for key in _planned(entry.runtime_data)}
    if not sites:
        # Says so where nothing is meant.
        connectors(call)
    return {
        "connectors": [
            _of_connector(call.hass, entry.runtime_data, key)
            for (_, key), entry in keys.items()
        ],
        "sites": [_of_site(call.hass, entry) for entry in sites.values()],
    }


def _planned(site: Site) -> Iterable[EvseKey]:
    return () if site.plan is None else site.plan.vehicles


def _of_connector(hass: HomeAssistant, site: Site, key: EvseKey) -> dict[str, Any]:
    goal = site.goal(key)
    plan = site.plan
    vehicle = None if plan is None else plan.vehicles.get(key)
    answer: dict[str, Any] = {
        "station": key.identity,
        "connector": key.evse,
        "mode": goal.mode.value,
        "planned": vehicle is not None,
        "price_unit": price_unit(hass, site),
        "slots": slots_of(site, key),
    }
    if plan is None or vehicle is None:
        return answer
    return answer | {
        "kind": plan.kind.value,
        "made_at": plan.made_at.isoformat(),
        "without": list(plan.without),
        "energy_kwh": round(vehicle.energy_wh / 1000, 2),
        "shortfall_kwh": round(site.shortfall_wh(key) / 1000, 2),
        "cost": None if vehicle.cost is None else round(vehicle.cost, 2),
        "departs_at": _iso(vehicle.departs_at),
        "next_start": _iso(site.next_plan_in_force(key)),
        "full_at": _iso(vehicle.full_at),
    }


def _of_site(hass: HomeAssistant, entry: EvenloadConfigEntry) -> dict[str, Any]:
    site = entry.runtime_data
    plan = site.plan
    trouble = site.plan_trouble
    return {
        "name": entry.title,
        "kind": None if plan is None else plan.kind.value,
        "made_at": None if plan is None else plan.made_at.isoformat(),
        "without": [] if plan is None else list(plan.without),
        "trouble": None if trouble is None else trouble.value,
        "cost": None if plan is None or plan.cost is None else round(plan.cost, 2),
        "price_unit": price_unit(hass, site),
        "slots": site_slots(site),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
