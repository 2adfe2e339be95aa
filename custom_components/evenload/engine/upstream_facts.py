"""What the uplink of a circuit tells of it: its room, its meter, and what it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .csms.meters import as_text
from .model.household import MeterState
from .model.limits import Power
from .model.phases import ALL_PHASES, PhaseCurrents
from .model.uplink import NodeUplink, Role
from .uplink.own_settings import Fact

if TYPE_CHECKING:
    from .fleet import Fleet

# How often a circuit's meter is told.
METER_EVERY_S = 60.0


def room_of(fleet: Fleet, node_id: str) -> tuple[float, float]:
    """Return what all behind a circuit may draw together on each line, in amperes: now, and at most."""
    site = fleet.site
    per_ampere_w = site.voltage_v * len(site.phases)
    limit = site.limit_of(node_id)
    bare_a = limit.w / per_ampere_w if isinstance(limit, Power) else limit.a
    node = fleet.enforcer.targets.tree.nodes.get(node_id)
    if node is None:
        return bare_a, bare_a
    found = [bare_a]
    if node.room.current is not None:
        found.append(min(node.room.current[phase] for phase in site.phases))
    if node.room.power_w is not None:
        found.append(node.room.power_w / per_ampere_w)
    return max(0.0, min(found)), bare_a


def meter_of(fleet: Fleet, node_id: str, now: datetime) -> dict[str, Any]:
    """Return what flows into a circuit, as MeterValues of 2.x: by its meter, or what its stations say together."""
    state, site = fleet.group(node_id), fleet.site
    flow = _metered(fleet, node_id, now)
    is_measured = flow is not None
    watts = state.used_w
    if flow is None:
        flow = state.used
    else:
        watts = sum(flow[phase] for phase in site.phases) * site.voltage_v
    common = {"location": "Inlet"} if is_measured else {}
    sampled = [
        {
            "value": round(abs(flow[phase]), 2),
            "measurand": "Current.Import" if flow[phase] >= 0 else "Current.Export",
            "phase": phase.value.upper(),
            "unitOfMeasure": {"unit": "A"},
            **common,
        }
        for phase in ALL_PHASES
        if phase in site.phases
    ]
    sampled.append(
        {
            "value": round(abs(watts), 1),
            "measurand": "Power.Active.Import" if watts >= 0 else "Power.Active.Export",
            "unitOfMeasure": {"unit": "W"},
            **common,
        }
    )
    return {
        "evseId": 0,
        "meterValue": [{"timestamp": as_text(now), "sampledValue": sampled}],
    }


def _metered(fleet: Fleet, node_id: str, now: datetime) -> PhaseCurrents | None:
    """Return what a circuit's meter says; None where it has none that is heard."""
    household = fleet.sharing.circuits.households.get(node_id)
    if household is None or household.reading is None:
        return None
    if household.state(now) is MeterState.LOST:
        return None
    currents = household.reading.currents
    if household.meter.includes_stations:
        return currents
    return currents + fleet.group(node_id).used


def facts_of(fleet: Fleet, config: NodeUplink, numbers: Sequence[int]) -> list[Fact]:
    """Return what a circuit shows of itself (2.0.1 part 2 appendix, components and variables)."""
    site = fleet.site
    phases = str(len(site.phases))
    is_controller = config.role is Role.CONTROLLER
    station = {
        "Available": ("true", "boolean"),
        "AvailabilityState": ("Available", "OptionList"),
        "VendorName": ("Evenload", "string"),
        "Model": ("Local controller" if is_controller else "Charging group", "string"),
        "SupplyPhases": (phases, "integer"),
    }
    smart = {
        "Available": ("true", "boolean"),
        "Enabled": ("true", "boolean"),
        "RateUnit": ("A,W", "MemberList"),
        "ProfileStackLevel": ("99", "integer"),
        "PeriodsPerSchedule": ("1024", "integer"),
        "Phases3to1": ("false", "boolean"),
        "SupportsDynamicProfiles": ("true", "boolean"),
        "NotifyChargingLimitWithSchedules": ("true", "boolean"),
    }
    found = [
        Fact(component="ChargingStation", variable=name, value=value, kind=kind)
        for name, (value, kind) in station.items()
    ]
    found += [
        Fact(component="SmartChargingCtrlr", variable=name, value=value, kind=kind)
        for name, (value, kind) in smart.items()
    ]
    found += [
        Fact(
            component="AlignedDataCtrlr",
            variable="Interval",
            value=str(round(METER_EVERY_S)),
            kind="integer",
            unit="s",
        ),
        Fact(
            component="AlignedDataCtrlr",
            variable="Measurands",
            value="Current.Import,Power.Active.Import",
            kind="MemberList",
        ),
        Fact(
            component="DistributionPanel",
            variable="Fuse",
            instance="1",
            value=f"{room_of(fleet, config.node)[1]:.0f}",
            kind="integer",
            unit="A",
        ),
    ]
    for number in numbers:
        found += [
            Fact(
                component="EVSE",
                variable="Available",
                value="true",
                kind="boolean",
                evse=number,
            ),
            Fact(
                component="EVSE",
                variable="SupplyPhases",
                value=phases,
                kind="integer",
                evse=number,
            ),
        ]
    return found
