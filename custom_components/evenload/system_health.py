"""A few lines for the page that shows how Home Assistant is doing."""

from collections.abc import Callable, Iterable
from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.limits import Current, Limit
from .engine.model.tree import ROOT
from .engine.model.uplink import UplinkState
from .engine.site import Site
from .household import sensors_of
from .shown_inside import async_store_shown, uplinks_of


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Offer them."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what a report of trouble needs first; of several sites one after the other."""
    entries: list[EvenloadConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    sites = [entry.runtime_data for entry in entries]
    stations = [station for site in sites for station in site.stations.values()]
    versions = {station.version for station in stations if station.version}
    integration = await async_get_integration(hass, DOMAIN)
    stores = [await async_store_shown(hass, entry) for entry in entries]

    def each(said: Callable[[Site], str]) -> str:
        return _joined(said(site) for site in sites)

    return {
        "version": str(integration.version),
        "ports": each(lambda site: str(site.port)),
        "encrypted_ports": each(lambda site: str(site.security.tls_port or "")),
        "encryption_failures": sum(
            site.security.tls_failures.total() for site in sites
        ),
        "stations": len(stations),
        "stations_connected": sum(station.connected for station in stations),
        "versions": _joined(sorted(versions)),
        "main_fuse": each(lambda site: _amount(site.whole.rating or site.whole.limit)),
        "limit": each(_limit),
        "lines": each(_lines),
        "meter_age": _joined(_meter_age(hass, entry) for entry in entries),
        "sessions_size": _joined(_size(store["bytes"]) for store in stores),
        "sessions_damaged": _joined(store["state"].set_aside or "" for store in stores),
        "sessions_usable": all(store["state"].usable for store in stores),
        "uplinks": _joined(map(_uplinks, entries)),
        "last_plan": each(_last_plan),
    }


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def _amount(limit: Limit) -> str:
    return f"{limit.a:g} A" if isinstance(limit, Current) else f"{limit.w:g} W"


def _limit(site: Site) -> str:
    """Return what holds now: the limit as it is set, and the grid operator's."""
    cap = site.cap_in_force
    return " / ".join(map(_amount, [site.whole.limit, *([cap] if cap else [])]))


def _lines(site: Site) -> str:
    """Return what the stations draw on each line, and what is left there."""
    whole = site.whole
    return _joined(
        f"{phase.upper()} {used:.1f} A (+{max(0.0, left):.1f} A)"
        for phase, used, left in zip(
            ("l1", "l2", "l3"), whole.used, whole.headroom, strict=True
        )
        if used or left
    )


def _meter_age(hass: HomeAssistant, entry: EvenloadConfigEntry) -> str:
    """Return how long ago that sensor of the site's meter spoke that has been silent for longest."""
    states = [hass.states.get(sensor) for sensor in sensors_of(entry, ROOT)]
    there = [state for state in states if state is not None]
    if len(there) < len(states):
        return "–"
    now = dt_util.utcnow()
    ages_s = [(now - state.last_reported).total_seconds() for state in there]
    return f"{max(0.0, *ages_s):.0f} s" if ages_s else ""


def _size(found: int | None) -> str:
    return "–" if found is None else f"{found / 1e6:.1f} MB"


def _uplinks(entry: EvenloadConfigEntry) -> str:
    """Return how many of the systems above are connected."""
    known = [status for _, _, status in uplinks_of(entry)]
    connected = sum(status.state is UplinkState.CONNECTED for status in known)
    return f"{connected}/{len(known)}" if known else ""


def _last_plan(site: Site) -> str:
    """Return when the plan in force was made, how good it is, and how long that took."""
    if (plan := site.plan) is None:
        return ""
    made_at = dt_util.as_local(plan.made_at).isoformat(" ", "seconds")
    took_s = site.plan_took_s
    took = "" if took_s is None else f" ({took_s:.1f} s)"
    return f"{made_at} {plan.kind}{took}"
