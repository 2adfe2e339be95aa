"""Stations and household as plain values, for JSON and for eyes."""

from typing import Any

from simulator.evse_view import EvseView
from simulator.household import Household
from simulator.phases import PerPhase
from simulator.simulated import SimulatedStation


def meter_view(household: Household) -> dict[str, Any]:
    """What the grid meter shows; export is negative."""
    currents_a, power_w = household.grid_currents(), household.grid_power_w()
    return {
        **_phases("current_{}_a", currents_a, 2),
        **_phases("power_{}_w", power_w, 0),
        "power_w": round(power_w.total),
        "import_kwh": round(household.imported_wh / 1000, 3),
        "export_kwh": round(household.exported_wh / 1000, 3),
        "fuse_a": household.fuse_a,
        "solar_w": round(household.solar_w()),
        "solar_kwh": round(household.made_wh / 1000, 3),
        "appliances_on": sorted(household.switched_on),
    }


def station_view(station: SimulatedStation) -> dict[str, Any]:
    """One station and its EVSEs."""
    nameplate = station.station.nameplate
    return {
        "identity": station.identity,
        "vendor": nameplate.vendor,
        "model": nameplate.model,
        "version": station.version,
        "connected": station.connected,
        "accepted": station.accepted,
        "waiting_messages": station.brain.waiting_messages,
        "evses": [
            {"evse": evse_id, **_evse_view(station.evse(evse_id))}
            for evse_id in station.station.evses
        ],
    }


def profiles_view(station: SimulatedStation) -> list[dict[str, Any]]:
    """The charging profiles a station holds, in OCPP's own words."""
    return station.brain.profiles_view()


def _evse_view(evse: EvseView) -> dict[str, Any]:
    vehicle = evse.vehicle
    return {
        "status": evse.status,
        "limit_a": evse.limit_a,
        "offered_a": evse.offered_a,
        **_phases("current_{}_a", evse.currents, 2),
        "power_w": round(evse.power_w),
        "setpoint_w": None if evse.setpoint_w is None else round(evse.setpoint_w),
        "register_wh": round(evse.register_wh),
        "export_wh": round(evse.export_wh),
        "transaction_id": evse.transaction_id,
        "in_transaction": evse.in_transaction,
        "vehicle": vehicle
        and {
            "name": vehicle.name,
            "phases": vehicle.phases,
            "maximum_a": vehicle.maximum_a,
            "discharge_maximum_w": vehicle.discharge_maximum_w,
            "soc_percent": round(vehicle.soc_percent, 1),
        },
    }


def _phases(name: str, values: PerPhase, digits: int) -> dict[str, float]:
    return {
        name.format(phase): round(value, digits)
        for phase, value in zip(("l1", "l2", "l3"), values, strict=True)
    }
