"""All circuits that are known above, for whoever acts on what those above them say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .fleet import Fleet
    from .upstream_node import NodeHouse


@dataclass(frozen=True, slots=True)
class NodesAbove:
    """The fleet, and the house of each of those circuits; they come and go."""

    fleet: Fleet
    houses: Mapping[str, NodeHouse]
    now: Callable[[], datetime]
