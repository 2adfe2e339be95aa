"""What connectors and circuits are doing now, and why."""

from typing import Any

from ..configuration import site_config
from ..devices import node_state
from ..engine.model.household import MeterState
from ..engine.model.limits import Current, Limit, Power
from ..engine.model.stations import Evse, EvseStatus
from ..states import status_state
from .names import Named
from .words import Percent, Refusal, Said

# Less is the station's own electronics.
_NOTHING_W = 50.0


def how_it_charges(one: Named) -> Said:
    """Return how fast a connector charges, and why not faster."""
    evse = _evse_of(one)
    site = one.entry.runtime_data
    allotment = evse.allotment
    power_w = evse.reading.power_w or 0.0
    values: dict[str, Any] = {"name": one.name, "power": Power(abs(power_w))}
    if not site.stations[evse.key.identity].connected:
        return Said("offline", values)
    if evse.status is EvseStatus.FAULTED:
        return Said("faulted", values)
    if evse.status is None or not evse.status.is_plugged_in:
        return Said("nobody", values)
    if power_w < -_NOTHING_W:
        return Said("feeding_back", values)
    is_charging = power_w > _NOTHING_W
    if allotment is None:
        plainly = "charging_freely" if is_charging else "not_charging_plainly"
        return Said(plainly, values)
    values |= {"limit": _allowed(one, evse), "reason": allotment.reason.value}
    return Said("charging" if is_charging else "not_charging", values)


def how_full(one: Named) -> Said:
    """Return how full the battery of a vehicle is. Raises `Refusal` where nobody knows."""
    evse = _evse_of(one)
    if evse.status is None or not evse.status.is_plugged_in:
        return Said("nobody", {"name": one.name})
    if (soc := one.entry.runtime_data.soc_percent(evse.key)) is None:
        raise Refusal("soc_unknown", name=one.name)
    return Said("is_full_to", {"name": one.name, "percent": Percent(round(soc))})


def what_is_left(one: Named) -> list[Said]:
    """Return what a circuit has left, on each phase where that differs."""
    state = node_state(one.entry.runtime_data, one.node_id)
    if state is None:
        raise Refusal("unknown_name", name=one.name)
    left = {
        phase: Current(round(state.headroom[phase], 1))
        for phase in site_config(one.entry).phases
    }
    said = (
        Said("left", {"name": one.name, "limit": next(iter(left.values()))})
        if len(set(left.values())) == 1
        else Said(
            "left_by_phase",
            {
                "name": one.name,
                "phases": {phase.upper(): limit for phase, limit in left.items()},
            },
        )
    )
    if state.meter in {None, MeterState.FRESH}:
        return [said]
    return [said, Said("meter_lost", {})]


def connector_figures(one: Named) -> dict[str, Any]:
    """Return everything that explains what a connector does, for those who put it into words themselves."""
    evse = _evse_of(one)
    allotment, session = evse.allotment, evse.session
    station = one.entry.runtime_data.stations[evse.key.identity]
    allowed = _allowed(one, evse)
    departs_at = evse.settings.departs_at
    figures = {
        "name": one.name,
        "connected": station.connected,
        "status": status_state(evse.status),
        "power_w": evse.reading.power_w,
        "allowed_a": allowed.a if isinstance(allowed, Current) else None,
        "allowed_w": allowed.w if isinstance(allowed, Power) else None,
        "limited_by": allotment.reason.value if allotment else None,
        "limiting_phase": allotment.phase if allotment else None,
        "queue_position": allotment.position if allotment else None,
        "charging_allowed": evse.settings.charging_allowed,
        "paused_for": [pause.reason for pause in evse.paused_for] or None,
        "charges_first": evse.settings.boosted,
        "departure": departs_at.isoformat() if departs_at else None,
        "session_energy_wh": session.energy_wh if session else None,
        "state_of_charge_percent": evse.reading.soc_percent,
        "discharging_mode": evse.discharge.mode.value,
    }
    return {key: value for key, value in figures.items() if value is not None}


def circuit_figures(one: Named) -> dict[str, Any]:
    """Return how a circuit is used."""
    state = node_state(one.entry.runtime_data, one.node_id)
    if state is None:
        raise Refusal("unknown_name", name=one.name)
    phases = site_config(one.entry).phases
    limit = state.limit
    return {
        "name": one.name,
        "limit_a" if isinstance(limit, Current) else "limit_w": (
            limit.a if isinstance(limit, Current) else limit.w
        ),
        "left_a": {str(phase): round(state.headroom[phase], 1) for phase in phases},
        "used_a": {str(phase): round(state.used[phase], 1) for phase in phases},
        "strategy": state.strategy.value,
        "charging": state.active,
        "waiting": state.waiting,
        "overload": state.overload,
    }


def _evse_of(one: Named) -> Evse:
    if one.key is None:
        raise Refusal("failed", name=one.name)
    return one.entry.runtime_data.evse(one.key)


def _allowed(one: Named, evse: Evse) -> Limit:
    kind = one.entry.runtime_data.kind(evse.key)
    a = evse.allotment.current.a if evse.allotment else 0.0
    return Power(kind.watts(a)) if kind.is_dc else Current(round(a, 1))
