"""The circuits of a site as they are at one moment: what each has room for, and how it is shared there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .allotments import Reason
from .configuration import Strategy
from .loads import DeltaWye
from .phases import PhaseCurrents

# The site's node has no other name.
ROOT = ""


class NodeKind(StrEnum):
    """What a node stands for."""

    SITE = "site"
    GROUP = "group"
    STATION = "station"


@dataclass(frozen=True, slots=True)
class Room:
    """What all EVSEs below a node may draw together; None: no limit of that kind.

    `current` is amperes on each line; on lines that the node does not have it is 0. The reasons say what made it so
    little: on each line, and in watts.
    """

    current: PhaseCurrents | None = None
    power_w: float | None = None
    reasons: tuple[Reason, Reason, Reason] = (Reason.GROUP_LIMIT,) * 3
    power_reason: Reason = Reason.GROUP_LIMIT


@dataclass(frozen=True, slots=True)
class Node:
    """An inner node: the site, a group, or a station (whose leaves are its EVSEs).

    `strategy` None shares as the node above does. An `exclusive` station charges one vehicle at a time.
    """

    id: str
    name: str
    kind: NodeKind
    parent: str | None
    room: Room = Room()
    strategy: Strategy | None = None
    exclusive: bool = False
    # It hangs on the node above by this.
    transformer: DeltaWye | None = None
    # What each of its members gets under `static`: the node's limit divided by them, whoever is there.
    members: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """All inner nodes by id, parents before children; the first is the root."""

    nodes: Mapping[str, Node] = field(default_factory=dict)

    def path(self, node_id: str) -> tuple[Node, ...]:
        """Return a node and all above it, the nearest first. Raises `KeyError`."""
        found = [self.nodes[node_id]]
        while (parent := found[-1].parent) is not None:
            found.append(self.nodes[parent])
        return tuple(found)


def station_node(identity: str) -> str:
    """Return the id of a station's node: identities may be like ids of groups."""
    return f"station/{identity}"
