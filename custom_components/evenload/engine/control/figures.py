"""What a load balancing group is using and has left."""

from collections.abc import Mapping

from ..model.configuration import GroupConfig, SiteConfig
from ..model.groups import GroupState
from ..model.limits import Current, Power
from ..model.phases import Phase, PhaseCurrents
from ..model.stations import Evse, Station

# Below this a vehicle is not drawing, it is listening.
IDLE_A = 0.5


def on_grid(evse: Evse, wiring: tuple[Phase, ...]) -> PhaseCurrents:
    """Return what an EVSE draws, on the grid's phases: its own L1 may be the grid's L2."""
    drawn = PhaseCurrents()
    for own, grid in zip(Phase, wiring, strict=False):
        drawn = drawn.on(grid, drawn[grid] + evse.reading.currents[own])
    return drawn


def group_state(
    site: SiteConfig, group: GroupConfig, stations: Mapping[str, Station]
) -> GroupState:
    """Return a group's figures; what an offline station draws is not known and not counted as used."""
    used, used_w, active, waiting = PhaseCurrents(), 0.0, 0, 0
    for identity in group.members:
        station = stations[identity]
        if not station.connected:
            continue
        for evse in station.evses.values():
            drawn = on_grid(evse, site.stations[identity].wiring)
            used += drawn
            used_w += evse.reading.power_w or 0.0
            active += drawn.highest_a > IDLE_A
            waiting += is_waiting(evse)
    match group.limit:
        case Current(limit_a):
            available_a = max(0.0, limit_a - used.highest_a)
            available_w = (
                sum(max(0.0, limit_a - used[phase]) for phase in site.phases)
                * site.voltage_v
            )
        case Power(limit_w):
            available_w = max(0.0, limit_w - used_w)
            available_a = available_w / (site.voltage_v * len(site.phases))
    return GroupState(
        group.id, group.limit, used, used_w, available_a, available_w, active, waiting
    )


def is_waiting(evse: Evse) -> bool:
    """Whether a vehicle is plugged in, wants energy, is not held back by its owner, and gets none."""
    return (
        evse.wants_energy
        and not evse.is_charging
        and evse.settings.charging_allowed
        and evse.allotment is not None
        and evse.allotment.current.a == 0.0
    )
