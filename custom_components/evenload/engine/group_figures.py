"""The figures of load balancing groups, computed anew when a member has changed."""

from collections.abc import Mapping

from .control.figures import group_state
from .model.configuration import SiteConfig
from .model.groups import GroupState
from .model.stations import Station

type _Members = tuple[Station, ...]


class GroupFigures:
    """What the groups of a site are using and have left."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: dict[str, tuple[SiteConfig, _Members, GroupState]] = {}

    def of(
        self, site: SiteConfig, group_id: str, stations: Mapping[str, Station]
    ) -> GroupState:
        """Return a group's figures. Raises `KeyError` where there is no such group."""
        group = site.groups[group_id]
        members = tuple(stations[identity] for identity in group.members)
        known = self._known.get(group_id)
        if known is not None and known[0] is site and _are_same(known[1], members):
            return known[2]
        state = group_state(site, group, stations)
        self._known[group_id] = (site, members, state)
        return state


def _are_same(before: _Members, after: _Members) -> bool:
    """Whether no station was replaced; to compare what is in them would cost as much as the figures."""
    return len(before) == len(after) and all(
        one is other for one, other in zip(before, after, strict=True)
    )
