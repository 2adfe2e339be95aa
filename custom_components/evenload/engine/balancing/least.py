"""The least that a station or a group can use, as far as the owner has said what they are."""

from dataclasses import dataclass

from ..model.capabilities import Capabilities
from ..model.configuration import GroupConfig, SiteConfig, Strategy
from ..model.identity import EvseKey
from ..model.kinds import evse_kind


@dataclass(frozen=True, slots=True)
class Least:
    """Amperes on each line, and the watts that they come to."""

    current_a: float
    power_w: float


def least_of_station(site: SiteConfig, identity: str) -> Least:
    """Return what a vehicle needs at whichever of a station's EVSEs it comes to."""
    station = site.stations[identity]
    current_a = max(
        evse_kind(site, Capabilities(), EvseKey(identity, number)).minimum_a
        for number in station.evses or (1,)
    )
    return Least(current_a, current_a * site.voltage_v * len(station.wiring))


def least_of_group(site: SiteConfig, group: GroupConfig) -> Least | None:
    """Return what a group needs so that somebody in it can charge, or everybody where shares are fixed; None: nobody.

    Groups must not hang on themselves.
    """
    least = [
        least_of_station(site, identity)
        for identity in group.members
        if identity in site.stations
    ]
    least += [
        found
        for child in site.groups.values()
        if child.parent == group.id and (found := least_of_group(site, child))
    ]
    if not least:
        return None
    if group.strategy is not Strategy.STATIC:
        return Least(
            min(one.current_a for one in least), min(one.power_w for one in least)
        )
    return Least(
        len(least) * max(one.current_a for one in least),
        len(least) * max(one.power_w for one in least),
    )
