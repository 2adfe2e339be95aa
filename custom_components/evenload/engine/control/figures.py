"""What a load balancing group is using and has left."""

from collections.abc import Mapping

from ..model.allotments import Reason
from ..model.configuration import SiteConfig
from ..model.groups import GroupState
from ..model.kinds import EvseKind, evse_kind
from ..model.limits import Current, Power
from ..model.phases import ALL_PHASES, Phase, PhaseCurrents
from ..model.readings import Reading
from ..model.stations import Evse, Station

# Below this a vehicle is not drawing, it is listening.
IDLE_A = 0.5

# Who gets nothing for these waits for nobody's leave but its own mode's.
_BY_ITS_MODE = frozenset(
    {
        Reason.PLANNED,
        Reason.WAITING_FOR_SUN,
        Reason.PRICE_TOO_HIGH,
        Reason.GOAL_REACHED,
        Reason.CHARGING_OFF,
    }
)


def drawn_by(reading: Reading, kind: EvseKind) -> PhaseCurrents:
    """Return what an EVSE takes from the grid, on its own phases; what it feeds back is below 0.

    Where no current was measured it follows from the power, on all phases alike: the amperes of direct current are
    those of the vehicle's battery, and none of the grid's.
    """
    if kind.is_dc or not reading.current_a:
        taken_w = kind.grid_w(reading.power_w or 0.0)
        taken_a = taken_w / (kind.voltage_v * kind.phases)
        return PhaseCurrents.even(taken_a, ALL_PHASES[: kind.phases])
    if reading.power_w is not None and reading.power_w < 0:
        # Currents are told without a direction.
        return PhaseCurrents(*(-abs(current_a) for current_a in reading.currents))
    return reading.currents


def on_grid(
    reading: Reading,
    kind: EvseKind,
    wiring: tuple[Phase, ...],
    *,
    between_lines: bool = False,
) -> PhaseCurrents:
    """Return what an EVSE draws, on the grid's phases: its own L1 may be the grid's L2.

    What flows between two lines flows on both.
    """
    own = drawn_by(reading, kind)
    if between_lines:
        return PhaseCurrents.even(own.highest_a, wiring)
    drawn = [0.0, 0.0, 0.0]
    for current_a, grid in zip(own, wiring, strict=False):
        drawn[ALL_PHASES.index(grid)] += current_a
    return PhaseCurrents(*drawn)


def group_state(
    site: SiteConfig, node_id: str, stations: Mapping[str, Station]
) -> GroupState:
    """Return the figures of a group ("": of the site); what an offline station draws is not known and not counted as used."""
    used, used_w, active, waiting = PhaseCurrents(), 0.0, 0, 0
    for identity in site.stations_below(node_id):
        station, config = stations[identity], site.stations[identity]
        if not station.connected:
            continue
        for evse in station.evses.values():
            kind = evse_kind(site, station.capabilities, evse.key)
            drawn = on_grid(
                evse.reading, kind, config.wiring, between_lines=config.between_lines
            )
            used += drawn
            # A group's watts are the grid's: what making direct current loses is used too.
            used_w += kind.grid_w(evse.reading.power_w or 0.0)
            active += drawn.highest_a > IDLE_A
            waiting += is_waiting(evse)
    limit = site.limit_of(node_id)
    match limit:
        case Current(limit_a):
            available_a = max(0.0, limit_a - max(0.0, used.highest_a))
            available_w = (
                sum(max(0.0, limit_a - max(0.0, used[phase])) for phase in site.phases)
                * site.voltage_v
            )
        case Power(limit_w):
            # What is fed back makes no room: it may end at any moment.
            available_w = max(0.0, limit_w - max(0.0, used_w))
            available_a = available_w / (site.voltage_v * len(site.phases))
    return GroupState(
        id=node_id,
        limit=limit,
        rating=limit,
        used=used,
        used_w=used_w,
        available_a=available_a,
        available_w=available_w,
        active=active,
        waiting=waiting,
    )


def is_waiting(evse: Evse) -> bool:
    """Whether a vehicle is plugged in, wants energy, is not held back by its owner, and gets none."""
    return (
        evse.wants_energy
        and not evse.is_charging
        and evse.may_charge
        and evse.allotment is not None
        and evse.allotment.current.a == 0.0
        and evse.allotment.reason not in _BY_ITS_MODE
    )
