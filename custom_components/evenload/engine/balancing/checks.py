"""What a form may accept: a group that would not be safe, or would strand its members, is refused."""

from dataclasses import replace
import math

from ..model.configuration import GroupConfig, SiteConfig, Strategy
from ..model.errors import BadSetting
from ..model.limits import Current, Limit, Power, ceil_tenths, floor_tenths
from .least import least_of_group, least_of_station

# No household or small business has more behind one meter; a larger number is a slip of the finger.
MAXIMUM_LIMIT_A = 1000.0


def check_group(
    site: SiteConfig, group: GroupConfig, *, may_be_empty: bool = False
) -> None:
    """Raise `BadSetting` when a group cannot be set up like this.

    Keys: `no_members`, `unknown_member` (member), `limit_not_positive`, `limit_too_large`, `station_in_other_group`
    (station, group), `unknown_parent`, `group_in_circle` (group), `limit_above_main_fuse` (main_fuse),
    `limit_above_parent` (group, limit), `limit_below_child` (group, limit), `limit_below_minimum` (minimum),
    `share_below_minimum` (share, minimum, fits, needed, unit).
    """
    site = replace(site, groups={**site.groups, group.id: group})
    _check_members(site, group, may_be_empty=may_be_empty)
    _check_place(site, group)
    _check_limit(site, group)
    _check_against_others(site, group)
    check_strategy(site, group.id, group.strategy, group.limit)


def check_site_strategy(site: SiteConfig) -> None:
    """Raise `BadSetting` (`share_below_minimum`) when a fixed share of the main fuse would be too little."""
    check_strategy(site, "", site.strategy, site.main_fuse)


def check_strategy(
    site: SiteConfig, node_id: str, strategy: Strategy, limit: Limit
) -> None:
    """Raise `BadSetting` when nobody at a node could charge with this strategy and limit.

    Fixed shares are for whoever comes, so each of them must be enough; of the others one vehicle at a time has to fit.
    """
    needs = _needs(site, node_id, limit)
    if not needs:
        return
    unit, value = _number(limit)
    if strategy is not Strategy.STATIC:
        least = ceil_tenths(min(needs))
        if value < least:
            raise BadSetting("limit_below_minimum", minimum=f"{least:g} {unit}")
        return
    minimum = ceil_tenths(max(needs))
    if value / len(needs) < minimum:
        raise BadSetting(
            "share_below_minimum",
            share=f"{floor_tenths(value / len(needs)):g} {unit}",
            minimum=f"{minimum:g} {unit}",
            fits=str(int(value // minimum)),
            needed=f"{minimum * len(needs):g} {unit}",
        )


def _check_members(site: SiteConfig, group: GroupConfig, *, may_be_empty: bool) -> None:
    has_children = any(one.parent == group.id for one in site.groups.values())
    if not group.members and not has_children and not may_be_empty:
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


def _check_place(site: SiteConfig, group: GroupConfig) -> None:
    """A group hangs on the site, by whatever groups are between."""
    above, seen = group.parent, {group.id}
    while above is not None:
        if above in seen:
            chosen = site.groups[group.parent or above]
            raise BadSetting("group_in_circle", group=chosen.name)
        if above not in site.groups:
            raise BadSetting("unknown_parent")
        seen.add(above)
        above = site.groups[above].parent


def _check_limit(site: SiteConfig, group: GroupConfig) -> None:
    _, value = _number(group.limit)
    if not math.isfinite(value) or value <= 0:
        raise BadSetting("limit_not_positive")
    match group.limit:
        case Current(a) if a > MAXIMUM_LIMIT_A:
            raise BadSetting("limit_too_large", maximum=f"{MAXIMUM_LIMIT_A:g} A")
        case Current(a) if a > site.main_fuse.a:
            raise BadSetting(
                "limit_above_main_fuse", main_fuse=f"{site.main_fuse.a:g} A"
            )
        case Power(w) if w > (most := site.main_fuse.a * _volts(site)):
            raise BadSetting(
                "limit_above_main_fuse", main_fuse=f"{floor_tenths(most):g} W"
            )


def _check_against_others(site: SiteConfig, group: GroupConfig) -> None:
    """A limit that could never be reached, because that of the circuit before it is less, is a mistake."""
    parent = site.groups.get(group.parent or "")
    if parent and _is_above(site, group.limit, parent.limit):
        raise BadSetting(
            "limit_above_parent", group=parent.name, limit=_text(parent.limit)
        )
    for child in site.groups.values():
        if child.parent == group.id and _is_above(site, child.limit, group.limit):
            raise BadSetting(
                "limit_below_child", group=child.name, limit=_text(child.limit)
            )


def _is_above(site: SiteConfig, limit: Limit, other: Limit) -> bool:
    """Whether a limit can never be reached below another: amperes may all be on one line, watts on all."""
    match limit, other:
        case (Current(one), Current(two)) | (Power(one), Power(two)):
            return one > two
        case Current(a), Power(w):
            return a * site.voltage_v > w
        case Power(w), Current(a):
            return w > a * _volts(site)
    return False


def _needs(site: SiteConfig, node_id: str, limit: Limit) -> list[float]:
    """Return the least that each member of a node can use, in the unit of its limit."""
    if node_id:
        stations = list(site.groups[node_id].members)
    else:
        stations = [one for one in site.stations if site.group_of(one) is None]
    children = [
        child for child in site.groups.values() if (child.parent or "") == node_id
    ]
    least = [least_of_station(site, identity) for identity in stations]
    least += [found for one in children if (found := least_of_group(site, one))]
    in_watts = isinstance(limit, Power)
    return [one.power_w if in_watts else one.current_a for one in least]


def _volts(site: SiteConfig) -> float:
    """Return what one ampere on every line comes to, in watts."""
    return site.voltage_v * len(site.phases)


def _number(limit: Limit) -> tuple[str, float]:
    return ("A", limit.a) if isinstance(limit, Current) else ("W", limit.w)


def _text(limit: Limit) -> str:
    unit, value = _number(limit)
    return f"{value:g} {unit}"
