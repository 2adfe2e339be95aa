"""The room at every node of the tree, and the tree itself."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from ..model.allotments import Reason
from ..model.configuration import GroupConfig, SiteConfig, StationConfig
from ..model.limits import Limit
from ..model.phases import ALL_PHASES, PhaseCurrents
from ..model.tree import ROOT, Node, NodeKind, Room, Tree, station_node
from .circuit import Circuit, bare_room, capped
from .household import NOBODY, Household


def circuit_of(site: SiteConfig, node_id: str) -> Circuit:
    """Return the circuit of the site or of a group. Raises `KeyError` where there is no such group."""
    if node_id == ROOT:
        limit: Limit = site.main_fuse
        reason = Reason.MAIN_FUSE
    else:
        limit, reason = site.groups[node_id].limit, Reason.GROUP_LIMIT
    return Circuit(limit, site.main_fuse, site.phases, site.voltage_v, reason)


def households_of(
    site: SiteConfig, known: Mapping[str, Household] | None = None
) -> dict[str, Household]:
    """Return a household for every node that has a meter; those that are known go on with what they know."""
    meters = {ROOT: site.meter} | {
        group.id: group.meter for group in site.groups.values()
    }
    found: dict[str, Household] = {}
    for node_id, meter in meters.items():
        if meter is None:
            continue
        circuit = circuit_of(site, node_id)
        household = (known or {}).get(node_id)
        if household is None:
            household = Household(meter, circuit)
        elif household.meter != meter or household.circuit != circuit:
            household.configure(meter, circuit)
        found[node_id] = household
    return found


def rooms_of(
    site: SiteConfig,
    households: Mapping[str, Household],
    held: Mapping[str, PhaseCurrents],
    now: datetime,
    cap: Limit | None = None,
    least: Mapping[str, PhaseCurrents] | None = None,
    *,
    patient: bool = True,
) -> dict[str, Room]:
    """Return the room of the site, of every group and of every station, by the id of its node.

    `held` is what the stations below each node with a meter have been allotted by now (not what they may be drawing:
    who was told to let go has no claim to come back at once). `cap` is a limit for all stations of the site together,
    from the grid operator. `least` is what those who charge below each node need to go on, and who is `patient` waits
    until room has been there for a while (see `Household.room`).
    """
    rooms: dict[str, Room] = {}
    for node_id in (ROOT, *site.groups):
        household = households.get(node_id)
        rooms[node_id] = (
            bare_room(circuit_of(site, node_id))
            if household is None
            else household.room(
                held.get(node_id, NOBODY),
                now,
                (least or {}).get(node_id, NOBODY),
                patient=patient,
            )
        )
    if cap is not None:
        rooms[ROOT] = capped(rooms[ROOT], cap, Reason.GRID_OPERATOR, site.phases)
    for station in site.stations.values():
        rooms[station_node(station.identity)] = _own_room(station)
    return rooms


def tree_of(site: SiteConfig, rooms: Mapping[str, Room]) -> Tree:
    """Return the circuits of a site with the room that each has."""
    groups = _parents_first(site)
    members = _members(site, groups)
    nodes = {
        ROOT: Node(
            ROOT,
            site.name,
            NodeKind.SITE,
            None,
            rooms[ROOT],
            site.strategy,
            members=members[ROOT],
        )
    }
    for group, parent in groups.items():
        nodes[group] = Node(
            group,
            site.groups[group].name,
            NodeKind.GROUP,
            parent,
            rooms[group],
            site.groups[group].strategy,
            members=members[group],
        )
    for station in site.stations.values():
        node_id = station_node(station.identity)
        group_of = site.group_of(station.identity)
        nodes[node_id] = Node(
            node_id,
            station.name,
            NodeKind.STATION,
            ROOT if group_of is None else group_of.id,
            rooms[node_id],
            exclusive=not station.simultaneous,
        )
    return Tree(nodes)


def _own_room(station: StationConfig) -> Room:
    """Return what a station may draw itself; it has no more lines than it is wired to."""
    wired = tuple(phase for phase in ALL_PHASES if phase in station.wiring)
    reasons = (Reason.OWN_MAXIMUM,) * 3
    own = PhaseCurrents.even(station.maximum.a, wired)
    return Room(own, None, reasons, Reason.OWN_MAXIMUM)


def _parents_first(site: SiteConfig) -> dict[str, str]:
    """Return the parent of each group. One whose parents lead nowhere, or in a circle, hangs on the site."""
    placed: dict[str, str] = {}
    waiting: dict[str, GroupConfig] = dict(site.groups)
    while waiting:
        found = {
            group.id: group.parent or ROOT
            for group in waiting.values()
            if not group.parent or group.parent in placed
        }
        if not found:
            first = next(iter(waiting))
            found = {first: ROOT}
        placed |= found
        for group_id in found:
            del waiting[group_id]
    return placed


def _members(site: SiteConfig, parents: Mapping[str, str]) -> Counter[str]:
    """Return how many stations and groups hang on each node: each gets one share where all get the same."""
    groups = (site.group_of(identity) for identity in site.stations)
    return Counter(parents.values()) + Counter(
        ROOT if group is None else group.id for group in groups
    )
