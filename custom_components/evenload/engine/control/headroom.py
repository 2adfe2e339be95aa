"""How much a station could be given without any node above it exceeding its limit (promise 1)."""

from collections.abc import Mapping

from ..model.configuration import GroupConfig, SiteConfig
from ..model.limits import Current, Power


def headroom_a(
    site: SiteConfig, identity: str, committed: Mapping[str, float]
) -> float:
    """Return what a station may be given, in amperes per phase, while the others draw all that they may.

    `committed` is what each station of the site may be drawing, in amperes on every phase that it is wired to.
    """
    fuse_a = site.main_fuse.a
    room_a = _room_on_phases(site, identity, tuple(site.stations), fuse_a, committed)
    group = site.group_of(identity)
    if group is not None:
        room_a = min(room_a, _room_in(group, site, identity, committed))
    return max(0.0, room_a)


def _room_in(
    group: GroupConfig, site: SiteConfig, identity: str, committed: Mapping[str, float]
) -> float:
    match group.limit:
        case Current(limit_a):
            return _room_on_phases(site, identity, group.members, limit_a, committed)
        case Power(limit_w):
            others_w = sum(
                committed[other] * site.voltage_v * len(site.stations[other].wiring)
                for other in group.members
                if other != identity
            )
            own = site.voltage_v * len(site.stations[identity].wiring)
            return (limit_w - others_w) / own


def _room_on_phases(
    site: SiteConfig,
    identity: str,
    members: tuple[str, ...],
    limit_a: float,
    committed: Mapping[str, float],
) -> float:
    """Return the room on the fullest of the station's phases."""
    return min(
        limit_a
        - sum(
            committed[other]
            for other in members
            if other != identity and phase in site.stations[other].wiring
        )
        for phase in site.stations[identity].wiring
    )
