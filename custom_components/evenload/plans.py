"""A plan as charts, cards and automations read it: one slot for each quarter of an hour that is still to come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .engine.model.identity import EvseKey
from .engine.model.planning import QUARTER, Plan, Series
from .engine.site import Site


def price_unit(hass: HomeAssistant, site: Site) -> str:
    """Return what prices are in."""
    return f"{site.outlook.currency or hass.config.currency}/kWh"


def slots_of(site: Site, key: EvseKey) -> list[Mapping[str, Any]]:
    """Return what is planned for a connector; nothing where it is in no plan."""
    plan = site.plan
    vehicle = None if plan is None else plan.vehicles.get(key)
    if plan is None or vehicle is None:
        return []
    return [
        {
            "start": start.isoformat(),
            "power_w": round(vehicle.power_w[place]),
            **_expected(site, start),
        }
        for place, start in _coming(plan, len(vehicle.power_w))
    ]


def site_slots(site: Site) -> list[Mapping[str, Any]]:
    """Return what is planned for all vehicles together, and what the grid connection is expected to come to."""
    plan = site.plan
    if plan is None:
        return []
    slots: list[Mapping[str, Any]] = []
    for place, start in _coming(plan, len(plan.grid_w)):
        power_w = sum(
            vehicle.power_w[place]
            for vehicle in plan.vehicles.values()
            if place < len(vehicle.power_w)
        )
        slots.append(
            {
                "start": start.isoformat(),
                "power_w": round(power_w),
                "grid_w": round(plan.grid_w[place]),
                **_expected(site, start),
            }
        )
    return slots


def _coming(plan: Plan, count: int) -> list[tuple[int, datetime]]:
    """Return the places and beginnings of a plan's quarters from the present one on."""
    first = max(0, (dt_util.utcnow() - plan.start) // QUARTER)
    return [(place, plan.start + place * QUARTER) for place in range(first, count)]


def _expected(site: Site, start: datetime) -> dict[str, float | None]:
    outlook = site.outlook
    return {
        "price": _at(outlook.import_price, start, 5),
        "sun_w": _at(outlook.sun_w, start, 0),
    }


def _at(series: Series | None, start: datetime, digits: int) -> float | None:
    value = None if series is None else series.at(start)
    return None if value is None else round(value, digits)
