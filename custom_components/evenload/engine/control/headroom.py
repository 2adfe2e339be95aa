"""How much a station could be given without any node above it exceeding its limit (promise 1)."""

from collections.abc import Callable

from ..model.configuration import GroupConfig, SiteConfig
from ..model.limits import Current, Power

# What a station may be drawing, in amperes per phase, by its identity.
type Committed = Callable[[str], float]

# On how many phases it may be drawing that.
type PhasesUsed = Callable[[str], int]


def headroom_a(
    site: SiteConfig, identity: str, committed: Committed, phases_used: PhasesUsed
) -> float:
    """Return what a station may be given, in amperes per phase, while the others draw all that they may."""
    fuse_a = site.main_fuse.a
    room_a = _room_on_phases(site, identity, tuple(site.stations), fuse_a, committed)
    group = site.group_of(identity)
    if group is not None:
        room_a = min(room_a, _room_in(group, site, identity, committed, phases_used))
    return max(0.0, room_a)


def _room_in(
    group: GroupConfig,
    site: SiteConfig,
    identity: str,
    committed: Committed,
    phases_used: PhasesUsed,
) -> float:
    match group.limit:
        case Current(limit_a):
            return _room_on_phases(site, identity, group.members, limit_a, committed)
        case Power(limit_w):
            others_w = sum(
                committed(other) * site.voltage_v * phases_used(other)
                for other in group.members
                if other != identity
            )
            return (limit_w - others_w) / (site.voltage_v * phases_used(identity))


def _room_on_phases(
    site: SiteConfig,
    identity: str,
    members: tuple[str, ...],
    limit_a: float,
    committed: Committed,
) -> float:
    """Return the room on the fullest of the station's phases."""
    return min(
        limit_a
        - sum(
            committed(other)
            for other in members
            if other != identity and phase in site.stations[other].wiring
        )
        for phase in site.stations[identity].wiring
    )
