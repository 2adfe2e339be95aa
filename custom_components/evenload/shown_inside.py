"""What diagnostics show of plans, systems above, drivers and the record of sessions: compact, and nobody's name in it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from homeassistant.core import HomeAssistant

from .central_config import central_systems
from .configuration import site_config
from .data import EvenloadConfigEntry
from .driver_config import CONF_TOKENS, SUBENTRY_DRIVER
from .engine.discretion import discreet
from .engine.model.planning import Plan
from .engine.model.uplink import UplinkConfig, UplinkStatus
from .session_upkeep import database_of


def plan_shown(entry: EvenloadConfigEntry) -> dict[str, Any]:
    """Return the plan in force, and how it goes with planning."""
    site = entry.runtime_data
    plan = site.plan
    return {
        "trouble": site.plan_trouble,
        "took_s": site.plan_took_s,
        "plan": None if plan is None else _plan(plan),
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "made_at": plan.made_at,
        "start": plan.start,
        "kind": plan.kind,
        "without": plan.without,
        "cost": plan.cost,
        "grid_w": _runs(plan.grid_w),
        "vehicles": {
            key: {
                "power_w": _runs(vehicle.power_w),
                "energy_wh": round(vehicle.energy_wh),
                "shortfall_wh": round(vehicle.shortfall_wh),
                "cost": vehicle.cost,
                "next_start": vehicle.next_start,
                "departs_at": vehicle.departs_at,
                "full_at": vehicle.full_at,
            }
            for key, vehicle in plan.vehicles.items()
        },
    }


def _runs(power_w: tuple[float, ...]) -> str:
    """Return the power of every quarter hour in watts, what is the same told once: `7400 x 4, 0 x 30`."""
    runs = ((watts, len([*same])) for watts, same in groupby(map(round, power_w)))
    return ", ".join(f"{watts} x {count}" for watts, count in runs)


def uplinks_shown(entry: EvenloadConfigEntry) -> dict[str, Any]:
    """Return how every system above is, by its station or as what it is above a circuit."""
    return {
        who: {
            # Of its address only the host, as there may be keys in it.
            "host": urlsplit(config.url).hostname,
            "encrypted": config.url.startswith("wss:"),
            "version": config.version,
            "decides": sorted(config.decides),
            "state": status.state,
            "since": status.since,
            "queued": status.queued,
            "detail": discreet(status.detail),
        }
        for who, config, status in uplinks_of(entry)
    }


def uplinks_of(
    entry: EvenloadConfigEntry,
) -> Iterator[tuple[str, UplinkConfig, UplinkStatus]]:
    """Give every system above: whose it is, where, and how the connection is."""
    site = entry.runtime_data
    for identity, station in site_config(entry).stations.items():
        status = site.uplink(identity)
        if status is not None and station.uplink is not None:
            yield identity, station.uplink, status
    for uplink_id, central in central_systems(entry).items():
        if (status := site.node_uplink(uplink_id)) is not None:
            yield f"{central.role} {central.node}".strip(), central.uplink, status


def drivers_shown(entry: EvenloadConfigEntry) -> dict[str, int]:
    """Return how many drivers there are, and how many cards."""
    drivers = entry.get_subentries_of_type(SUBENTRY_DRIVER)
    return {
        "drivers": len(drivers),
        "cards": sum(len(driver.data.get(CONF_TOKENS, ())) for driver in drivers),
    }


async def async_store_shown(
    hass: HomeAssistant, entry: EvenloadConfigEntry
) -> dict[str, Any]:
    """Return how the file of sessions is, and how large."""
    path = database_of(hass, entry.entry_id)

    def size() -> int | None:
        try:
            return path.stat().st_size
        except OSError:
            return None

    return {
        "bytes": await hass.async_add_executor_job(size),
        "state": entry.runtime_data.store_state,
    }
