"""What may be fed back in all: into the grid, and on each phase of each circuit, whatever else happens to be drawn there.

That others draw at the moment makes no room: they may stop in the next. What the roof feeds back as well takes room.
"""

from collections.abc import Iterable, Mapping

from ...model.configuration import SiteConfig
from ...model.identity import EvseKey
from ...model.limits import Current, Power
from ...model.phases import ALL_PHASES, Phase, PhaseCurrents
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


def less(bounds: Iterable[Bound], shares: Mapping[EvseKey, float]) -> list[Bound]:
    """Return what is left of bounds when some of it is used."""
    return [Bound(max(0.0, one.limit - one.used(shares)), one.counts) for one in bounds]


def _on(
    site: SiteConfig, vehicles: Iterable[Vehicle], phase: Phase
) -> dict[EvseKey, float]:
    return {
        one.key: _amperes_of_a_watt(one)
        for one in vehicles
        if phase in site.stations[one.key.identity].wiring
    }


def _amperes_of_a_watt(vehicle: Vehicle) -> float:
    """Return what a watt comes to on a phase: all of it may be on one, unless it was seen to be on more."""
    kind = vehicle.kind
    phases = kind.phases if kind.is_dc else vehicle.evse.reading.phases_in_use() or 1
    return 1.0 / (kind.voltage_v * phases)
