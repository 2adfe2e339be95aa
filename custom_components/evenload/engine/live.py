"""What an owner changes at a circuit without opening its form: the strategy, the limit, and whether anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .balancing.checks import check_strategy
from .model.configuration import SiteConfig, Strategy
from .model.errors import BadSetting
from .model.limits import Current, Limit, Power
from .model.tree import ROOT


@dataclass(frozen=True, slots=True)
class LiveNode:
    """What holds at the site or at a group instead of what its form says; None leaves it to the form.

    `limit` is in the unit of the form's limit, and never above that.
    """

    strategy: Strategy | None = None
    limit: float | None = None
    shadow: bool | None = None


def with_live(site: SiteConfig, live: Mapping[str, LiveNode]) -> SiteConfig:
    """Return a site as it is now: itself where nothing is changed."""
    if not live:
        return site
    groups = {
        group.id: replace(
            group,
            strategy=one.strategy or group.strategy,
            limit=lowered(group.limit, one.limit),
            shadow=group.shadow if one.shadow is None else one.shadow,
        )
        if (one := live.get(group.id))
        else group
        for group in site.groups.values()
    }
    root = live.get(ROOT, LiveNode())
    fuse = lowered(site.main_fuse, root.limit)
    return replace(
        site,
        main_fuse=fuse if isinstance(fuse, Current) else site.main_fuse,
        strategy=root.strategy or site.strategy,
        shadow=site.shadow if root.shadow is None else root.shadow,
        groups=groups,
    )


def lowered(rating: Limit, value: float | None) -> Limit:
    """Return a limit that was lowered to a value in its own unit."""
    if value is None:
        return rating
    if isinstance(rating, Current):
        return Current(min(value, rating.a))
    return Power(min(value, rating.w))


def rating_of(site: SiteConfig, node_id: str) -> Limit:
    """Return the limit that a form says. Raises `KeyError` where there is no such group."""
    return site.main_fuse if node_id == ROOT else site.groups[node_id].limit


def check_live_limit(site: SiteConfig, node_id: str, value: float) -> None:
    """Raise `BadSetting` (`live_limit_out_of_range`) for a limit above the form's, or below nothing."""
    rating = rating_of(site, node_id)
    unit, most = ("A", rating.a) if isinstance(rating, Current) else ("W", rating.w)
    if not 0 <= value <= most:
        raise BadSetting("live_limit_out_of_range", maximum=f"{most:g} {unit}")


def check_live_strategy(site: SiteConfig, node_id: str, strategy: Strategy) -> None:
    """Raise `BadSetting` when nobody could charge with this strategy and the form's limit."""
    check_strategy(site, node_id, strategy, rating_of(site, node_id))


def still_live(
    before: SiteConfig, after: SiteConfig, live: Mapping[str, LiveNode]
) -> dict[str, LiveNode]:
    """Return what goes on when forms were changed: what a form says anew is what its owner wants."""
    kept = {}
    for node_id, one in live.items():
        old, new = _said(before, node_id), _said(after, node_id)
        if new is None:
            continue
        if old is not None:
            one = LiveNode(
                one.strategy if old[0] == new[0] else None,
                one.limit if old[1] == new[1] else None,
                one.shadow if old[2] == new[2] else None,
            )
        if one != LiveNode():
            kept[node_id] = one
    return kept


def _said(site: SiteConfig, node_id: str) -> tuple[Strategy, Limit, bool] | None:
    """Return what the form of a node says; None where there is none any more."""
    if node_id == ROOT:
        return site.strategy, site.main_fuse, site.shadow
    group = site.groups.get(node_id)
    return None if group is None else (group.strategy, group.limit, group.shadow)
