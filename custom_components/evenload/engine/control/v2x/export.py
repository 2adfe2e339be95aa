"""What may be fed back in all: into the grid, and on each phase of each circuit, whatever else happens to be drawn there.

That others draw at the moment makes no room: they may stop in the next. What the roof feeds back as well takes room.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ...model.configuration import SiteConfig
from ...model.identity import EvseKey
from ...model.kinds import EvseKind
from ...model.limits import Current, Power
from ...model.needs import ChargingNeeds
from ...model.phases import ALL_PHASES, Phase, PhaseCurrents
from ..household import Household
from .by_phase import takes_phases
from .dividing import Bound
from .following import BIAS_W, carried_w
from .vehicle import Vehicle


def grid_bounds(
    vehicles: Iterable[Vehicle], load_w: float | None, cap_w: float
) -> list[Bound]:
    """Return what the house can take and the grid may get; nothing where no meter shows it, and none is needed."""
    if load_w is None:
        return []
    vehicles = tuple(vehicles)
    every = {one.key: 1.0 for one in vehicles}
    at_home = {one.key: 1.0 for one in vehicles if not one.config.to_grid}
    house_w = carried_w(load_w)
    # What the sun feeds into the grid is counted against the cap as well: the meter shows both as one.
    grid_w = max(0.0, load_w - BIAS_W + cap_w)
    return [Bound(grid_w, every), Bound(house_w, at_home)]


def phase_bounds(
    site: SiteConfig,
    vehicles: Iterable[Vehicle],
    lines_w: Mapping[Phase, float],
    cap_w: float,
) -> list[Bound]:
    """Return the same for each phase, where the grid counts each by itself: the cap is shared evenly among them."""
    vehicles, found = tuple(vehicles), list[Bound]()
    for phase in lines_w:
        every = {one.key: _parts(site, one).get(phase, 0.0) for one in vehicles}
        at_home = {
            one.key: every[one.key] for one in vehicles if not one.config.to_grid
        }
        grid_w = rooms_of(lines_w, cap_w)[phase]
        house_w = rooms_of(lines_w)[phase]
        found += [Bound(grid_w, every), Bound(house_w, at_home)]
    return found


def rooms_of(lines_w: Mapping[Phase, float], cap_w: float = 0.0) -> dict[Phase, float]:
    """Return what each phase takes: what is drawn on it, and its even part of what may flow into the grid."""
    bias_w, share_w = BIAS_W / max(1, len(lines_w)), cap_w / max(1, len(lines_w))
    return {
        phase: carried_w(line_w + share_w, bias_w) for phase, line_w in lines_w.items()
    }


def _parts(site: SiteConfig, vehicle: Vehicle) -> dict[Phase, float]:
    """Return which part of what a vehicle gives is on which phase: as it is told, or as it may be."""
    if vehicle.parts is None:
        return lines_of(site, vehicle.key, vehicle.kind, vehicle.needs, vehicle.was_on)
    wiring = site.stations[vehicle.key.identity].wiring
    return dict(zip(wiring, vehicle.parts, strict=True))


def lines_of(
    site: SiteConfig,
    key: EvseKey,
    kind: EvseKind,
    needs: ChargingNeeds | None,
    seen: int | None,
) -> dict[Phase, float]:
    """Return which part of a vehicle's power may be on which phase: where that was not seen, all on its first, or even on all."""
    wiring = site.stations[key.identity].wiring
    is_even = kind.is_dc or takes_phases(needs, kind)
    count = kind.phases if is_even else seen
    used = wiring[: count or len(wiring)]
    parts = dict.fromkeys(used, 1.0 / len(used))
    return parts if count else parts | {wiring[0]: 1.0}


def circuit_bounds(
    site: SiteConfig,
    vehicles: Iterable[Vehicle],
    backgrounds: Mapping[str, PhaseCurrents],
) -> list[Bound]:
    """Return what may be fed back behind each circuit: its rating, less what the roof feeds back there on a phase."""
    members: dict[str, list[Vehicle]] = {}
    for one in vehicles:
        for node_id in site.circuits_above(one.key.identity):
            members.setdefault(node_id, []).append(one)
    found: list[Bound] = []
    for node_id, behind in members.items():
        match site.limit_of(node_id):
            case Power(w):
                found.append(Bound(w, {one.key: 1.0 for one in behind}))
                limit_a = site.main_fuse.a
            case Current(a):
                limit_a = a
        sun = backgrounds.get(node_id, PhaseCurrents())
        for phase in ALL_PHASES:
            counts = _on(site, behind, phase)
            if counts:
                room_a = max(0.0, limit_a + min(0.0, sun[phase]))
                found.append(Bound(room_a, counts))
    found += [
        Bound(one.kind.installed_a, {one.key: _amperes_of_a_watt(one)})
        for one in {one.key: one for each in members.values() for one in each}.values()
    ]
    return found


def needs_eyes(site: SiteConfig, cap_w: float) -> bool:
    """Whether what flows into the grid has to be seen: it need not where all that vehicles have may flow there."""
    configs = [
        v2g for station in site.stations.values() for v2g in station.v2g.values()
    ]
    most_w = sum(one.maximum_w for one in configs)
    return cap_w < most_w or not all(one.to_grid for one in configs)


def backgrounds_of(
    households: Mapping[str, Household], now: datetime
) -> dict[str, PhaseCurrents]:
    """Return what else flows in each circuit whose meter shows its phases."""
    found: dict[str, PhaseCurrents] = {}
    for node_id, household in households.items():
        background = household.figures(now).background
        if background is not None and not household.meter.sum_only:
            found[node_id] = background
    return found


def less(bounds: Iterable[Bound], shares: Mapping[EvseKey, float]) -> list[Bound]:
    """Return what is left of bounds when some of it is used."""
    return [Bound(max(0.0, one.limit - one.used(shares)), one.counts) for one in bounds]


def _on(
    site: SiteConfig, vehicles: Iterable[Vehicle], phase: Phase
) -> dict[EvseKey, float]:
    return {
        one.key: _amperes_of_a_watt(one)
        if one.parts is None
        else _parts(site, one)[phase] / one.kind.voltage_v
        for one in vehicles
        if phase in site.stations[one.key.identity].wiring
    }


def _amperes_of_a_watt(vehicle: Vehicle) -> float:
    """Return the most that a watt comes to on a phase: all of it may be on one, unless it was seen to be on more."""
    most = max(vehicle.parts) if vehicle.parts else 1.0 / (vehicle.seen_phases or 1)
    return most / vehicle.kind.voltage_v
