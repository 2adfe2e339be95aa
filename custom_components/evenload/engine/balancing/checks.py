"""What a form may accept: a group that would not be safe, or would strand its members, is refused."""

import math

from ..model.capabilities import Capabilities
from ..model.configuration import GroupConfig, SiteConfig
from ..model.errors import BadSetting
from ..model.identity import EvseKey
from ..model.kinds import evse_kind
from ..model.limits import Current, Power, ceil_tenths, floor_tenths

# No household or small business has more behind one meter; a larger number is a slip of the finger.
MAXIMUM_LIMIT_A = 1000.0


def check_group(site: SiteConfig, group: GroupConfig) -> None:
    """Raise `BadSetting` when a group cannot be set up like this.

    Keys: `no_members`, `unknown_member` (member), `limit_not_positive`, `limit_too_large`, `station_in_other_group`
    (station, group), `limit_above_main_fuse` (main_fuse), `share_below_minimum` (share, minimum, fits, needed, unit).
    """
    if not group.members:
        raise BadSetting("no_members")
    for identity in group.members:
        if identity not in site.stations:
            raise BadSetting("unknown_member", member=identity)
        for other in site.groups.values():
            if other.id != group.id and identity in other.members:
                raise BadSetting(
                    "station_in_other_group",
                    station=site.stations[identity].name,
                    group=other.name,
                )
    _check_limit(site, group)
    _check_share(site, group)


def _check_limit(site: SiteConfig, group: GroupConfig) -> None:
    value = group.limit.a if isinstance(group.limit, Current) else group.limit.w
    if not math.isfinite(value) or value <= 0:
        raise BadSetting("limit_not_positive")
    match group.limit:
        case Current(a) if a > MAXIMUM_LIMIT_A:
            raise BadSetting("limit_too_large", maximum=f"{MAXIMUM_LIMIT_A:g} A")
        case Current(a) if a > site.main_fuse.a:
            raise BadSetting(
                "limit_above_main_fuse", main_fuse=f"{site.main_fuse.a:g} A"
            )
        case Power(w) if w > (
            fuse_w := site.main_fuse.a * site.voltage_v * len(site.phases)
        ):
            raise BadSetting("limit_above_main_fuse", main_fuse=f"{fuse_w:g} W")


def _check_share(site: SiteConfig, group: GroupConfig) -> None:
    """A share must let every member charge at its minimum, whatever vehicle comes."""
    members = len(group.members)
    needs_a = {identity: _needs_a(site, identity) for identity in group.members}
    match group.limit:
        case Current(limit):
            unit, minimum = "A", max(needs_a.values())
        case Power(limit):
            unit, minimum = (
                "W",
                max(
                    need_a * site.voltage_v * len(site.stations[identity].wiring)
                    for identity, need_a in needs_a.items()
                ),
            )
    minimum = ceil_tenths(minimum)
    if limit / members < minimum:
        raise BadSetting(
            "share_below_minimum",
            share=f"{floor_tenths(limit / members):g} {unit}",
            minimum=f"{minimum:g} {unit}",
            fits=str(int(limit // minimum)),
            needed=f"{minimum * members:g} {unit}",
        )


def _needs_a(site: SiteConfig, identity: str) -> float:
    """Return what a vehicle needs at whichever of a station's EVSEs it comes to, as far as the owner has said of them."""
    return max(
        evse_kind(site, Capabilities(), EvseKey(identity, number)).minimum_a
        for number in site.stations[identity].evses or (1,)
    )
